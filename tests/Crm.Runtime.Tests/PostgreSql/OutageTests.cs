using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>What a server, a network and a pool can do to a store: no answered command is lost, none is done twice, and work goes on by itself.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly PostgreSqlFixture _fixture = new();
    private ThrowAwayServer? _own;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await (_own?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Killed_sessions_cost_nothing()
    {
        await using var store = await OpenAsync(_fixture.ConnectionString);
        await using var busy = new Busy(store, "k", callers: 20, boxes: 8);
        for (var i = 0; i < 15; i++)
        {
            await busy.MoreAsync(20);
            _fixture.Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        }

        await busy.MoreAsync(100);
        await busy.StopAsync();

        busy.Outcomes.Values.Should().OnlyContain(outcome => outcome == OutcomeKind.Committed || outcome == OutcomeKind.AlreadyHandled);
        await Busy.AgreeAsync(store, busy);
        store.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public async Task A_server_that_crashes_and_comes_back_costs_nothing()
    {
        _own = await ThrowAwayServer.StartAsync();
        await using var store = await OpenAsync(await _own.MakeDatabaseAsync());
        await using var busy = new Busy(store, "r", callers: 20, boxes: 8);
        for (var i = 0; i < 2; i++)
        {
            await busy.MoreAsync(50);
            await _own.StopAsync();
            await _own.StartAgainAsync();
        }

        await busy.MoreAsync(100);
        await busy.StopAsync();

        busy.Outcomes.Values.Should().OnlyContain(outcome => outcome == OutcomeKind.Committed || outcome == OutcomeKind.AlreadyHandled);
        await Busy.AgreeAsync(store, busy);
    }

    [Fact]
    public async Task A_server_that_stays_away_lets_commands_be_tried_later()
    {
        _own = await ThrowAwayServer.StartAsync();
        await using var store = await PostgreSqlFixture.OpenAsync(new() { ConnectionString = await _own.MakeDatabaseAsync(), Patience = TimeSpan.FromSeconds(1) });
        var hand = new Hand(store);
        await hand.TellAsync(Hand.Box(1), new BoxCommand.Add(1));
        var (write, _) = await hand.JudgeAsync(Hand.Box(1), new BoxCommand.Add(1));
        await _own.StopAsync();

        (await hand.WriteAsync(write)).Result.Should().Be(WriteResult.Unavailable);
        await FluentActions.Awaiting(() => store.LoadAsync(Hand.Box(1), CancellationToken.None).AsTask()).Should().ThrowAsync<DatabaseUnreachableException>();
        store.IsHealthy.Should().BeTrue("it is the server that is not");

        await _own.StartAgainAsync();
        (await hand.TellAsync(Hand.Box(1), new BoxCommand.Add(1))).Should().Match<GrainWrite>(again => again.Result == WriteResult.Stored && again.LastPosition == 2);
    }

    [Fact]
    public async Task A_wire_that_is_cut_in_the_middle_of_commits_costs_nothing()
    {
        await using var wire = new TcpProxy(_fixture.ConnectionString);
        await using var store = await OpenAsync(wire.ConnectionString);
        await using var busy = new Busy(store, "w", callers: 20, boxes: 8);
        for (var i = 0; i < 15; i++)
        {
            await busy.MoreAsync(20);
            if (i % 3 == 0)
            {
                // what is under way is committed, and the answer gets lost
                var commits = Commits();
                wire.Mute();
                await Until.TrueAsync(() => Commits() > commits || IsLeftWaiting(), "a commit, or a question, whose answer nobody hears");
            }

            wire.Cut();
            wire.Mend();
        }

        await busy.MoreAsync(100);
        await busy.StopAsync();

        busy.Outcomes.Values.Should().OnlyContain(outcome => outcome == OutcomeKind.Committed || outcome == OutcomeKind.AlreadyHandled);
        await Busy.AgreeAsync(store, busy);
    }

    [Fact]
    public async Task Readers_that_take_every_connection_do_not_hold_up_writers()
    {
        await using var store = await PostgreSqlFixture.OpenAsync(_fixture.Options with { MostReaders = 2 });
        var hand = new Hand(store);
        var (write, _) = await hand.JudgeAsync(Hand.Box(1), new BoxCommand.Add(1));
        await using var holding = new Npgsql.NpgsqlConnection(_fixture.ConnectionString);
        await holding.OpenAsync();
        await using var hold = new Npgsql.NpgsqlCommand("begin; lock table secret in access exclusive mode", holding);
        await hold.ExecuteNonQueryAsync();
        var reads = Enumerable.Range(0, 10).Select(_ => store.ReadSecretAsync("name", CancellationToken.None).AsTask()).ToList();

        (await hand.WriteAsync(write)).Result.Should().Be(WriteResult.Stored);
        reads.Should().OnlyContain(read => !read.IsCompleted);

        hold.CommandText = "rollback";
        await hold.ExecuteNonQueryAsync();
        (await Task.WhenAll(reads).SoonAsync()).Should().OnlyContain(secret => secret == null);
        (await store.LoadAsync(Hand.Box(1), CancellationToken.None))!.Version.Should().Be(1);
    }

    [Fact]
    public async Task A_transaction_that_somebody_left_open_is_waited_for_and_harms_nothing()
    {
        await using var store = await OpenAsync(_fixture.ConnectionString);
        var hand = new Hand(store);
        await hand.TellAsync(Hand.Box(1), new BoxCommand.Add(1));
        await using var holding = new Npgsql.NpgsqlConnection(_fixture.ConnectionString);
        await holding.OpenAsync();
        await using var hold = new Npgsql.NpgsqlCommand("begin; select * from tenant for update", holding);
        await hold.ExecuteNonQueryAsync();
        var writes = new List<Task<GrainWrite>>();
        for (var i = 0; i < 5; i++)
        {
            writes.Add(hand.WriteAsync((await hand.JudgeAsync(Hand.Box(i), new BoxCommand.Add(1))).Write));
        }

        writes.Should().OnlyContain(write => !write.IsCompleted);
        hold.CommandText = "rollback";
        await hold.ExecuteNonQueryAsync();
        (await Task.WhenAll(writes)).Should().OnlyContain(write => write.Result == WriteResult.Stored);
        (await store.VerifyAsync("acme", CancellationToken.None)).Should().BeNull();
    }

    private static Task<PostgreSqlStore> OpenAsync(string connectionString) =>
        PostgreSqlFixture.OpenAsync(new() { ConnectionString = connectionString, Patience = TimeSpan.FromSeconds(25), Beat = TimeSpan.FromSeconds(3) });

    private bool IsLeftWaiting() => _fixture.Read("select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'")[0] != "0";

    private int Commits() => int.Parse(_fixture.Read("select count(*) from journal")[0], System.Globalization.CultureInfo.InvariantCulture);
}
