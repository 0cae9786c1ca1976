namespace Crm.Runtime.PostgreSql;

/// <summary>How the PostgreSQL store is kept.</summary>
public sealed record PostgreSqlOptions
{
    public required string ConnectionString { get; init; }

    /// <summary>
    /// Whether this process alone writes, as the embedded engine needs: it waits as a stand-by while another one does. Otherwise several
    /// processes write side by side. Default true.
    /// </summary>
    public bool IsExclusive { get; init; } = true;

    /// <summary>
    /// Whether somebody tells this process what the others write, so that the store need not: it then raises no <see cref="PostgreSqlStore.Grown"/>, reads running
    /// totals when <see cref="PostgreSqlStore.CatchUpAsync"/> asks for it, and gives others notice a few times a second at most. Default false.
    /// </summary>
    public bool IsTold { get; init; }

    /// <summary>Most writes in one transaction, 1 to 10,000. Default 512.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Most connections for reading, unless the connection string says how many. Default 20.</summary>
    public int MostReaders { get; init; } = 20;

    /// <summary>How long writes wait for a server that cannot be reached, and reads half as long. Default 20 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often whoever writes alone says that it is alive. A stand-by takes over when three of these are missing. Default 1 s.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Called once when another process has the lease, before the waiting begins.</summary>
    public Action? OnStandBy { get; init; }

    /// <summary>Called with the name of each point of a commit that may fail; throwing there is failing there. For tests.</summary>
    public Action<string>? Failpoint { get; init; }

    /// <summary>Called when what is on disk is unknown, or another process has taken over: this one must end.</summary>
    public Action<string>? OnFatal { get; init; }
}

/// <summary>The database cannot hold the data: of a wrong encoding, locale or version. The message says what to do.</summary>
public sealed class UnfitDatabaseException(string reason) : Exception($"database-unfit: {reason}");

/// <summary>The database could not be reached for as long as one waits. Nothing was changed.</summary>
public sealed class DatabaseUnreachableException(Exception reason) : Exception($"database-unreachable: {reason.Message}", reason);
