using Crm.Runtime.Sqlite;

namespace Crm.Runtime.Tests.Sqlite;

/// <summary>As the product runs it: what is answered has been brought to the disk.</summary>
public sealed class SyncedSqliteFixture : SqliteFixture
{
    public override SqliteOptions Options => base.Options with { Synchronous = "FULL" };
}
