using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>Of processes that must each be alone, one writes and the others stand by.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly PostgreSqlFixture _fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_second_one_stands_by_until_the_first_closes_and_then_knows_everything()
    {
        var standsBy = new TaskCompletionSource();
        var first = await OpenAsync();
        var second = PostgreSqlFixture.OpenAsync(Options() with { OnStandBy = standsBy.SetResult });
        await standsBy.Task.SoonAsync();
        await new Hand(first).FillAsync(Hand.Box(1), new() { Group = "g", Amount = 5 });
        second.IsCompleted.Should().BeFalse();

        await first.DisposeAsync();
        await using var store = await second.SoonAsync();

        store.HeadOf("acme").Should().Be(1);
        store.Tallies.Read("acme", "box").Should().ContainSingle();
        (await new Hand(store).TellAsync(Hand.Box(1), new BoxCommand.Add(1))).LastPosition.Should().Be(2);
    }

    [Fact]
    public async Task Whoever_is_cut_off_is_succeeded_and_can_write_nothing_more()
    {
        var fatal = new TaskCompletionSource<string>();
        await using var wire = new TcpProxy(_fixture.ConnectionString);
        await using var first = await PostgreSqlFixture.OpenAsync(Options() with { ConnectionString = wire.ConnectionString, OnFatal = reason => fatal.TrySetResult(reason) });
        var hand = new Hand(first);
        await hand.TellAsync(Hand.Box(1), new BoxCommand.Add(1));
        var (write, _) = await hand.JudgeAsync(Hand.Box(1), new BoxCommand.Add(10));
        var second = OpenAsync();
        wire.Cut();
        var answer = hand.WriteAsync(write);

        await using var store = await second.SoonAsync();
        (await new Hand(store).TellAsync(Hand.Box(1), new BoxCommand.Add(100))).Result.Should().Be(WriteResult.Stored);
        wire.Mend();

        (await fatal.Task.SoonAsync()).Should().StartWith("lease-lost");
        (await answer).Result.Should().Be(WriteResult.Unavailable);
        first.IsHealthy.Should().BeFalse();
        (await hand.WriteAsync((await new Hand(store).JudgeAsync(Hand.Box(1), new BoxCommand.Add(1))).Write)).Result.Should().Be(WriteResult.Unavailable);
        await FluentActions.Awaiting(() => first.WriteCursorAsync("reader", "acme", 5, CancellationToken.None)).Should().ThrowAsync<Exception>();
        (await store.LoadAsync(Hand.Box(1), CancellationToken.None))!.Version.Should().Be(2);
        (await store.VerifyAsync("acme", CancellationToken.None)).Should().BeNull();
    }

    [Fact]
    public async Task Whoever_is_stopped_with_its_session_open_is_succeeded()
    {
        await using var wire = new TcpProxy(_fixture.ConnectionString);
        await using var first = await PostgreSqlFixture.OpenAsync(Options() with { ConnectionString = wire.ConnectionString });
        await new Hand(first).TellAsync(Hand.Box(1), new BoxCommand.Add(1));
        // its beats get no answers, so that it says no more, and the server still sees its connections
        wire.Mute();

        await using var store = await OpenAsync().SoonAsync();

        (await new Hand(store).TellAsync(Hand.Box(1), new BoxCommand.Add(1))).LastPosition.Should().Be(2);
        wire.Cut();
        wire.Mend();
    }

    [Fact]
    public async Task Losing_its_session_alone_costs_nobody_the_lease()
    {
        await using var first = await OpenAsync();
        var second = OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            _fixture.Execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()");
            (await new Hand(first).TellAsync(Hand.Box(1), new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
            await Until.TrueAsync(() => _fixture.Read("select count(*) from pg_locks where locktype = 'advisory' and granted")[0] != "0", "the lock to be taken again");
        }

        second.IsCompleted.Should().BeFalse();
        first.IsHealthy.Should().BeTrue();
        await first.DisposeAsync();
        await (await second.SoonAsync()).DisposeAsync();
    }

    private PostgreSqlOptions Options() => _fixture.Options with { Beat = Beat };

    private Task<PostgreSqlStore> OpenAsync() => PostgreSqlFixture.OpenAsync(Options());
}
