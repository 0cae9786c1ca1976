using Crm.Cluster.Tests.Support;
using Crm.Orleans.Grains;
using Crm.Runtime.Embedded;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Seats;

/// <summary>Messages get lost, come twice and come late. What they say happens once.</summary>
public sealed class LossyWayTests : SeatTests
{
    private readonly EmbeddedEngine _judge;

    public LossyWayTests() => _judge = Judge();

    public override async ValueTask DisposeAsync()
    {
        await _judge.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_on_a_lossy_way_takes_effect_once(bool hasId)
    {
        const int Commands = 1_000;
        await using var engine = Over(new LossyWay(this));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Commands).Select(i => Task.Run(() => engine.TellAsync(
            new(Hand.Box((i % 20) + 1), new BoxCommand.Add(1), Sender.System, hasId ? $"id-{i}" : null), CancellationToken.None).AsTask())));

        outcomes.Should().OnlyContain(outcome => outcome.Succeeded);
        (await Store.ReadJournalAsync("acme", 0, 5_000, null, CancellationToken.None)).Should().HaveCount(Commands);
        if (!hasId)
        {
            outcomes.Should().OnlyContain(outcome => outcome.Kind == OutcomeKind.Committed, "a sender who gave no id is not told of repetitions");
        }
    }

    [Fact]
    public async Task A_command_that_nobody_answers_is_of_unknown_outcome()
    {
        var engine = Over(new DeadWay(), new() { Deadline = TimeSpan.FromMilliseconds(100) });
        await using (engine)
        {
            (await engine.TellAsync(new(Hand.Box(1), new BoxCommand.Add(1), Sender.System), CancellationToken.None)).Kind.Should().Be(OutcomeKind.DurabilityUnknown);
        }
    }

    [Fact]
    public async Task A_busy_grain_is_asked_again_and_then_said_to_be_busy()
    {
        var way = new BusyWay(Envelopes);
        await using var engine = Over(way, new() { OverloadTries = 3 });

        (await engine.TellAsync(new(Hand.Box(1), new BoxCommand.Add(1), Sender.System), CancellationToken.None)).Kind.Should().Be(OutcomeKind.Overloaded);
        way.Asked.Should().Be(4);
    }

    private OrleansEngine Over(ICrmGrain way, OrleansEngineOptions? options = null) => new(Envelopes, _ => way, store: null, local: null, TimeProvider.System, options ?? new());

    private sealed class LossyWay(LossyWayTests tests) : ICrmGrain
    {
        public async Task<SentOutcome> TellAsync(SentCommand command)
        {
            switch (Random.Shared.Next(100))
            {
                case < 5:
                    throw new TimeoutException("the command was lost");
                case < 10:
                    await JudgeAsync(command);
                    throw new TimeoutException("the answer was lost");
                case < 15:
                    _ = JudgeAsync(command);
                    return await JudgeAsync(command);
                case < 20:
                    await Task.Delay(Random.Shared.Next(50));
                    return await JudgeAsync(command);
                default:
                    return await JudgeAsync(command);
            }
        }

        // as bytes both ways, as between processes
        private async Task<SentOutcome> JudgeAsync(SentCommand command) => new()
        {
            Bytes = tests.Envelopes.Encode(await tests._judge.TellAsync(new SentCommand { Bytes = command.Bytes }.Read(tests.Envelopes), CancellationToken.None)),
        };
    }

    private sealed class DeadWay : ICrmGrain
    {
        public Task<SentOutcome> TellAsync(SentCommand command) => throw new TimeoutException("nobody there");
    }

    private sealed class BusyWay(BoxEnvelopes envelopes) : ICrmGrain
    {
        public int Asked { get; private set; }

        public Task<SentOutcome> TellAsync(SentCommand command)
        {
            Asked++;
            return Task.FromResult(new SentOutcome(new Outcome(OutcomeKind.Overloaded), envelopes));
        }
    }
}
