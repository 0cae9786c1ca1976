using System.Runtime.InteropServices;

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

    /// <summary>Takes in what was read at once.</summary>
    /// <returns>How many distinct records there are now that were not <see cref="Notice">noticed</see> yet.</returns>
    public int Add(IReadOnlyList<Guid> records, DateTimeOffset now, TimeSpan width)
    {
        lock (_gate)
        {
            Forget(now - width);
            for (var i = 0; i < records.Count; i++)
            {
                ref var reading = ref CollectionsMarshal.GetValueRefOrAddDefault(_readings, records[i], out var isKnown);
                if (!isKnown || reading.At != now)
                {
                    reading = new(now, isKnown ? reading.Round : _round);
                    _order.Enqueue((now, records[i]));
                    _unnoticed += isKnown ? 0 : 1;
                }
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

    private void Forget(DateTimeOffset until)
    {
        while (_order.TryPeek(out var oldest) && (oldest.At <= until || _order.Count > MostKept))
        {
            _order.Dequeue();
            if (_readings.TryGetValue(oldest.Record, out var last) && last.At == oldest.At)
            {
                _readings.Remove(oldest.Record);
                _unnoticed -= last.Round == _round ? 1 : 0;
            }
        }
    }

    /// <param name="Round">How often was noticed before the record was first read.</param>
    private readonly record struct Reading(DateTimeOffset At, int Round);
}
