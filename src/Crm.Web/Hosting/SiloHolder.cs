using Crm.Runtime.Effects;
using Crm.Runtime.Files;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Sqlite;
using Crm.Silo.Files;
using Crm.Silo.Hosting;

namespace Crm.Web.Hosting;

/// <summary>Sets the silo up otherwise than for a process alone: a service of a host that puts it on a cluster.</summary>
public delegate SiloOptions SiloShape(SiloOptions options);

/// <summary>Holds the silo once it is open, so that services made later can have it.</summary>
public sealed partial class SiloHolder(CrmSettings settings, TimeProvider time, IEnumerable<SiloShape> shapes, IEnumerable<IEffectHandler> effects, ILogger<SiloHolder> log)
{
    private CrmSilo? _silo;
    private volatile string _state = "starting";

    public CrmSilo Silo => _silo ?? throw new InvalidOperationException("The silo is not open yet.");

    /// <summary>What this process is doing: <c>starting</c>, <c>standby</c> while another one has the data, or <c>open</c>.</summary>
    public string State => _state;

    public bool IsOpen => _state == "open";

    /// <summary>Whether it may have to wait for another process: on a store that several can reach, unless a host has made them a cluster.</summary>
    public bool MayStandBy { get; } = settings.Store == StoreKind.PostgreSql && !shapes.Any();

    /// <summary>Opens the silo; as a stand-by, when another process's time has come to an end.</summary>
    /// <param name="prepare">What is to be done before anything works by itself; null for nothing.</param>
    public async Task<CrmSilo> OpenAsync(IHostApplicationLifetime lifetime, Func<CrmSilo, Task>? prepare = null)
    {
        _silo = await CrmSilo.OpenAsync(shapes.Aggregate(Options(lifetime), (shaped, shape) => shape(shaped)), time, lifetime.ApplicationStopping);
        _silo.Faulted += bug => LogFaulted(log, bug);
        foreach (var reaction in _silo.Reactions)
        {
            reaction.Failed += parked => LogFailed(log, parked.Reader, parked.Tenant, parked.Position, parked.Attempts, parked.Error);
        }

        _silo.ImportRunner.Failed += (import, failure) => LogImportFailed(log, import.Tenant, import.Key, failure);
        _silo.ExportRunner.Failed += (export, failure) => LogExportFailed(log, export.Tenant, export.Key, failure);
        _silo.Anchors.Set += anchor => LogAnchor(log, anchor.Tenant, anchor.Position, anchor.Hash);
        foreach (var (name, value) in _silo.Store.Describe())
        {
            LogSetting(log, name, value);
        }

        if (settings is { Store: StoreKind.Sqlite, Synchronous: not "FULL" })
        {
            LogUnsafe(log, settings.Synchronous);
        }

        try
        {
            await StoredKeys.CheckAsync(_silo.Store, settings, CancellationToken.None);
            await (prepare?.Invoke(_silo) ?? Task.CompletedTask);
            await _silo.BeginAsync(CancellationToken.None);
        }
        catch
        {
            await _silo.DisposeAsync();
            throw;
        }

        return _silo;
    }

    /// <summary>From now on everybody is let in.</summary>
    public void Admit() => _state = "open";

    private SiloOptions Options(IHostApplicationLifetime lifetime)
    {
        var folder = Path.GetFullPath(settings.DataPath);
        void Stop(string reason)
        {
            LogFatal(log, reason);
            lifetime.StopApplication();
        }

        var limits = new FileLimits { LargestFile = settings.Files.LargestMegabytes * 1_024L * 1_024, TenantMegabytes = settings.Files.TenantMegabytes };
        TimeSpan? archiveAfter = settings.ArchiveAfterDays > 0 ? TimeSpan.FromDays(settings.ArchiveAfterDays) : null;
        if (settings.Store == StoreKind.Sqlite)
        {
            return SiloOptions.On(new SqliteOptions { Folder = folder, Synchronous = settings.Synchronous, MaxPages = settings.MaxPages, OnFatal = Stop }) with { Effects = [.. effects], OpenFiles = OpenFilesAsync, FileLimits = limits, ArchiveAfter = archiveAfter };
        }

        var store = new PostgreSqlOptions { ConnectionString = settings.ConnectionString!, OnStandBy = StandBy, OnFatal = Stop }; // checked with the settings
        return new() { OpenStore = async (slices, cancel) => await PostgreSqlStore.OpenAsync(store, slices, cancel), Folder = folder, Effects = [.. effects], OpenFiles = OpenFilesAsync, FileLimits = limits, ArchiveAfter = archiveAfter };
    }

    private async ValueTask<IFileStore> OpenFilesAsync(TimeProvider clock, CancellationToken cancel) => await settings.Files.OpenAsync(settings.DataPath, clock, cancel);

    private void StandBy()
    {
        _state = "standby";
        LogStandBy(log);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Another process has the data; standing by.")]
    private static partial void LogStandBy(ILogger log);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store has failed and the server stops: {Reason}")]
    private static partial void LogFatal(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Something in the background failed and goes on.")]
    private static partial void LogFaulted(ILogger log, Exception bug);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reaction {Reaction} failed on {Tenant}/{Position}, try {Attempts}: {Error}")]
    private static partial void LogFailed(ILogger log, string reaction, string tenant, long position, int attempts, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Tenant}/{Import} met a failure")]
    private static partial void LogImportFailed(ILogger log, string tenant, Guid import, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Journal of {Tenant} at {Position}: {Hash}")]
    private static partial void LogAnchor(ILogger log, string tenant, long position, string hash);

    [LoggerMessage(Level = LogLevel.Error, Message = "Export {Tenant}/{Export} met a failure")]
    private static partial void LogExportFailed(ILogger log, string tenant, Guid export, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name}: {Value}")]
    private static partial void LogSetting(ILogger log, string name, string value);

    [LoggerMessage(Level = LogLevel.Warning, Message = "synchronous={Mode}: a power cut loses answered commands. Not for real data.")]
    private static partial void LogUnsafe(ILogger log, string mode);
}
