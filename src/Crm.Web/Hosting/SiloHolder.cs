using Crm.Runtime.Effects;
using Crm.Runtime.Sqlite;
using Crm.Silo.Hosting;

namespace Crm.Web.Hosting;

/// <summary>Sets the silo up otherwise than for a process alone: a service of a host that puts it on a cluster.</summary>
public delegate SiloOptions SiloShape(SiloOptions options);

/// <summary>Holds the silo once it is open, so that services made later can have it.</summary>
public sealed partial class SiloHolder(CrmSettings settings, TimeProvider time, IEnumerable<SiloShape> shapes, IEnumerable<IEffectHandler> effects, ILogger<SiloHolder> log)
{
    private CrmSilo? _silo;

    public CrmSilo Silo => _silo ?? throw new InvalidOperationException("The silo is not open yet.");

    /// <param name="prepare">What is to be done before anything works by itself; null for nothing.</param>
    public async Task<CrmSilo> OpenAsync(IHostApplicationLifetime lifetime, Func<CrmSilo, Task>? prepare = null)
    {
        var options = SiloOptions.On(new SqliteOptions
        {
            Folder = Path.GetFullPath(settings.DataPath),
            Synchronous = settings.Synchronous,
            MaxPages = settings.MaxPages,
            OnFatal = reason =>
            {
                LogFatal(log, reason);
                lifetime.StopApplication();
            },
        }) with { Effects = [.. effects] };
        _silo = await CrmSilo.OpenAsync(shapes.Aggregate(options, (shaped, shape) => shape(shaped)), time, CancellationToken.None);
        _silo.Faulted += bug => LogFaulted(log, bug);
        foreach (var reaction in _silo.Reactions)
        {
            reaction.Failed += parked => LogFailed(log, parked.Reader, parked.Tenant, parked.Position, parked.Attempts, parked.Error);
        }

        _silo.ImportRunner.Failed += (import, failure) => LogImportFailed(log, import.Tenant, import.Key, failure);
        foreach (var (name, value) in _silo.Store.Describe())
        {
            LogSetting(log, name, value);
        }

        if (settings.Synchronous != "FULL")
        {
            LogUnsafe(log, settings.Synchronous);
        }

        try
        {
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

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store has failed and the server stops: {Reason}")]
    private static partial void LogFatal(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Something in the background failed and goes on.")]
    private static partial void LogFaulted(ILogger log, Exception bug);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reaction {Reaction} failed on {Tenant}/{Position}, try {Attempts}: {Error}")]
    private static partial void LogFailed(ILogger log, string reaction, string tenant, long position, int attempts, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Tenant}/{Import} met a failure")]
    private static partial void LogImportFailed(ILogger log, string tenant, Guid import, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name}: {Value}")]
    private static partial void LogSetting(ILogger log, string name, string value);

    [LoggerMessage(Level = LogLevel.Warning, Message = "synchronous={Mode}: a power cut loses answered commands. Not for real data.")]
    private static partial void LogUnsafe(ILogger log, string mode);
}
