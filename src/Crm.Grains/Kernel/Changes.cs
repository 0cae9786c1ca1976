namespace Crm.Grains.Kernel;

/// <summary>Collects what differs between a record's fields and what a command wants them to be.</summary>
public sealed class Changes
{
    private readonly List<FieldChange> _changes = [];

    /// <summary>Notes a change of <paramref name="field"/> if <paramref name="wanted"/> is given and differs once blanks are trimmed.</summary>
    public Changes Text(string field, string? current, Optional<string?> wanted) =>
        wanted.IsGiven ? Add(field, current, Normal.Text(wanted.Value)) : this;

    public Changes Day(string field, DateOnly? current, Optional<DateOnly?> wanted) =>
        wanted.IsGiven ? Add(field, Written(current), Written(wanted.Value)) : this;

    public Changes Id(string field, Guid? current, Optional<Guid?> wanted) =>
        wanted.IsGiven ? Add(field, current?.ToString(), wanted.Value?.ToString()) : this;

    public Changes Amount(string field, Money current, Optional<Money> wanted) =>
        wanted.IsGiven ? Add(field, current.ToString(), wanted.Value.Or(current.Currency).ToString()) : this;

    /// <summary>Custom fields are merged: named ones change, an empty value removes one, the others stay. Null removes them all.</summary>
    public Changes Custom(IReadOnlyDictionary<string, CustomValue> current, Optional<IReadOnlyDictionary<string, CustomValue>?> wanted)
    {
        if (!wanted.IsGiven)
        {
            return this;
        }

        foreach (var name in wanted.Value?.Keys ?? current.Keys)
        {
            Custom(name, current, wanted.Value?[name] ?? new(""));
        }

        return this;
    }

    /// <inheritdoc cref="Custom(IReadOnlyDictionary{string, CustomValue}, Optional{IReadOnlyDictionary{string, CustomValue}?})"/>
    public Changes Custom(string name, IReadOnlyDictionary<string, CustomValue> current, CustomValue wanted)
    {
        var from = current.TryGetValue(name, out var known) ? known : (CustomValue?)null;
        var to = wanted.IsBlank ? (CustomValue?)null : wanted.Trimmed();
        if (from != to)
        {
            _changes.Add(new($"custom.{name}", from?.Written, to?.Written, to?.Type));
        }

        return this;
    }

    public IReadOnlyList<FieldChange> ToList() => _changes;

    /// <summary>A day as it is written in a change.</summary>
    public static string? Written(DateOnly? day) => day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Written"/> wrote.</summary>
    public static DateOnly? ReadDay(string? text) => text is null ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads the written form of an id.</summary>
    public static Guid? ReadId(string? text) => text is null ? null : Guid.Parse(text);

    /// <summary>The custom fields after one of them changed.</summary>
    public static IReadOnlyDictionary<string, CustomValue> WithCustom(IReadOnlyDictionary<string, CustomValue> current, FieldChange change)
    {
        var next = new Dictionary<string, CustomValue>(current, StringComparer.Ordinal);
        var name = change.Field["custom.".Length..];
        if (change.To is { } to)
        {
            next[name] = new(to, change.Type);
        }
        else
        {
            next.Remove(name);
        }

        return next;
    }

    private Changes Add(string field, string? from, string? to)
    {
        if (from != to)
        {
            _changes.Add(new(field, from, to));
        }

        return this;
    }
}
