using System.Text.Json.Serialization;

namespace Crm.Grains.Handovers;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="HandoverCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Undoing), "undoing")]
[JsonDerivedType(typeof(Undone), "undone")]
public abstract record Handover
{
    private Handover() { }

    public static Handover Initial { get; } = new Unknown();

    public sealed record Unknown : Handover;

    /// <param name="Handled">Records given or refused so far.</param>
    public sealed record Running(Guid FromId, long Handled) : Handover;

    public sealed record Done(Guid FromId, DateTimeOffset UndoUntil) : Handover;

    /// <param name="Handled">Records taken back or kept so far.</param>
    public sealed record Undoing(Guid FromId, long Handled) : Handover;

    public sealed record Undone : Handover;
}

/// <summary>Who gets the records of one slice.</summary>
/// <param name="Slice">Its plural.</param>
/// <param name="To">They take turns.</param>
public sealed record HandoverShare(string Slice, IReadOnlyList<Guid> To);

/// <summary>How many records of one slice.</summary>
/// <param name="Slice">Its plural.</param>
public sealed record HandoverCount(string Slice, int Count);
