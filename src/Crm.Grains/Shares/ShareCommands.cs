namespace Crm.Grains.Shares;

/// <summary>What may be asked of one share. A command states intent and may be refused.</summary>
public abstract record ShareCommand
{
    private ShareCommand() { }

    /// <param name="Kind">The record's kind.</param>
    /// <param name="WithKind"><c>user</c> or <c>department</c>.</param>
    /// <param name="Right"><c>read</c> or <c>edit</c>.</param>
    public sealed record Give(string Kind, Guid RecordId, string WithKind, Guid WithId, string Right) : ShareCommand;

    public sealed record End : ShareCommand;
}
