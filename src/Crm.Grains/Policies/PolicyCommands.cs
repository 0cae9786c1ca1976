namespace Crm.Grains.Policies;

/// <summary>What may be asked of an organisation's policy. A command states intent and may be refused.</summary>
public abstract record PolicyCommand
{
    private PolicyCommand() { }

    public sealed record SetLimits(PolicyLimits Limits) : PolicyCommand;
}
