using Crm.Runtime.Live;
using Crm.Silo.Rights;

namespace Crm.Silo.Live;

/// <summary>
/// Shows everybody again what they may see when rights have changed. Deltas follow the new rights at once; what was shown before, and what
/// may be seen only now, comes with the snapshot a moment later.
/// </summary>
internal sealed class LiveRenewal : IAsyncDisposable
{
    // many changes of one reorganisation make one snapshot
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly AccessDirectory _access;
    private readonly LiveExchange _exchange;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private HashSet<string> _changed = [];

    public LiveRenewal(AccessDirectory access, LiveExchange exchange, TimeProvider time)
    {
        (_access, _exchange) = (access, exchange);
        _timer = time.CreateTimer(_ => Renew(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        access.Changed += Note;
    }

    public ValueTask DisposeAsync()
    {
        _access.Changed -= Note;
        return _timer.DisposeAsync();
    }

    private void Note(string tenant)
    {
        lock (_gate)
        {
            if (_changed.Add(tenant) && _changed.Count == 1)
            {
                _timer.Change(Pause, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Renew()
    {
        HashSet<string> changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, []);
        }

        foreach (var tenant in changed)
        {
            _exchange.Renew(tenant);
        }
    }
}
