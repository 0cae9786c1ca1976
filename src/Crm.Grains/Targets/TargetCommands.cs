namespace Crm.Grains.Targets;

/// <summary>What may be asked of one target. A command states intent and may be refused.</summary>
public abstract record TargetCommand
{
    private TargetCommand() { }

    /// <param name="Month">Such as <c>2026-11</c>.</param>
    /// <param name="Amount">Not below zero, with its currency.</param>
    /// <param name="OwnerId">Null is the whole team.</param>
    public sealed record Set(string Pipeline, string Month, Money Amount, Guid? OwnerId = null) : TargetCommand;
}
