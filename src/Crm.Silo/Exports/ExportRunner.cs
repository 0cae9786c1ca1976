using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Crm.Grains.ApiKeys;
using Crm.Grains.Exports;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Imports.Files;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Exports;

/// <summary>
/// Writes the files of exports, two at a time, and deletes them when their day is over. Woken by what is requested and approved; after a
/// restart, or when a tenant's work comes to this process, it begins anew what was not finished.
/// </summary>
public sealed class ExportRunner(
    CommandDesk commands, CardDesk cards, IGrainStore store, SliceDirectory slices, AccessDirectory access, TenantDirectory tenants, ExportFiles files, TimeProvider time,
    IWorkShare share) : IAsyncDisposable
{
    /// <summary>The name of this work.</summary>
    private const string Work = "exports";

    private const int Workers = 2;

    private readonly ISliceBehaviour _slice = slices.OfKind("export");
    private readonly Channel<GrainId> _waiting = Channel.CreateUnbounded<GrainId>();
    private readonly ConcurrentDictionary<GrainId, bool> _inHand = new();
    private readonly SemaphoreSlim _looking = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Task[] _running = [];

    /// <summary>An export failed because of a bug or a broken machine.</summary>
    public event Action<GrainId, Exception>? Failed;

    /// <summary>Takes up what is unfinished.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        store.Committed += Follow;
        share.Changed += TakeUp;
        await TakeUpAsync(cancel);
        _running = [.. Enumerable.Range(0, Workers).Select(_ => RunAsync())];
    }

    /// <summary>Stops where it is. What is not finished begins anew at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        store.Committed -= Follow;
        share.Changed -= TakeUp;
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        await _looking.WaitAsync();
        _stop.Dispose();
    }

    private void TakeUp() => _ = TryTakeUpAsync();

    private async Task TryTakeUpAsync()
    {
        await Task.Yield();
        try
        {
            await _looking.WaitAsync(_stop.Token);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await TakeUpAsync(_stop.Token);
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            Failed?.Invoke(default, failure);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
        finally
        {
            _looking.Release();
        }
    }

    private async Task TakeUpAsync(CancellationToken cancel)
    {
        foreach (var tenant in store.Tenants.Where(tenant => share.IsOurs(Work, tenant)))
        {
            await foreach (var page in store.PagesAsync(new(tenant, "export", _slice.IsOneOf("status", "queued", "running"), Limit: 1_000), cancel))
            {
                foreach (var hit in page)
                {
                    _waiting.Writer.TryWrite(new(tenant, "export", hit.Key));
                }
            }
        }
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Grain.Kind is "export" && write.CardAfter is ExportCard { Status: "queued" or "expired" or "failed" } && share.IsOurs(Work, write.Grain.Tenant))
            {
                _waiting.Writer.TryWrite(write.Grain);
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var export in _waiting.Reader.ReadAllAsync(_stop.Token))
            {
                await HandleAsync(export);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task HandleAsync(GrainId export)
    {
        try
        {
            if ((await store.LoadAsync(export, _stop.Token))?.Card is not { } json)
            {
                return;
            }

            var card = (ExportCard)_slice.ReadCard(json);
            if (card.Status is "queued" or "running")
            {
                await WriteAsync(export, card);
            }
            else if (card.Status != "done")
            {
                await files.DeleteAsync(export, _stop.Token);
            }
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            Failed?.Invoke(export, failure);
        }
    }

    private async Task WriteAsync(GrainId export, ExportCard card)
    {
        if (!_inHand.TryAdd(export, true))
        {
            // told of twice, as when the work came to us while it was requested
            return;
        }

        try
        {
            await TellAsync(export, new ExportCommand.Start());
            var (rows, bytes) = await WriteFileAsync(export, card, _stop.Token);
            await TellAsync(export, new ExportCommand.Finish(rows, (int)Math.Min(int.MaxValue, (bytes + 1_023) / 1_024)));
        }
        catch (ExportForbiddenException)
        {
            await TellAsync(export, new ExportCommand.Fail("The right to export was withdrawn."));
        }
        catch (IOException) when (!_stop.IsCancellationRequested)
        {
            await TellAsync(export, new ExportCommand.Fail("The file could not be written; is the disk full?"));
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            await TellAsync(export, new ExportCommand.Fail("Something is wrong on our side."));
            Failed?.Invoke(export, failure);
        }
        finally
        {
            _inHand.TryRemove(export, out _);
        }
    }

    private async Task<(int Rows, long Bytes)> WriteFileAsync(GrainId export, ExportCard card, CancellationToken cancel)
    {
        if (!slices.TryFindPlural(card.Slice, out var slice))
        {
            throw new ExportForbiddenException();
        }

        var name = await NameAsync(export.Tenant, card.OwnerId, cancel);
        var asker = new Asker(export.Tenant, card.OwnerId, name, card.Role);
        var rights = await access.FindAsync(asker, cancel);
        var order = new ExportOrder(card.Slice, card.Format, card.Filter, card.Sort, card.Q, card.Fields);
        var columns = new ExportColumns(slice, rights, card.Fields);
        var mark = string.Create(CultureInfo.InvariantCulture, $"{tenants.Find(export.Tenant).Name} ({export.Tenant}) · {name} ({card.OwnerId}) · {time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} · {export.Key}");
        var rows = 0;
        await using var file = files.Create();
        await using (ITableWriter table = card.Format == "xlsx" ? new XlsxWriter(file, name, mark) : new CsvWriter(file))
        {
            await table.WriteRowAsync([.. columns.Headers, mark], cancel);
            var cells = new List<string?>();
            // the mark is in every row too: rows are what is copied out of a file
            var shortMark = export.Key.ToString("N");
            await foreach (var json in cards.ReadAllAsync(asker, slice, ExportDesk.RequestOf(order), ExportDesk.Verb, cancel))
            {
                cells.Clear();
                columns.Read(json, cells);
                cells.Add(shortMark);
                await table.WriteRowAsync(cells, cancel);
                rows++;
            }
        }

        await file.FlushAsync(cancel);
        var bytes = file.Length;
        await files.KeepAsync(export, file, cancel);
        return (rows, bytes);
    }

    private async ValueTask<string> NameAsync(string tenant, Guid id, CancellationToken cancel)
    {
        var organisation = await access.OrganisationAsync(tenant, cancel);
        return organisation.Users.GetValueOrDefault(id)?.Name
            ?? (await cards.FindAsync<ApiKeyCard>(Asker.System(tenant), slices.OfKind("apikey"), id, cancel))?.Name ?? "?";
    }

    private async Task TellAsync(GrainId export, ExportCommand command)
    {
        var answer = await commands.TellAsync(Asker.System(export.Tenant), "export", export.Key, command, new(SenderKind.System, Trusted: true), _stop.Token);
        if (answer.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"An export could not go on: {refusal.Code}.");
        }
    }
}

/// <summary>The requester may not export any more.</summary>
public sealed class ExportForbiddenException : Exception;
