namespace Crm.Grains.AccessLogs;

/// <summary>What may be asked of one person's log of one day. A command states intent and may be refused.</summary>
public abstract record AccessLogCommand
{
    private AccessLogCommand() { }

    /// <param name="Peak">Most records of others that the person has read within one window today.</param>
    public sealed record Note(Guid PersonId, DateOnly Day, IReadOnlyList<AccessNote> Notes, int Peak) : AccessLogCommand;
}
