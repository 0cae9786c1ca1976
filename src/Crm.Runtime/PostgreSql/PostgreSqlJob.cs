using Crm.Runtime.Journal;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <inheritdoc/>
internal sealed class PostgreSqlJob : StoreJob
{
    public PostgreSqlJob(GrainWrite write) : base(write) { }

    /// <summary>A statement, done with whatever else is in the transaction. Made anew for each try.</summary>
    public PostgreSqlJob(Func<NpgsqlBatchCommand> statement) : base(null) => Statement = statement;

    /// <summary>Work in a transaction of its own, which is begun before it and committed after it; it answers what is to be done then.</summary>
    public PostgreSqlJob(Func<NpgsqlConnection, Action<NpgsqlConnection>?> work) : base(null) => Work = work;

    public Func<NpgsqlBatchCommand>? Statement { get; }

    public Func<NpgsqlConnection, Action<NpgsqlConnection>?>? Work { get; }

    /// <summary>Why it can never be done: it then only waits for those before it to be answered.</summary>
    public Exception? Impossible { get; set; }
}
