using System.Collections.Concurrent;
using Crm.Grains.Attachments;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Silo.Tenants;

namespace Crm.Silo.Files;

/// <summary>
/// How much the files of tenants take and may take. What is attached is looked at and told within one turn, whichever process does it: files
/// sent at the same moment cannot pass the limit together.
/// </summary>
public sealed class FileRoom(IGrainStore store, TenantDirectory tenants, IFileStore files, FileLimits limits, TimeProvider time)
{
    private const long Megabyte = 1_024 * 1_024;

    /// <summary>Longer than a command takes, and than one that waits for the store does.</summary>
    private static readonly TimeSpan TurnTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>What a tenant's files take, of all that was ever answered by any process.</summary>
    public async ValueTask<FileUse> ReadAsync(string tenant, CancellationToken cancel)
    {
        // from the store and not from memory: another process may have answered what this one has not heard of yet
        var totals = await store.TalliesAtEndOfAsync(tenant, "file", int.MaxValue, cancel);
        return new(BytesOf("attached"), BytesOf("removed"), LimitOf(tenant));

        long BytesOf(string status) => totals.TryGetValue(status, out var total) ? (long)total.Hundredths : 0;
    }

    /// <summary>How much a tenant's files may take, in bytes; null when there is no limit.</summary>
    public long? LimitOf(string tenant) => (tenants.Find(tenant).FileMegabytes ?? limits.TenantMegabytes) is > 0 and var megabytes ? megabytes * Megabyte : null;

    /// <summary>Waits until nobody else adds to the tenant's files. Until it is disposed of, the turn is the caller's.</summary>
    /// <returns>Null when others took too long.</returns>
    /// <exception cref="FileStoreException">The store that processes agree by cannot be reached.</exception>
    public async Task<IAsyncDisposable?> TakeTurnAsync(string tenant, CancellationToken cancel)
    {
        var turn = _turns.GetOrAdd(tenant, static _ => new(1));
        var began = time.GetTimestamp();
        if (!await turn.WaitAsync(Patience, cancel))
        {
            return null;
        }

        try
        {
            while (time.GetElapsedTime(began) < Patience)
            {
                if (await files.TryLeaseAsync($"room/{tenant}", TurnTime, cancel) is { } lease)
                {
                    return new Turn(turn, lease);
                }

                await Task.Delay(Pause, time, cancel);
            }
        }
        catch
        {
            turn.Release();
            throw;
        }

        turn.Release();
        return null;
    }

    private sealed class Turn(SemaphoreSlim here, IFileLease everywhere) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await everywhere.DisposeAsync();
            }
            finally
            {
                here.Release();
            }
        }
    }
}
