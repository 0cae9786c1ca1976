using Crm.Grains.FieldBooks;
using Crm.Grains.Kernel;
using Crm.Runtime.Cards;
using Crm.Silo.Search;

namespace Crm.Silo.Hosting;

/// <summary>How the fields that tenants add are stored to be filtered, sorted and found by.</summary>
internal static class CustomColumns
{
    /// <summary>The column that they are in.</summary>
    public const string Bag = "custom";

    /// <summary>Texts are sorted by so many of their first characters.</summary>
    private const int LongestSorted = 100;

    public static IReadOnlyDictionary<string, CustomValue> Nothing { get; } = new Dictionary<string, CustomValue>();

    /// <summary>The columns of a slice with a tenant's own fields, each under <c>custom.</c> and its key.</summary>
    public static CardSchema With(CardSchema columns, FieldSet fields) =>
        columns.With(fields.Fields.Where(field => !field.Retired).Select(field => CardField.InBag(columns.Bag!, $"custom.{field.Key}", field.Key, TypeOf(field)))); // asked for a bag first

    public static bool AreSame(IReadOnlyDictionary<string, CustomValue> left, IReadOnlyDictionary<string, CustomValue> right) =>
        ReferenceEquals(left, right) || (left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var other) && other == pair.Value));

    /// <param name="withSortKeys">Collation keys are costly to make, and needed by the store only.</param>
    public static CardValue BagOf(IReadOnlyDictionary<string, CustomValue> values, bool withSortKeys)
    {
        if (values.Count == 0)
        {
            return CardValue.Null;
        }

        var bag = new CardBag();
        foreach (var (key, value) in values)
        {
            _ = value.Type switch
            {
                CustomValue.Number => bag.Integer(key, (long)(value.AsNumber().GetValueOrDefault() * 1_000_000m)), // a number, within what a field takes
                CustomValue.Money when value.AsMoney() is { } money => bag.Money(key, money.Hundredths, money.Currency),
                CustomValue.Choices => bag.Choices(key, value.AsKeys()),
                _ when value.AsDay() is { } day => bag.Text(key, value.Written).Integer(key, day.DayNumber),
                _ => bag.Text(key, value.Written, withSortKeys ? SearchTerms.SortKey(value.Written.Length > LongestSorted ? value.Written[..LongestSorted] : value.Written) : null),
            };
        }

        return bag.ToValue();
    }

    /// <summary>The texts a record is found by, in the order of their keys. Days and ids are not looked for as words.</summary>
    public static IEnumerable<(string Key, string Text)> TextsOf(IReadOnlyDictionary<string, CustomValue> values) => values
        .Where(pair => pair.Value.Type is null && pair.Value.AsDay() is null && !Guid.TryParseExact(pair.Value.Written, "D", out _))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => (pair.Key, pair.Value.Written));

    /// <summary>What a formula reckons with when it names a field that comes with the product.</summary>
    public static Quantity? QuantityOf(CardSchema columns, CardValue[] row, string name) =>
        columns.Find(name) is not { } field || row[field.Ordinal] is not { IsInteger: true, Integer: var value } ? null : field.Type switch
        {
            CardFieldType.Integer => new(value, CustomField.Number),
            CardFieldType.Money => new(value / 100m, CustomField.Money, columns.Find("currency") is { } currency ? row[currency.Ordinal].Text : null),
            CardFieldType.Day => new(value, CustomField.Date),
            _ => null,
        };

    private static CardFieldType TypeOf(CustomField field) => field.Quantity() switch
    {
        CustomField.Number => CardFieldType.Number,
        CustomField.Money => CardFieldType.Money,
        CustomField.Date => CardFieldType.Day,
        CustomField.MultiChoice => CardFieldType.Choices,
        CustomField.Choice or CustomField.Person => CardFieldType.Choice,
        _ => CardFieldType.Text,
    };
}
