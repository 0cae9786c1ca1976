using System.Globalization;
using static Crm.Grains.FieldBooks.FieldBookEvent;

namespace Crm.Grains.FieldBooks;

public static class FieldBookTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(FieldBookEvent happened) => happened switch
    {
        Added e => TimelineFacts.Changed(e.Field.Key, null, $"{e.Field.Label} ({e.Field.Type})"),
        Amended e => new(Differences(e.From, e.To)),
        OptionAdded e => TimelineFacts.Changed($"{e.Key}.{e.Option.Key}", null, e.Option.Label.ToString()),
        OptionRenamed e => TimelineFacts.Changed($"{e.Key}.{e.Option}", e.From.ToString(), e.To.ToString()),
        OptionRetired e => TimelineFacts.Changed($"{e.Key}.{e.Option}.retired", "false", "true"),
        OptionRestored e => TimelineFacts.Changed($"{e.Key}.{e.Option}.retired", "true", "false"),
        Retired e => TimelineFacts.Changed($"{e.Key}.retired", "false", "true"),
        Restored e => TimelineFacts.Changed($"{e.Key}.retired", "true", "false"),
        Reordered e => TimelineFacts.Changed("fields", string.Join(", ", e.From), string.Join(", ", e.To)),
        _ => TimelineFacts.None,
    };

    private static IReadOnlyList<FieldChange> Differences(CustomField from, CustomField to) => new Changes()
        .Text($"{to.Key}.label", from.Label.ToString(), to.Label.ToString())
        .Text($"{to.Key}.required", from.Required ? "true" : "false", to.Required ? "true" : "false")
        .Text($"{to.Key}.scale", from.Scale?.ToString(CultureInfo.InvariantCulture), to.Scale?.ToString(CultureInfo.InvariantCulture))
        .Text($"{to.Key}.expression", from.Expression, to.Expression)
        .ToList();
}
