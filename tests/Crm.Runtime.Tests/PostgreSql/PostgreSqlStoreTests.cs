using Crm.Runtime.Tests.Stores;

namespace Crm.Runtime.Tests.PostgreSql;

public sealed class PostgreSqlGrainWriteTests : GrainWriteSuite<PostgreSqlFixture>;

public sealed class PostgreSqlJournalTests : JournalSuite<PostgreSqlFixture>;

public sealed class PostgreSqlBooksTests : BooksSuite<PostgreSqlFixture>;

public sealed class PostgreSqlQueryTests : QuerySuite<PostgreSqlFixture>;

public sealed class PostgreSqlAggregateTests : AggregateSuite<PostgreSqlFixture>;

public sealed class PostgreSqlIsolationTests : IsolationSuite<PostgreSqlFixture>;

public sealed class PostgreSqlFaultTests : FaultSuite<PostgreSqlFixture>;

public sealed class PostgreSqlOlderDataTests : OlderDataSuite<PostgreSqlFixture>;
