using Crm.Runtime.Sharing;

namespace Crm.Orleans.Feed;

/// <summary>The board of a node: what it tells goes to all nodes there are, over the feed.</summary>
internal sealed class NodeNotices : INoticeBoard
{
    /// <summary>What failed while a notice was taken in: for the log.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Told of what is to be sent.</summary>
    public event Action<string, byte[]>? Told;

    public event Action<string, byte[]>? Heard;

    public void Tell(string topic, byte[] notice) => Told?.Invoke(topic, notice);

    /// <summary>Takes in what another node tells.</summary>
    public void Take(string topic, byte[] notice)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(Heard))
        {
            try
            {
                listener(topic, notice);
            }
            catch (Exception unreadable)
            {
                // of another release perhaps
                Faulted?.Invoke(unreadable);
            }
        }
    }
}
