using Crm.Grains.Kernel;

namespace Crm.Architecture.Tests;

/// <summary>A slice with histories that lead to every state and a sample of every command.</summary>
public abstract class SliceSample
{
    public abstract Slice Slice { get; }

    /// <summary>Cases of the command that the table has no sample of.</summary>
    public abstract IEnumerable<Type> CommandsMissing { get; }

    /// <summary>Cases of the state that no history of the table leads to.</summary>
    public abstract IEnumerable<Type> StatesMissing { get; }

    /// <summary>Puts every command to every state; names those that have no answer.</summary>
    public abstract IEnumerable<string> Unanswered(DateTimeOffset now);
}

/// <param name="histories">Each leads to a state; the empty one is understood.</param>
/// <param name="commands">At least one of each case.</param>
public sealed class SliceSample<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice, TEvent[][] histories, TCommand[] commands) : SliceSample
    where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
{
    private readonly TState[] _states = [slice.Initial, .. histories.Select(history => history.Aggregate(slice.Initial, slice.Evolve))];

    public override Slice Slice => slice;

    public override IEnumerable<Type> CommandsMissing => Cases(typeof(TCommand)).Except(commands.Select(command => command.GetType()));

    public override IEnumerable<Type> StatesMissing => Cases(typeof(TState)).Except(_states.Select(state => state.GetType()));

    public override IEnumerable<string> Unanswered(DateTimeOffset now)
    {
        foreach (var state in _states)
        {
            foreach (var command in commands)
            {
                var thrown = Record.Exception(() => slice.Decide(state, command, now));
                if (thrown is not null)
                {
                    yield return $"{command.GetType().Name} on {state.GetType().Name}: {thrown.Message}";
                }
            }

            foreach (var happened in histories.SelectMany(history => history))
            {
                var thrown = Record.Exception(() => slice.Evolve(state, happened));
                if (thrown is not null)
                {
                    yield return $"{happened.GetType().Name} after {state.GetType().Name}: {thrown.Message}";
                }
            }
        }
    }

    private static IEnumerable<Type> Cases(Type root) => root.GetNestedTypes().Where(type => type.IsSubclassOf(root));
}
