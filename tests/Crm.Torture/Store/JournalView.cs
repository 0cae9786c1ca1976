using System.Text;

namespace Crm.Torture.Store;

/// <summary>What one command left in the journal.</summary>
internal sealed class Trace(long tenant, Guid grain, long position, long version)
{
    public long Tenant { get; } = tenant;

    public Guid Grain { get; } = grain;

    public long FirstPosition { get; } = position;

    public long LastPosition { get; set; } = position;

    public long LastVersion { get; set; } = version;

    /// <summary>Its events are not next to each other on one grain: it took effect twice, or in parts.</summary>
    public bool IsTorn { get; set; }

    public bool HasKeyInText { get; set; }
}

/// <summary>The journal, read once, with everything that can be checked while reading.</summary>
internal sealed class JournalView
{
    private const long PositionMask = (1L << 40) - 1;

    private readonly Dictionary<string, Trace> _byCommand = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, (long Version, long Position)> _grains = [];
    private readonly List<(Guid Lead, long Position, byte[] Payload)> _conversions = [];

    /// <summary>Events of all tenants.</summary>
    public long Events { get; private set; }

    public IReadOnlyDictionary<string, Trace> ByCommand => _byCommand;

    /// <summary>The newest version of each grain, and where it is.</summary>
    public IReadOnlyDictionary<Guid, (long Version, long Position)> Grains => _grains;

    public IReadOnlyList<(Guid Lead, long Position, byte[] Payload)> Conversions => _conversions;

    /// <summary>Sentences about positions or versions that are missing or twice.</summary>
    public List<string> Gaps { get; } = [];

    public static JournalView Read(DataFile file)
    {
        var view = new JournalView();
        var heads = new Dictionary<long, long>();
        foreach (var row in file.Query("select id, key, version, type, command, previous, payload from journal order by id"))
        {
            view.Take((long)row[0]!, new Guid((byte[])row[1]!, bigEndian: true), (long)row[2]!, (string)row[3]!, (string?)row[4], (long)row[5]!, (byte[])row[6]!, heads); // not null by schema
        }

        return view;
    }

    /// <summary>The client's key in a command id, or the id itself for what the server sends to itself.</summary>
    public static string KeyOf(string command) => command.StartsWith("http/", StringComparison.Ordinal) ? command[(command.LastIndexOf('/') + 1)..] : command;

    private void Take(long id, Guid grain, long version, string type, string? command, long previous, byte[] payload, Dictionary<long, long> heads)
    {
        var (tenant, position) = (id >> 40, id & PositionMask);
        Events++;
        var expected = heads.GetValueOrDefault(tenant) + 1;
        if (position != expected)
        {
            Gaps.Add($"I2 tenant {tenant}: position {position} follows {expected - 1}");
        }

        heads[tenant] = position;
        var before = _grains.GetValueOrDefault(grain);
        if (version != before.Version + 1)
        {
            Gaps.Add($"I2 grain {grain}: version {version} follows {before.Version} at position {position}");
        }

        if (previous != before.Position)
        {
            Gaps.Add($"I2 grain {grain}: position {position} names {previous} as the one before, which is {before.Position}");
        }

        _grains[grain] = (version, position);
        if (type == "lead-converted-v1")
        {
            _conversions.Add((grain, position, payload));
        }

        if (command is not null)
        {
            Attribute(KeyOf(command), tenant, grain, position, version, payload);
        }
    }

    private void Attribute(string key, long tenant, Guid grain, long position, long version, byte[] payload)
    {
        if (!_byCommand.TryGetValue(key, out var trace))
        {
            _byCommand[key] = trace = new(tenant, grain, position, version);
        }
        else
        {
            trace.IsTorn |= trace.Grain != grain || trace.LastPosition + 1 != position || trace.LastVersion + 1 != version;
            (trace.LastPosition, trace.LastVersion) = (position, version);
        }

        trace.HasKeyInText |= payload.AsSpan().IndexOf(Encoding.UTF8.GetBytes(key)) >= 0;
    }
}
