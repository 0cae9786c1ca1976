namespace Crm.Silo.Audit;

/// <summary>The distinct records that one person has read within a sliding time. Thread safe.</summary>
public sealed class ReadingWindow
{
    // a memory limit picked by hand: who reads more than this was noticed long before
    private const int MostKept = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, DateTimeOffset> _lastRead = [];
    private readonly Queue<(DateTimeOffset At, Guid Record)> _order = new();

    /// <summary>Takes a read in.</summary>
    /// <returns>How many distinct records there are now.</returns>
    public int Add(Guid record, DateTimeOffset now, TimeSpan width)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && (oldest.At <= now - width || _order.Count > MostKept))
            {
                _order.Dequeue();
                if (_lastRead.TryGetValue(oldest.Record, out var last) && last == oldest.At)
                {
                    _lastRead.Remove(oldest.Record);
                }
            }

            if (!_lastRead.TryGetValue(record, out var known) || known != now)
            {
                _lastRead[record] = now;
                _order.Enqueue((now, record));
            }

            return _lastRead.Count;
        }
    }

    /// <summary>Forgets everything: what was noticed is not noticed again.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _lastRead.Clear();
            _order.Clear();
        }
    }
}
