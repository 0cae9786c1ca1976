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

    /// <summary>A number with up to six decimals, in millionths.</summary>
    Number,

    /// <summary>Several codes. Equal is "is one of them". Only in a bag.</summary>
    Choices,

    /// <summary>The currency of the amount of the same key. Only in a bag.</summary>
    Currency,

    /// <summary>Values of further fields, see <see cref="CardBag"/>. It is no field to filter or sort by itself.</summary>
    Bag,
}

/// <summary>One field of a card that can be filtered or sorted by.</summary>
/// <param name="Name">The field's name on the wire (camelCase). Letters and digits only: it becomes a column name.</param>
/// <param name="Type">How it is stored and compared.</param>
/// <param name="Indexed">Whether lists sorted by it, or filtered by it exactly, must be fast at a million rows.</param>
/// <param name="IsScope">
/// Whether most lists are limited to a few of its values: whose rows are seen. An indexed id; at most one field of a card.
/// </param>
public sealed record CardField(string Name, CardFieldType Type, bool Indexed = false, bool IsScope = false)
{
    /// <summary>Where the value stands in a row, or the bag with the value; set when the field joins a schema.</summary>
    public int Ordinal { get; init; } = -1;

    /// <summary>Whether many cards have the same text, so that they are worth being grouped by it.</summary>
    public bool Repeats { get; init; }

    /// <summary>The key of a value that is in a bag, of ASCII letters, digits and _; null for a column of its own.</summary>
    public string? Key { get; private init; }

    /// <summary>The column: the field's own, or the bag's.</summary>
    public string Column { get; private init; } = Name;

    /// <summary>A field whose value is in a bag.</summary>
    /// <exception cref="ArgumentException">The key has other characters, or there is no bag.</exception>
    public static CardField InBag(CardField bag, string name, string key, CardFieldType type) =>
        bag.Type != CardFieldType.Bag || bag.Ordinal < 0 || type == CardFieldType.Bag || key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? throw new ArgumentException($"'{key}' cannot be the key of a value in '{bag.Name}'.", nameof(key))
            : new(name, type) { Ordinal = bag.Ordinal, Key = key, Column = bag.Name };

    /// <summary>The field's value in a row.</summary>
    public CardValue In(ReadOnlySpan<CardValue> row) => Key is null ? row[Ordinal] : CardBag.Read(row[Ordinal], this);
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

        Bag = Fields.SingleOrDefault(field => field.Type == CardFieldType.Bag);
        Scope = Fields.SingleOrDefault(field => field is { IsScope: true, Indexed: true, Type: CardFieldType.Id });
        _byName = Fields.Where(field => field.Type != CardFieldType.Bag).ToDictionary(field => field.Name, StringComparer.Ordinal);
        foreach (var name in Fields.Select(field => field.Name).Append(kind))
        {
            if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit))
            {
                throw new ArgumentException($"'{name}' cannot be a column or table name.", nameof(fields));
            }
        }
    }

    private CardSchema(CardSchema columns, IEnumerable<CardField> inBag)
    {
        (Kind, Fields, Bag, Scope) = (columns.Kind, columns.Fields, columns.Bag, columns.Scope);
        _byName = new(columns._byName, StringComparer.Ordinal);
        foreach (var field in inBag)
        {
            _byName[field.Name] = field;
        }
    }

    /// <summary>The kind of grain whose cards these are.</summary>
    public string Kind { get; }

    /// <summary>The column with the values of further fields, if there is one.</summary>
    public CardField? Bag { get; }

    /// <summary>The field that lists are limited by, if there is one; see <see cref="CardField.IsScope"/>.</summary>
    public CardField? Scope { get; }

    public IReadOnlyList<CardField> Fields { get; }

    /// <summary>The same columns, with fields whose values are in the bag.</summary>
    public CardSchema With(IEnumerable<CardField> inBag) => new(this, inBag);

    /// <summary>The field of that exact name that can be filtered or sorted by, or null.</summary>
    public CardField? Find(string name) => _byName.GetValueOrDefault(name);
}
