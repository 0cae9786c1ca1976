namespace Crm.Silo.Funnel;

/// <summary>The parts of an opportunity tally's group: status, pipeline, stage, owner or -, month or -, currency.</summary>
internal readonly ref struct TallyKey
{
    public ReadOnlySpan<char> Status { get; private init; }

    public ReadOnlySpan<char> Stage { get; private init; }

    public ReadOnlySpan<char> Owner { get; private init; }

    public ReadOnlySpan<char> Month { get; private init; }

    public ReadOnlySpan<char> Currency { get; private init; }

    /// <param name="pipeline">Only groups of this one are read; null for any.</param>
    public static bool TryRead(string group, string? pipeline, out TallyKey key)
    {
        Span<Range> parts = stackalloc Range[7];
        var text = group.AsSpan();
        if (text.Split(parts, '|') != 6 || (pipeline is not null && !text[parts[1]].SequenceEqual(pipeline)))
        {
            key = default;
            return false;
        }

        key = new() { Status = text[parts[0]], Stage = text[parts[2]], Owner = text[parts[3]], Month = text[parts[4]], Currency = text[parts[5]] };
        return true;
    }

    /// <summary>Open ones without a date could still close in any month.</summary>
    public bool IsIn(string? month) => month is null || Month.SequenceEqual(month) || (Status.SequenceEqual("open") && Month.SequenceEqual("-"));
}
