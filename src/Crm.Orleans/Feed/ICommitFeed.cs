using Crm.Orleans.Placing;
using Orleans.Services;

namespace Crm.Orleans.Feed;

/// <summary>One in every node: hears from the others what they have stored and how busy they are.</summary>
[Alias("crm-feed")]
public interface ICommitFeed : IGrainService
{
    /// <summary>Writes that a node has stored. May be lost or come late: positions tell.</summary>
    [Alias("stored"), OneWay]
    Task TakeStoredAsync(byte[] writes);

    /// <summary>What a node tells of what it keeps in memory only. May be lost.</summary>
    [Alias("notice"), OneWay]
    Task TakeNoticeAsync(string topic, byte[] notice);

    [Alias("load"), OneWay]
    Task TakeLoadAsync(SiloAddress silo, SiloLoad load);
}
