using System.Text.Json.Serialization;

namespace Crm.Grains.Imports;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="ImportCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Queued), "queued")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Undoing), "undoing")]
[JsonDerivedType(typeof(Undone), "undone")]
public abstract record Import
{
    private Import() { }

    public static Import Initial { get; } = new Unknown();

    public sealed record Unknown : Import;

    public sealed record Queued(string ContentHash, Guid? OwnerId) : Import;

    /// <param name="Read">Rows read so far.</param>
    public sealed record Running(string ContentHash, Guid? OwnerId, int Read) : Import;

    public sealed record Done(string ContentHash, Guid? OwnerId, int Read) : Import;

    public sealed record Failed(Guid? OwnerId) : Import;

    /// <param name="ContentHash">Null when the import had failed: then its file may have been imported again.</param>
    /// <param name="Handled">Leads taken back or kept so far.</param>
    public sealed record Undoing(string? ContentHash, Guid? OwnerId, long Handled) : Import;

    public sealed record Undone(Guid? OwnerId) : Import;
}

/// <summary>Why a row, or one value in it, could not be taken.</summary>
/// <param name="Row">Counted as in the file, from 1, the header included; 0 when the whole file is meant.</param>
/// <param name="Column">As the file names it; null when the whole row is meant.</param>
/// <param name="Code">Of a refusal.</param>
public sealed record ImportProblem(int Row, string? Column, string Code, string Message, string? Value);
