using System.Text.Json;

namespace Crm.Grains.Tests;

/// <summary>
/// Given what happened, when this is asked, then that happens or is refused. Events are compared in their written form, so that lists and
/// dictionaries inside them count by content; and every history is projected twice, so that no test forgets that cards are idempotent.
/// </summary>
public abstract class RuleSpec<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
    where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
{
    protected static readonly DateTimeOffset Monday = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
    protected static readonly DateTimeOffset Tuesday = Monday.AddDays(1);
    protected static readonly DateTimeOffset Wednesday = Monday.AddDays(2);
    protected static readonly DateOnly MondayDay = new(2026, 11, 2);
    protected static readonly DateOnly TuesdayDay = new(2026, 11, 3);
    protected static readonly DateOnly WednesdayDay = new(2026, 11, 4);

    /// <summary>The record under test.</summary>
    protected static readonly Guid It = new("01900000-0000-7000-8000-000000000001");
    protected static readonly Guid Ada = new("01900000-0000-7000-8000-00000000000a");
    protected static readonly Guid Bob = new("01900000-0000-7000-8000-00000000000b");
    protected static readonly Guid Tencent = new("01900000-0000-7000-8000-0000000000c1");
    protected static readonly Guid Huawei = new("01900000-0000-7000-8000-0000000000c2");
    protected static readonly Guid Chen = new("01900000-0000-7000-8000-0000000000d1");

    protected static readonly IReadOnlyDictionary<string, CustomValue> NoCustom = new Dictionary<string, CustomValue>();

    protected History Given(params TEvent[] happened)
    {
        var history = new History(slice);
        foreach (var one in happened)
        {
            history.Happen(one, Monday);
        }

        return history;
    }

    protected static IReadOnlyDictionary<string, CustomValue> Custom(params (string Name, string Value)[] fields) => fields.ToDictionary(f => f.Name, f => new CustomValue(f.Value));

    /// <summary>A record's past, and what it amounts to.</summary>
    protected sealed class History(Slice<TState, TCommand, TEvent, TCard> slice)
    {
        private readonly JsonSerializerOptions _json = WireJson.Stored(slice);

        private long _version;

        public TState State { get; private set; } = slice.Initial;

        public TCard? Card { get; private set; }

        public IReadOnlyList<string> Claims => slice.Claims?.Invoke(State) ?? [];

        public IReadOnlyList<Clock> Clocks => slice.Clocks?.Invoke(State) ?? [];

        public Holder Holder => slice.Holder(State);

        public void Happen(TEvent happened, DateTimeOffset at)
        {
            State = slice.Evolve(State, happened);
            var recorded = new Recorded<TEvent>(It, ++_version, happened, at, Ada);
            Card = slice.Project(Card, recorded);
            slice.Project(Card, recorded).Should().BeSameAs(Card, "an event that was already seen leaves the card as it was");
        }

        public History Then(TEvent happened, DateTimeOffset? at = null)
        {
            Happen(happened, at ?? Monday);
            return this;
        }

        public Outcome When(TCommand command, DateTimeOffset? at = null) => new(this, slice.Decide(State, command, at ?? Tuesday), at ?? Tuesday);

        internal string Written(TEvent happened) => JsonSerializer.Serialize(happened, _json);
    }

    /// <summary>What a command led to.</summary>
    protected sealed class Outcome(History history, Decision<TEvent> decision, DateTimeOffset at)
    {
        /// <summary>Exactly these, in this order. They become part of the history.</summary>
        public History ThenEvents(params TEvent[] expected)
        {
            decision.Refusal.Should().BeNull();
            decision.Events.Select(history.Written).Should().Equal(expected.Select(history.Written));
            foreach (var one in decision.Events)
            {
                history.Happen(one, at);
            }

            return history;
        }

        public void ThenRefused(Refusal expected)
        {
            decision.Refusal.Should().Be(expected);
            decision.Events.Should().BeEmpty();
        }

        public void ThenRefused(string code, string? field = null, RefusalKind kind = RefusalKind.Invalid)
        {
            decision.Refusal.Should().NotBeNull();
            (decision.Refusal!.Code, decision.Refusal.Field, decision.Refusal.Kind).Should().Be((code, field, kind)); // not null: asserted in the line above
        }

        /// <summary>It is already so: no event, no refusal.</summary>
        public void ThenNothing()
        {
            decision.Refusal.Should().BeNull();
            decision.Events.Should().BeEmpty();
        }
    }
}
