using Crm.Cluster.Tests.Support;
using Crm.Orleans.Grains;
using Crm.Runtime.Embedded;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Seats;

/// <summary>New records are made by the node that is asked for them.</summary>
public sealed class NewRecordTests : SeatTests
{
    private readonly List<GrainId> _seated = [];

    [Fact]
    public async Task A_new_record_takes_no_seat_and_leaves_nothing_in_memory()
    {
        await using var local = Judge();
        await using var engine = Over(local);

        var outcome = await engine.TellAsync(New(1), CancellationToken.None);

        outcome.Kind.Should().Be(OutcomeKind.Committed);
        _seated.Should().BeEmpty();
        local.ActiveCount.Should().Be(0);
        (await Store.LoadAsync(Hand.Box(1), CancellationToken.None))!.Version.Should().Be(1);
    }

    [Fact]
    public async Task What_is_there_is_asked_for_at_its_seat()
    {
        await using var local = Judge();
        await using var engine = Over(local);
        await engine.TellAsync(New(1), CancellationToken.None);

        (await engine.TellAsync(new(Hand.Box(1), new BoxCommand.Add(1), Sender.System), CancellationToken.None)).Version.Should().Be(2);

        _seated.Should().Equal(Hand.Box(1));
    }

    [Fact]
    public async Task A_key_that_was_not_new_after_all_is_judged_as_it_is()
    {
        await using var local = Judge();
        await using var engine = Over(local);
        await engine.TellAsync(New(1), CancellationToken.None);

        (await engine.TellAsync(New(1), CancellationToken.None)).Should().Match<Outcome>(outcome => outcome.Kind == OutcomeKind.Committed && outcome.Version == 2);
    }

    [Fact]
    public async Task A_command_given_twice_makes_one_record()
    {
        await using var local = Judge();
        await using var engine = Over(local);

        var first = await engine.TellAsync(New(1, "once"), CancellationToken.None);
        var second = await engine.TellAsync(New(2, "once"), CancellationToken.None);

        (first.Kind, second.Kind).Should().Be((OutcomeKind.Committed, OutcomeKind.AlreadyHandled));
        second.Grain.Should().Be(Hand.Box(1).Key);
        (await Store.LoadAsync(Hand.Box(2), CancellationToken.None)).Should().BeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_room_or_where_states_are_kept_elsewhere_it_is_made_at_its_seat(bool isFull)
    {
        await using var local = Judge(isFull ? 0 : 100);
        await using var engine = Over(local, bearsHere: isFull);

        (await engine.TellAsync(New(1), CancellationToken.None)).Kind.Should().Be(OutcomeKind.Committed);

        _seated.Should().Equal(Hand.Box(1));
    }

    private static CommandEnvelope New(int box, string? commandId = null) => new(Hand.Box(box), new BoxCommand.Add(1), Sender.System, commandId, IsFresh: true);

    private OrleansEngine Over(EmbeddedEngine local, bool bearsHere = true) => new(
        Envelopes,
        grain =>
        {
            _seated.Add(grain);
            return new Seat(this);
        },
        store: null,
        local,
        TimeProvider.System,
        new() { BearsHere = bearsHere });

    private sealed class Seat(NewRecordTests tests) : ICrmGrain
    {
        public async Task<SentOutcome> TellAsync(SentCommand command)
        {
            await using var judge = tests.Judge();
            return new(await judge.TellAsync(command.Read(tests.Envelopes), CancellationToken.None), tests.Envelopes);
        }
    }
}
