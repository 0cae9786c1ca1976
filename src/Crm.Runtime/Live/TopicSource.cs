using Crm.Runtime.Journal;

namespace Crm.Runtime.Live;

/// <summary>What one topic shows. <see cref="Note"/> and <see cref="NoteViewers"/> may be called while another member runs; no other two at once.</summary>
public interface ITopicSource
{
    /// <summary>Everything, as UTF-8 JSON. At least as new as the journal position that the caller read before.</summary>
    Task<byte[]> SnapshotAsync(CancellationToken cancel);

    /// <summary>Takes notice of a stored write.</summary>
    /// <returns>Whether viewers may have to be told something.</returns>
    bool Note(GrainWrite write);

    /// <summary>What has changed since the last call, as UTF-8 JSON; null for nothing after all.</summary>
    ValueTask<byte[]?> TakeDeltaAsync(CancellationToken cancel);

    /// <summary>
    /// Names what is looked at when several topics show it to people of different rights: their viewers are counted together. Null when
    /// nobody but the topic's own viewers counts.
    /// </summary>
    string? Audience => null;

    /// <summary>The viewers have changed.</summary>
    /// <returns>Whether viewers are to be told.</returns>
    bool NoteViewers(IReadOnlyCollection<Viewer> viewers) => false;
}

/// <summary>Somebody who looks at a topic.</summary>
public readonly record struct Viewer(Guid Id, string Name);

/// <summary>A message to a viewer.</summary>
/// <param name="Topic">As the viewer asked for it.</param>
/// <param name="Seq">The journal position it is as new as.</param>
/// <param name="Data">UTF-8 JSON.</param>
public readonly record struct LiveMessage(string Topic, long Seq, bool IsSnapshot, byte[] Data);
