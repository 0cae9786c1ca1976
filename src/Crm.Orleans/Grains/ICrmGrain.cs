namespace Crm.Orleans.Grains;

/// <summary>
/// The one door of every grain in the cluster: a command goes in as bytes, how it ended comes out as bytes. So nothing of a slice is known
/// to the cluster, and two releases can talk as long as they read each other's envelopes.
/// </summary>
[Alias("crm-grain")]
public interface ICrmGrain : IGrainWithStringKey
{
    [Alias("tell")]
    Task<byte[]> TellAsync(byte[] envelope);
}
