using System.Collections.Concurrent;

namespace Crm.Runtime.Journal;

/// <summary>A running total.</summary>
public readonly record struct TallyTotal(long Count, Int128 Hundredths)
{
    public decimal Amount => (decimal)Hundredths / 100m;
}

/// <summary>All running totals in memory. Changed only by the store, as part of each commit.</summary>
public sealed class TallyBook
{
    private readonly ConcurrentDictionary<(string Tenant, string Kind), Page> _pages = new();

    /// <summary>The totals of a kind, as one consistent copy; totals that are back to nothing are left out.</summary>
    public IReadOnlyList<KeyValuePair<string, TallyTotal>> Read(string tenant, string kind) =>
        _pages.TryGetValue((tenant, kind), out var page) ? page.Copy() : [];

    internal void Apply(string tenant, string kind, IEnumerable<KeyValuePair<string, TallyTotal>> changes) =>
        _pages.GetOrAdd((tenant, kind), _ => new()).Apply(changes, isWhole: false);

    /// <summary>Puts other totals in the place of all that a tenant has, a kind at a time.</summary>
    internal void Replace(string tenant, ILookup<string, KeyValuePair<string, TallyTotal>> kinds)
    {
        foreach (var kind in _pages.Keys.Where(page => page.Tenant == tenant).Select(page => page.Kind).Union(kinds.Select(kind => kind.Key)).ToArray())
        {
            _pages.GetOrAdd((tenant, kind), _ => new()).Apply(kinds[kind], isWhole: true);
        }
    }

    private sealed class Page
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, TallyTotal> _totals = new(StringComparer.Ordinal);
        private KeyValuePair<string, TallyTotal>[]? _copy;

        public void Apply(IEnumerable<KeyValuePair<string, TallyTotal>> changes, bool isWhole)
        {
            lock (_gate)
            {
                _copy = null;
                if (isWhole)
                {
                    _totals.Clear();
                }

                foreach (var (group, change) in changes)
                {
                    var before = _totals.GetValueOrDefault(group);
                    var after = new TallyTotal(before.Count + change.Count, before.Hundredths + change.Hundredths);
                    if (after == default)
                    {
                        _totals.Remove(group);
                    }
                    else
                    {
                        _totals[group] = after;
                    }
                }
            }
        }

        public KeyValuePair<string, TallyTotal>[] Copy()
        {
            lock (_gate)
            {
                return _copy ??= [.. _totals];
            }
        }
    }
}
