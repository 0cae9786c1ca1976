using System.Globalization;
using System.Text;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;

namespace Crm.Silo.Audit;

/// <summary>What a tenant's journal was at some time.</summary>
/// <param name="Hash">Of the entry at that position, in hex.</param>
public sealed record Anchor(DateTimeOffset At, string Tenant, long Position, string Hash);

/// <summary>
/// Writes where the chains end into a file beside the data: who changes the journal from some place on and chains it anew would have to
/// change that file, and every copy of it, as well. The same is told for the log.
/// </summary>
public sealed class Anchors(IGrainStore store, string folder, TimeProvider time, IWorkShare share) : IAsyncDisposable
{
    /// <summary>The file's name. One anchor a line: time, tenant, position, hash.</summary>
    public const string FileName = "anchors.txt";

    /// <summary>The name of this work.</summary>
    private const string Work = "anchors";

    /// <summary>Stands where a hash would, in the line of a restoration.</summary>
    private const string Restored = "restored";

    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, long> _anchored = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _verifying = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Told of each anchor.</summary>
    public event Action<Anchor>? Set;

    /// <summary>What went wrong and is tried again: for the log.</summary>
    public event Action<Exception>? Faulted;

    public void Start() => _running = RunAsync();

    /// <summary>Anchors every tenant whose journal has grown. On disk when it returns.</summary>
    public async Task WriteAsync(CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            var lines = new StringBuilder();
            var anchors = new List<Anchor>();
            foreach (var tenant in store.Tenants.Where(tenant => share.IsOurs(Work, tenant)).Order(StringComparer.Ordinal))
            {
                var head = store.HeadOf(tenant);
                if (head <= _anchored.GetValueOrDefault(tenant) || await store.ReadJournalAsync(tenant, head - 1, 1, null, cancel) is not [var newest])
                {
                    continue;
                }

                var anchor = new Anchor(time.GetUtcNow(), tenant, head, Convert.ToHexStringLower(newest.Hash));
                lines.Append(CultureInfo.InvariantCulture, $"{Written(anchor.At)} {tenant} {anchor.Position} {anchor.Hash}\n");
                anchors.Add(anchor);
            }

            if (lines.Length > 0)
            {
                await AppendAsync(lines.ToString(), cancel);
            }

            // another process may have had the file open: then it is done the next time
            foreach (var anchor in anchors)
            {
                _anchored[anchor.Tenant] = anchor.Position;
                Set?.Invoke(anchor);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Notes that a tenant's journal was taken back to a position on purpose: anchors beyond it, so far, say nothing any more. Who reads the
    /// file or a copy of it sees that it was done, and when.
    /// </summary>
    public async Task NoteRestoredAsync(string tenant, long position, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            await AppendAsync(string.Create(CultureInfo.InvariantCulture, $"{Written(time.GetUtcNow())} {tenant} {position} {Restored}\n"), cancel);
            _anchored.Remove(tenant);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The anchors of a tenant that this process has set and that no restoration has made void, oldest first.</summary>
    public ValueTask<IReadOnlyList<Anchor>> ReadAsync(string tenant, CancellationToken cancel) => ReadAsync(folder, tenant, cancel);

    /// <summary>Compares a tenant's journal with its anchors, and reads all of it before when asked to.</summary>
    /// <returns>The first position that is not what it was, or null when all are.</returns>
    public async ValueTask<ChainFault?> VerifyAsync(string tenant, bool isWhole, CancellationToken cancel)
    {
        if (!isWhole)
        {
            return await CheckAsync(store, folder, tenant, cancel);
        }

        // a long read: one at a time is enough for everybody
        await _verifying.WaitAsync(cancel);
        try
        {
            return await VerifyAsync(store, folder, tenant, cancel);
        }
        finally
        {
            _verifying.Release();
        }
    }

    /// <summary>Reads all of a tenant's journal, link by link, and compares it with the anchors in a folder.</summary>
    /// <returns>The first position that is not what it was, or null when all are.</returns>
    public static async ValueTask<ChainFault?> VerifyAsync(IGrainStore store, string folder, string tenant, CancellationToken cancel) =>
        await store.VerifyAsync(tenant, cancel) ?? await CheckAsync(store, folder, tenant, cancel);

    /// <summary>Compares a tenant's journal with the anchors in a folder.</summary>
    /// <returns>The first position that is not what it was, or null when all are.</returns>
    public static async ValueTask<ChainFault?> CheckAsync(IGrainStore store, string folder, string tenant, CancellationToken cancel)
    {
        foreach (var anchor in await ReadAsync(folder, tenant, cancel))
        {
            if (await store.ReadJournalAsync(tenant, anchor.Position - 1, 1, null, cancel) is not [var entry] || entry.Position != anchor.Position || Convert.ToHexStringLower(entry.Hash) != anchor.Hash)
            {
                return new(anchor.Position, string.Create(CultureInfo.InvariantCulture, $"the anchor of {Written(anchor.At)} says that it was another"));
            }
        }

        return null;
    }

    /// <summary>Sets the last anchors, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        try
        {
            await WriteAsync(CancellationToken.None);
        }
        catch (Exception bug) when (bug is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            Faulted?.Invoke(bug);
        }
    }

    private static async ValueTask<IReadOnlyList<Anchor>> ReadAsync(string folder, string tenant, CancellationToken cancel)
    {
        var path = Path.Combine(folder, FileName);
        var anchors = new List<Anchor>();
        if (!File.Exists(path))
        {
            return anchors;
        }

        // while it is read it may grow
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var lines = new StreamReader(file, Encoding.UTF8);
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            // a line cut short by a crash is the last one and says nothing
            if (line.Split(' ') is not [var at, var of, var number, var hash] || of != tenant || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                || !DateTimeOffset.TryParseExact(at, Moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            {
                continue;
            }

            if (hash == Restored)
            {
                anchors.RemoveAll(anchor => anchor.Position > position);
            }
            else if (hash.Length == 2 * HashChain.Size)
            {
                anchors.Add(new(moment, tenant, position, hash));
            }
        }

        return anchors;
    }

    private static string Written(DateTimeOffset at) => at.UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture);

    private async Task AppendAsync(string lines, CancellationToken cancel)
    {
        await using var file = new FileStream(Path.Combine(folder, FileName), FileMode.Append, FileAccess.Write, FileShare.Read);
        await file.WriteAsync(Encoding.UTF8.GetBytes(lines), cancel);
        file.Flush(flushToDisk: true);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await WriteAsync(_stop.Token);
                }
                catch (Exception bug) when (!_stop.IsCancellationRequested)
                {
                    Faulted?.Invoke(bug);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }
}
