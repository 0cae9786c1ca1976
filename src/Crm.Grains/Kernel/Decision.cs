using System.Collections;
using System.Runtime.CompilerServices;

namespace Crm.Grains.Kernel;

/// <summary>What a rule answers: the events to append, in order (none when it is already so), or one refusal.</summary>
[CollectionBuilder(typeof(Decision), nameof(Decision.Of))]
public sealed class Decision<TEvent> : IEnumerable<TEvent>
{
    internal Decision(TEvent[] events, Refusal? refusal)
    {
        Events = events;
        Refusal = refusal;
    }

    /// <summary>Empty when refused.</summary>
    public IReadOnlyList<TEvent> Events { get; }

    public Refusal? Refusal { get; }

    public IEnumerator<TEvent> GetEnumerator() => Events.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Events.GetEnumerator();

    public static implicit operator Decision<TEvent>(Refusal refusal) => new([], refusal);
}

public static class Decision
{
    public static Decision<TEvent> Of<TEvent>(ReadOnlySpan<TEvent> events) => new(events.ToArray(), refusal: null);
}
