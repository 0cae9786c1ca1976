namespace Crm.Runtime.Journal;

/// <summary>Checks a tenant's entries one after the other; see <see cref="IGrainStore.VerifyAsync"/>.</summary>
public sealed class ChainWalk(string tenant)
{
    private byte[] _hash = HashChain.Root(tenant);
    private readonly Dictionary<(string Kind, Guid Key), (long Version, long Position)> _newest = [];
    private long _expected = 1;

    /// <summary>The hash of the last entry that was right.</summary>
    public byte[] Hash => _hash;

    /// <summary>Checks the next entry.</summary>
    /// <returns>What is wrong with it, if anything.</returns>
    public ChainFault? Next(JournalEntry entry)
    {
        if (Fault(entry, _expected, _hash) is { } reason)
        {
            return new(_expected, reason);
        }

        // what leads from one entry of a grain to the one before is not hashed: it follows from the rest
        var (version, position) = _newest.GetValueOrDefault((entry.Kind, entry.Key));
        if (entry.Previous != position || entry.Version != version + 1)
        {
            return new(_expected, $"version {entry.Version} does not follow the grain's version {version} at {position}");
        }

        _newest[(entry.Kind, entry.Key)] = (entry.Version, entry.Position);
        _hash = entry.Hash;
        _expected++;
        return null;
    }

    /// <param name="head">How many entries there must be at least.</param>
    public ChainFault? End(long head) => _expected <= head ? new(_expected, Missing) : null;

    private string Missing => MissingAt(_expected);

    private static string MissingAt(long position) => $"position {position} is missing";

    private static string? Fault(JournalEntry entry, long expected, byte[] before)
    {
        if (entry.Position != expected)
        {
            return MissingAt(expected);
        }

        if (entry.Payload.Length > 0 && !HashChain.HashPayload(entry.Salt, entry.Payload).AsSpan().SequenceEqual(entry.PayloadHash))
        {
            return "the payload was changed";
        }

        var link = HashChain.Link(before, entry.Position, entry.At, entry.Kind, entry.Key, entry.Version, entry.Type, entry.ByKind, entry.By, entry.PayloadHash);
        return link.AsSpan().SequenceEqual(entry.Hash) ? null : "the entry was changed, or the one before it";
    }
}
