namespace Crm.Orleans.Grains;

/// <summary>
/// The one door of every grain in the cluster: a command goes in, how it ended comes out, both as bytes from one process to another. So nothing
/// of a slice is known to the cluster, and two releases can talk as long as they read each other's envelopes.
/// </summary>
[Alias("crm-grain")]
public interface ICrmGrain : IGrainWithStringKey
{
    [Alias("tell")]
    Task<SentOutcome> TellAsync(SentCommand command);
}
