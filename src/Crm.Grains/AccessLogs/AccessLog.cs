using System.Text.Json.Serialization;

namespace Crm.Grains.AccessLogs;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="AccessLogCard"/>.</summary>
[JsonDerivedType(typeof(Empty), "empty")]
[JsonDerivedType(typeof(Kept), "kept")]
public abstract record AccessLog
{
    private AccessLog() { }

    public static AccessLog Initial { get; } = new Empty();

    public sealed record Empty : AccessLog;

    public sealed record Kept(Guid PersonId) : AccessLog;
}

/// <summary>Something that was read, or tried, and changed nothing.</summary>
/// <param name="Type">One of <see cref="AccessLogRules.Types"/>.</param>
/// <param name="Slice">The plural of what was read.</param>
/// <param name="Detail">The search, or the code of the refusal.</param>
/// <param name="From">The address it came from.</param>
/// <param name="Via"><c>session</c> or <c>key</c>.</param>
/// <param name="Count">How often within the second; of reads, how many records.</param>
public sealed record AccessNote(DateTimeOffset At, string Type, string? Slice, Guid? RecordId, string? Detail, string? From, string Via, int Count);
