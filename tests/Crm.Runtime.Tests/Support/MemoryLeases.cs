using Crm.Runtime.Sharing;

namespace Crm.Runtime.Tests.Support;

/// <summary>Leases by a clock of the test's.</summary>
internal sealed class MemoryLeases(TimeProvider time) : ILeaseStore
{
    private readonly Dictionary<string, (Guid Holder, DateTimeOffset Until)> _leases = new(StringComparer.Ordinal);

    /// <summary>Whom the store does not answer.</summary>
    public HashSet<Guid> CutOff { get; } = [];

    public ValueTask<IReadOnlyCollection<string>> TakeAsync(IReadOnlyCollection<string> names, Guid holder, TimeSpan lasting, CancellationToken cancel)
    {
        lock (_leases)
        {
            Reach(holder);
            var taken = new List<string>();
            foreach (var name in names)
            {
                if (!_leases.TryGetValue(name, out var lease) || lease.Holder == holder || lease.Until <= time.GetUtcNow())
                {
                    _leases[name] = (holder, time.GetUtcNow() + lasting);
                    taken.Add(name);
                }
            }

            return ValueTask.FromResult<IReadOnlyCollection<string>>(taken);
        }
    }

    public ValueTask GiveBackAsync(IReadOnlyCollection<string> names, Guid holder, CancellationToken cancel)
    {
        lock (_leases)
        {
            Reach(holder);
            foreach (var name in names)
            {
                if (_leases.TryGetValue(name, out var lease) && lease.Holder == holder)
                {
                    _leases.Remove(name);
                }
            }

            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<IReadOnlyList<Lease>> ReadLeasesAsync(string prefix, CancellationToken cancel)
    {
        lock (_leases)
        {
            return ValueTask.FromResult<IReadOnlyList<Lease>>(
                [.. _leases.Where(lease => lease.Value.Until > time.GetUtcNow() && lease.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(lease => new Lease(lease.Key, lease.Value.Holder))]);
        }
    }

    private void Reach(Guid holder)
    {
        if (CutOff.Contains(holder))
        {
            throw new IOException("cut off");
        }
    }
}
