namespace Crm.Torture.Load;

/// <summary>A record as the clients know it.</summary>
internal sealed class Known(Guid id, long version)
{
    public Guid Id { get; } = id;

    /// <summary>The highest version answered so far.</summary>
    public long Version { get; private set; } = version;

    public void Saw(long version)
    {
        lock (this)
        {
            Version = Math.Max(Version, version);
        }
    }
}

/// <summary>What the clients have made so far, to choose from. A few records are chosen often, so that they are fought over.</summary>
internal sealed class World
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Known> _known = [];
    private readonly List<Known> _leads = [];
    private readonly List<Known> _opportunities = [];
    private readonly List<Known> _customers = [];

    public IReadOnlyList<Guid> Users { get; set; } = [];

    public Known? Lead(Random random) => Pick(_leads, random);

    public Known? Opportunity(Random random) => Pick(_opportunities, random);

    public Known? Customer(Random random) => Pick(_customers, random);

    public void SawLead(Guid id, long version) => Saw(_leads, id, version);

    public void SawOpportunity(Guid id, long version) => Saw(_opportunities, id, version);

    public void SawCustomer(Guid id, long version) => Saw(_customers, id, version);

    private Known? Pick(List<Known> list, Random random)
    {
        lock (_gate)
        {
            if (list.Count == 0)
            {
                return null;
            }

            // one in five goes to the ten newest, the others anywhere with a lean to the oldest
            var place = random.Next(5) == 0 ? list.Count - 1 - random.Next(Math.Min(10, list.Count)) : (int)(list.Count * Math.Pow(random.NextDouble(), 2));
            return list[place];
        }
    }

    private void Saw(List<Known> list, Guid id, long version)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(id, out var known))
            {
                _known[id] = known = new(id, version);
                list.Add(known);
            }

            known.Saw(version);
        }
    }
}
