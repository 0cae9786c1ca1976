using Crm.Orleans.Placing;

namespace Crm.Orleans.Feed;

/// <inheritdoc cref="ICommitFeed"/>
[Reentrant]
internal sealed class CommitFeed(global::Orleans.Runtime.GrainId id, global::Orleans.Runtime.Silo silo, ILoggerFactory logs, FeedReceiver receiver, ClusterLoad loads)
    : GrainService(id, silo, logs), ICommitFeed
{
    public Task TakeStoredAsync(byte[] writes)
    {
        receiver.Take(writes);
        return Task.CompletedTask;
    }

    public Task TakeNoticeAsync(string topic, byte[] notice)
    {
        receiver.TakeNotice(topic, notice);
        return Task.CompletedTask;
    }

    public Task TakeLoadAsync(SiloAddress silo, SiloLoad load)
    {
        loads.Note(silo, load);
        return Task.CompletedTask;
    }
}

/// <summary>Hands what comes in to whoever follows, once somebody does.</summary>
internal sealed class FeedReceiver
{
    public Action<byte[]>? Follower { get; set; }

    public Action<string, byte[]>? Listener { get; set; }

    public void Take(byte[] writes) => Follower?.Invoke(writes);

    public void TakeNotice(string topic, byte[] notice) => Listener?.Invoke(topic, notice);
}
