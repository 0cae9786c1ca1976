namespace Crm.Grains.Policies;

/// <summary>Every "no" of a policy.</summary>
public static class PolicyRefusals
{
    internal static Refusal OutOfRange(string field, int least, int most) =>
        Refusal.Invalid("number-out-of-range", $"This is a whole number from {least} to {most}.", $"limits.{field}");
}
