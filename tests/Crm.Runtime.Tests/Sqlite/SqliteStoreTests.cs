using Crm.Runtime.Tests.Stores;

namespace Crm.Runtime.Tests.Sqlite;

public sealed class SqliteGrainWriteTests : GrainWriteSuite<SyncedSqliteFixture>;

public sealed class SqliteJournalTests : JournalSuite<SqliteFixture>;

public sealed class SqliteBooksTests : BooksSuite<SqliteFixture>;

public sealed class SqliteQueryTests : QuerySuite<SqliteFixture>;

public sealed class SqliteAggregateTests : AggregateSuite<SqliteFixture>;

public sealed class SqliteIsolationTests : IsolationSuite<SqliteFixture>;

public sealed class SqliteFaultTests : FaultSuite<SyncedSqliteFixture>;

public sealed class SqliteOlderDataTests : OlderDataSuite<SqliteFixture>;
