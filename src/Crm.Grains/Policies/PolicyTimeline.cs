using System.Globalization;

namespace Crm.Grains.Policies;

public static class PolicyTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(PolicyEvent happened) => happened is PolicyEvent.LimitsSet e
        ? new([.. Fields(e.From).Zip(Fields(e.To)).Where(pair => pair.First != pair.Second).Select(pair => new FieldChange(pair.First.Name, pair.First.Value, pair.Second.Value))])
        : TimelineFacts.None;

    private static (string Name, string Value)[] Fields(PolicyLimits limits) =>
    [
        ("approveAboveRows", Text(limits.ApproveAboveRows)), ("dailyRows", Text(limits.DailyRows)), ("windowMinutes", Text(limits.WindowMinutes)),
        ("leastRecords", Text(limits.LeastRecords)), ("timesUsual", Text(limits.TimesUsual)), ("step", limits.Step),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
