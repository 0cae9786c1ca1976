using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Silo.Hosting;

namespace Crm.Silo.Tests.Hosting;

/// <summary>A whole silo on a folder of its own, which can be opened again after it was closed.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    public const string Tenant = "demo";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TestSilo(string folder, CrmSilo silo) => (Folder, Silo) = (folder, silo);

    public string Folder { get; }

    /// <summary>Where the files of unfinished imports lie.</summary>
    public string ImportFolder => Directory.CreateDirectory(Path.Combine(Folder, "files", Tenant, "imports")).FullName;

    public CrmSilo Silo { get; private set; }

    public static async Task<TestSilo> OpenAsync(Action<string>? failpoint = null, int batchSize = 512, Func<SiloOptions, SiloOptions>? shape = null)
    {
        var folder = Directory.CreateTempSubdirectory("crm-silo-").FullName;
        return new(folder, await StartAsync(folder, failpoint, batchSize, shape));
    }

    /// <summary>Closes the silo as it is, in the middle of whatever it does, and opens it again.</summary>
    public async Task ReopenAsync()
    {
        await Silo.DisposeAsync();
        Silo = await StartAsync(Folder, null, 512);
    }

    /// <summary>Waits until something is so, looking again after each commit.</summary>
    public async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var committed = new SemaphoreSlim(1);
        void Note(IReadOnlyList<GrainWrite> writes) => committed.Release();
        Silo.Store.Committed += Note;
        try
        {
            while (true)
            {
                await committed.WaitAsync(patience.Token);
                if (await look() is var found && isSo(found))
                {
                    return found;
                }
            }
        }
        finally
        {
            Silo.Store.Committed -= Note;
        }
    }

    /// <summary>Waits until something outside the store is so.</summary>
    public static async Task EventuallyAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static Task<CrmSilo> StartAsync(string folder, Action<string>? failpoint, int batchSize, Func<SiloOptions, SiloOptions>? shape = null)
    {
        var options = SiloOptions.On(new SqliteOptions { Folder = folder, Failpoint = failpoint, BatchSize = batchSize });
        return CrmSilo.StartAsync(shape?.Invoke(options) ?? options, TimeProvider.System, CancellationToken.None);
    }
}
