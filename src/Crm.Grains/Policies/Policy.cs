using System.Text.Json.Serialization;

namespace Crm.Grains.Policies;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="PolicyCard"/>.</summary>
[JsonDerivedType(typeof(Unwritten), "unwritten")]
[JsonDerivedType(typeof(Written), "written")]
public abstract record Policy
{
    private Policy() { }

    public static Policy Initial { get; } = new Unwritten();

    /// <summary>What holds now (PO3).</summary>
    public PolicyLimits Now() => this is Written written ? written.Limits : PolicyLimits.Default;

    public sealed record Unwritten : Policy;

    public sealed record Written(PolicyLimits Limits) : Policy;
}

/// <summary>How much may leave an organisation, and what is done about somebody who reads too much.</summary>
/// <param name="ApproveAboveRows">Exports of more rows wait for somebody's approval.</param>
/// <param name="DailyRows">Rows that one person may export in a calendar day of the organisation.</param>
/// <param name="WindowMinutes">The time that reading is looked at over, 1 to 60.</param>
/// <param name="LeastRecords">Distinct records of others, read in that time, below which nothing is unusual.</param>
/// <param name="TimesUsual">How many times the person's own and the role's usual is unusual, 2 to 100.</param>
/// <param name="Step">One of <see cref="PolicyRules.Steps"/>.</param>
public sealed record PolicyLimits(
    int ApproveAboveRows, int DailyRows, int WindowMinutes, int LeastRecords, int TimesUsual, [property: JsonConverter(typeof(CodeConverter))] string Step)
{
    public static PolicyLimits Default { get; } = new(ApproveAboveRows: 1_000, DailyRows: 50_000, WindowMinutes: 10, LeastRecords: 300, TimesUsual: 5, "tell");
}
