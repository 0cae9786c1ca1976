using Crm.Runtime.Archive;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;

namespace Crm.Silo.Tenants;

/// <summary>Copies what is old enough of the journals into the file store, every hour, one process for each tenant.</summary>
public sealed class Archiver(IGrainStore store, IFileStore files, JournalArchive archive, TimeSpan? age, TimeProvider time, IWorkShare share) : IAsyncDisposable
{
    /// <summary>The name of this work.</summary>
    private const string Work = "archive";

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Something went wrong, and is tried again in an hour.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Begins, when journals are to be archived at all.</summary>
    public void Start() => _running = age is { } old ? RunAsync(old) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan old)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                foreach (var tenant in store.Tenants.Where(tenant => share.IsOurs(Work, tenant)))
                {
                    await TryWriteAsync(tenant, old);
                }

                await Task.Delay(Pause, time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task TryWriteAsync(string tenant, TimeSpan old)
    {
        try
        {
            // shares may overlap for a moment; what both would write is the same, so the lease need not be renewed
            await using var lease = await files.TryLeaseAsync($"archive/{tenant}", LeaseTime, _stop.Token);
            if (lease is not null)
            {
                await archive.WriteAsync(tenant, time.GetUtcNow() - old, _stop.Token);
            }
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            Faulted?.Invoke(failure);
        }
    }
}
