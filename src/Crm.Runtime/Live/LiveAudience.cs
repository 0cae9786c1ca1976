namespace Crm.Runtime.Live;

/// <summary>Those who look at one thing through several topics, because their rights differ.</summary>
internal sealed class LiveAudience
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LiveTopic, List<Viewer>> _members = [];
    private bool _isClosed;

    /// <summary>Counts a topic's viewers again and tells every topic of the audience. One at a time, so that the last word is the true one.</summary>
    /// <returns>False when the audience was given up meanwhile.</returns>
    public bool TryNote(LiveTopic topic, out bool isEmpty)
    {
        lock (_gate)
        {
            isEmpty = false;
            if (_isClosed)
            {
                return false;
            }

            var own = topic.Viewers();
            if (own.Count > 0)
            {
                _members[topic] = own;
            }
            else
            {
                _members.Remove(topic);
            }

            var viewers = new Dictionary<Guid, Viewer>();
            foreach (var viewer in _members.Values.SelectMany(each => each))
            {
                viewers[viewer.Id] = viewer;
            }

            foreach (var member in _members.Keys)
            {
                member.TellViewers(viewers.Values);
            }

            isEmpty = _isClosed = _members.Count == 0;
            return true;
        }
    }
}
