using Crm.Cluster.Tests.Support;
using Crm.Runtime.Tests.Clocks;
using Crm.Runtime.Tests.Effects;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Live;
using Crm.Runtime.Tests.PostgreSql;
using Crm.Runtime.Tests.Reactions;
using Crm.Runtime.Tests.Sqlite;

namespace Crm.Cluster.Tests;

public sealed class ClusterEngineTests : EngineSuite<ClusterFixture<SqliteFixture>>;

public sealed class ClusterClockTests : ClockSuite<ClusterFixture<SqliteFixture>>;

public sealed class ClusterReactionTests : ReactionSuite<ClusterFixture<SqliteFixture>>;

public sealed class ClusterEffectTests : EffectSuite<ClusterFixture<SqliteFixture>>;

public sealed class ClusterLiveTests : LiveSuite<ClusterFixture<SqliteFixture>>;

public sealed class ClusterOnPostgreSqlTests : EngineSuite<ClusterFixture<PostgreSqlFixture>>;
