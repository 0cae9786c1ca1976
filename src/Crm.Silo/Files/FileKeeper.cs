using Crm.Grains.Attachments;
using Crm.Grains.Exports;
using Crm.Grains.Imports;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;

namespace Crm.Silo.Files;

/// <summary>
/// Compares what the file store has with what records need, every hour: bytes that nobody needs, a day old, are removed, and files without
/// bytes are told.
/// </summary>
public sealed class FileKeeper(IGrainStore store, SliceDirectory slices, IFileStore files, TimeProvider time, IWorkShare share) : IAsyncDisposable
{
    /// <summary>How old bytes are before nobody's missing them counts: who writes them may be about to say so.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    /// <summary>The name of this work.</summary>
    private const string Work = "files";

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Something went wrong, and is tried again in an hour; or a file has no bytes.</summary>
    public event Action<Exception>? Faulted;

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Compares a tenant's files once.</summary>
    /// <returns>How many files nobody needed, and those that are missing.</returns>
    public async Task<(int Removed, IReadOnlyList<Guid> Missing)> ReconcileAsync(string tenant, CancellationToken cancel)
    {
        var removed = 0;
        var there = new HashSet<Guid>();
        // before the files are listed, so that what is attached meanwhile is not taken for missing
        var needed = await NeededAsync(tenant, cancel);
        foreach (var sort in (string[])[FilePlaces.Attachments, FilePlaces.Exports, FilePlaces.Imports])
        {
            removed += await ReconcileAsync(tenant, sort, sort == FilePlaces.Attachments ? there : null, cancel);
        }

        return (removed, [.. needed.Where(id => !there.Contains(id))]);
    }

    private async Task<int> ReconcileAsync(string tenant, string sort, HashSet<Guid>? there, CancellationToken cancel)
    {
        var removed = 0;
        string? after = null;
        do
        {
            var page = await files.ListAsync(FilePlaces.PrefixOf(tenant, sort), after, 1_000, cancel);
            foreach (var file in page.Files)
            {
                if (!FilePlaces.TryReadId(file.Path, out var id))
                {
                    continue;
                }

                there?.Add(id.Value);
                if (time.GetUtcNow() - file.ModifiedAt > Grace && !await IsNeededAsync(tenant, sort, id.Value, cancel) && await files.DeleteAsync(file.Path, file.ETag, cancel))
                {
                    removed++;
                }
            }

            after = page.Next;
        }
        while (after is not null);

        return removed;
    }

    private async ValueTask<bool> IsNeededAsync(string tenant, string sort, Guid id, CancellationToken cancel)
    {
        var kind = sort switch { FilePlaces.Exports => "export", FilePlaces.Imports => "import", _ => "file" };
        return (await store.LoadAsync(new(tenant, kind, id), cancel))?.Card is { } json && slices.OfKind(kind).ReadCard(json) switch
        {
            AttachmentCard file => file.Status != "purged",
            ExportCard export => export.Status is "done" or "queued" or "running",
            ImportCard import => import.Status is "queued" or "running" or "undoing",
            _ => false,
        };
    }

    private async Task<IReadOnlyList<Guid>> NeededAsync(string tenant, CancellationToken cancel)
    {
        var needed = new List<Guid>();
        await foreach (var page in store.PagesAsync(new(tenant, "file", Limit: 1_000), cancel))
        {
            needed.AddRange(page.Select(hit => (AttachmentCard)slices.OfKind("file").ReadCard(hit.Json)).Where(file => file.Status != "purged").Select(file => file.Id));
        }

        return needed;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, time, _stop.Token);
                foreach (var tenant in store.Tenants.Where(tenant => share.IsOurs(Work, tenant)))
                {
                    await TryReconcileAsync(tenant);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task TryReconcileAsync(string tenant)
    {
        try
        {
            var (_, missing) = await ReconcileAsync(tenant, _stop.Token);
            if (missing.Count > 0)
            {
                Faulted?.Invoke(new FileStoreException($"Files of '{tenant}' have no bytes: {string.Join(", ", missing.Take(10))}{(missing.Count > 10 ? $" and {missing.Count - 10} more" : "")}."));
            }
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            Faulted?.Invoke(failure);
        }
    }
}
