namespace Crm.Runtime.Cards;

/// <summary>How a field of a card is stored, compared and sorted.</summary>
public enum CardFieldType
{
    /// <summary>Free text. Compared without regard to the case of A-Z; sorted by the store's collation key.</summary>
    Text,

    /// <summary>One of a few codes, compared exactly.</summary>
    Choice,

    /// <summary>A record id.</summary>
    Id,

    /// <summary>True or false; stored as 1 or 0.</summary>
    Flag,

    /// <summary>A 64-bit whole number.</summary>
    Integer,

    /// <summary>An amount in hundredths of the currency named by the card's <c>currency</c> field.</summary>
    Money,

    /// <summary>A moment, in milliseconds since 1970-01-01 UTC.</summary>
    Instant,

    /// <summary>A calendar day, in days since 0001-01-01.</summary>
    Day,
}

/// <summary>One field of a card that can be filtered or sorted by.</summary>
/// <param name="Name">The field's name on the wire (camelCase). Letters and digits only: it becomes a column name.</param>
/// <param name="Type">How it is stored and compared.</param>
/// <param name="Indexed">Whether lists sorted by it, or filtered by it exactly, must be fast at a million rows.</param>
public sealed record CardField(string Name, CardFieldType Type, bool Indexed = false)
{
    /// <summary>Where the value stands in a row; set when the field joins a schema.</summary>
    public int Ordinal { get; init; } = -1;
}

/// <summary>The table of one kind of card.</summary>
public sealed class CardSchema
{
    /// <summary>Most fields of a card: which of them changed is a bit each.</summary>
    public const int MostFields = 64;

    private readonly Dictionary<string, CardField> _byName;

    /// <exception cref="ArgumentException">A field's name is not made of ASCII letters and digits only.</exception>
    public CardSchema(string kind, IEnumerable<CardField> fields)
    {
        Kind = kind;
        Fields = [.. fields.Select((field, ordinal) => field with { Ordinal = ordinal })];
        if (Fields.Count > MostFields)
        {
            throw new ArgumentException($"A card has at most {MostFields} fields to filter by; '{kind}' has {Fields.Count}.", nameof(fields));
        }

        _byName = Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        foreach (var name in Fields.Select(field => field.Name).Append(kind))
        {
            if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit))
            {
                throw new ArgumentException($"'{name}' cannot be a column or table name.", nameof(fields));
            }
        }
    }

    /// <summary>The kind of grain whose cards these are.</summary>
    public string Kind { get; }

    public IReadOnlyList<CardField> Fields { get; }

    /// <summary>The field of that exact name, or null.</summary>
    public CardField? Find(string name) => _byName.GetValueOrDefault(name);
}
