using System.Text.Json.Serialization;

namespace Crm.Grains.Kernel;

/// <summary>Something a person did with a customer, or wrote down about one.</summary>
/// <param name="Type">One of <see cref="Types"/>.</param>
/// <param name="HappenedAt">When it took place, UTC; may lie before it was written down.</param>
public sealed record Activity(string Type, string Text, DateTimeOffset HappenedAt)
{
    public static readonly IReadOnlySet<string> Types = new HashSet<string> { "note", "call", "visit", "meeting", "email", "message" };

    /// <summary>How far ahead of now an activity may be dated: clocks of phones and servers differ.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);
}

/// <summary>What <c>log-activity</c> carries on every slice that has a follow-up log.</summary>
/// <param name="HappenedAt">Default: now. At most ten minutes ahead.</param>
public sealed record ActivityDraft([property: JsonConverter(typeof(CodeConverter))] string Type, string Text, DateTimeOffset? HappenedAt = null)
{
    public Refusal? Wrong(DateTimeOffset now) =>
        Check.OneOf("type", Type, Activity.Types)
        ?? Check.Required("text", Text, longest: Check.NoteLength) switch
        {
            { Code: "field-required" } missing => missing,
            _ => Check.Note("text", Text),
        }
        ?? (HappenedAt > now + Activity.ClockTolerance ? Refusal.Invalid("date-invalid", "This has not happened yet.", "happenedAt")
            : HappenedAt is { Year: < 1900 } ? Refusal.Invalid("date-invalid", "This lies before 1900.", "happenedAt")
            : null);

    public Activity At(DateTimeOffset now) => new(Type, Text.Trim(), HappenedAt ?? now);
}

/// <summary>The next thing to do about a record.</summary>
/// <param name="DueAt">UTC; to the second.</param>
public sealed record Step(string Text, DateTimeOffset DueAt)
{
    /// <summary>Furthest day ahead that a step may be planned.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(3_660);

    public Refusal? Wrong(DateTimeOffset now) =>
        Check.Required("text", Text)
        ?? (DueAt > now + Horizon || DueAt < now - Horizon ? Refusal.Invalid("date-invalid", "A step is due within ten years.", "dueAt") : null);
}

/// <summary>A field that went from one value to another, in their written form; null is nothing.</summary>
/// <param name="Field">camelCase, <c>custom.x</c> for the custom field x.</param>
/// <param name="Type">Of the new value of a custom field, see <see cref="CustomValue.Type"/>; null for a text.</param>
public sealed record FieldChange(string Field, string? From, string? To, string? Type = null);

/// <summary>What the timeline shows of an event besides its name.</summary>
public sealed record TimelineFacts(IReadOnlyList<FieldChange> Changes, Activity? Activity = null)
{
    public static TimelineFacts None { get; } = new([]);

    public static TimelineFacts Changed(string field, string? from, string? to) => new([new(field, from, to)]);

    public static TimelineFacts Of(Activity activity) => new([], activity);
}
