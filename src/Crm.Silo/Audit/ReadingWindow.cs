namespace Crm.Silo.Audit;

/// <summary>The distinct records that one person has read within a sliding time. Thread safe.</summary>
public sealed class ReadingWindow
{
    // a memory limit picked by hand: who reads more than this was noticed long before
    private const int MostKept = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Reading> _readings = [];
    private readonly Queue<(DateTimeOffset At, Guid Record)> _order = new();
    private int _unnoticed;
    private int _round;

    /// <summary>Takes a read in.</summary>
    /// <returns>How many distinct records there are now that were not <see cref="Notice">noticed</see> yet.</returns>
    public int Add(Guid record, DateTimeOffset now, TimeSpan width)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && (oldest.At <= now - width || _order.Count > MostKept))
            {
                _order.Dequeue();
                if (_readings.TryGetValue(oldest.Record, out var last) && last.At == oldest.At)
                {
                    _readings.Remove(oldest.Record);
                    _unnoticed -= last.Round == _round ? 1 : 0;
                }
            }

            var isKnown = _readings.TryGetValue(record, out var known);
            if (!isKnown || known.At != now)
            {
                _readings[record] = new(now, isKnown ? known.Round : _round);
                _order.Enqueue((now, record));
                _unnoticed += isKnown ? 0 : 1;
            }

            return _unnoticed;
        }
    }

    /// <summary>Counts anew: what was read until now is noticed, and is not counted again when it is shown again within the time.</summary>
    public void Notice()
    {
        lock (_gate)
        {
            _round++;
            _unnoticed = 0;
        }
    }

    /// <param name="Round">How often was noticed before the record was first read.</param>
    private readonly record struct Reading(DateTimeOffset At, int Round);
}
