using System.Text.Json.Serialization;
using Crm.Runtime;

namespace Crm.Silo.Wire;

/// <summary>A stored write on its way to the other processes; see <see cref="CommitCodec"/>.</summary>
internal sealed record SentWrite(
    string Tenant, string Kind, Guid Key, long FromVersion, long LastPosition, DateTimeOffset At, SenderKind ByKind, Guid By, string? CommandId, int Day,
    IReadOnlyList<SentEvent>? Events, byte[]? CardBefore, byte[]? CardAfter, IReadOnlyList<SentClock>? ClocksSet, IReadOnlyList<string>? ClocksStopped,
    IReadOnlyList<SentTally>? Tallies, IReadOnlyList<string>? Effects,
    SentTrace? Trace);

internal sealed record SentTrace(string Trace, string Span, DateTimeOffset SubmittedAt);

internal sealed record SentEvent(string Type, byte[] Payload);

internal sealed record SentClock(string Name, DateTimeOffset DueAt);

internal sealed record SentTally(string Group, long Count, long Hundredths);

/// <summary>Fields a process does not know are skipped, and those it misses have their defaults: two releases can talk.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SentWrite[]))]
internal sealed partial class FeedJson : JsonSerializerContext;
