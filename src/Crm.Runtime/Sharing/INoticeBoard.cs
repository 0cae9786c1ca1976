namespace Crm.Runtime.Sharing;

/// <summary>
/// Tells the other processes of one installation what is kept in memory only, such as counts of tries. A notice may be lost, and comes a
/// moment later: what must not be lost belongs in the store.
/// </summary>
public interface INoticeBoard
{
    /// <summary>Tells all others. Never waits, and does nothing when there are none.</summary>
    /// <param name="topic">Who is to hear it.</param>
    void Tell(string topic, byte[] notice);

    /// <summary>Told of the others' notices: topic and notice. Must not block.</summary>
    event Action<string, byte[]>? Heard;
}

/// <summary>The board of a process that has nobody beside it.</summary>
public sealed class SilentBoard : INoticeBoard
{
    private SilentBoard()
    {
    }

    public static SilentBoard Instance { get; } = new();

    public event Action<string, byte[]>? Heard
    {
        add { }
        remove { }
    }

    public void Tell(string topic, byte[] notice)
    {
    }
}
