using System.Diagnostics.CodeAnalysis;
using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

/// <summary>By what a list is grouped, or why it is not.</summary>
public readonly record struct GroupResult
{
    private GroupResult(CardAggregation? aggregation, string? code, string? detail, string? parameter) => (Aggregation, Code, Detail, Parameter) = (aggregation, code, detail, parameter);

    public CardAggregation? Aggregation { get; }

    /// <summary><c>group-invalid</c> or <c>sum-invalid</c>.</summary>
    public string? Code { get; }

    /// <summary>One English sentence for the caller.</summary>
    public string? Detail { get; }

    /// <summary>The query parameter that is wrong.</summary>
    public string? Parameter { get; }

    [MemberNotNullWhen(true, nameof(Aggregation))]
    [MemberNotNullWhen(false, nameof(Code), nameof(Detail), nameof(Parameter))]
    public bool IsValid => Aggregation is not null;

    /// <summary>The fields whose values the answer shows.</summary>
    public IEnumerable<string> Shown => Aggregation is not { By: var by, Sum: var sum, Currency: var currency } ? [] : new[] { by.Name, sum?.Name, currency?.Key is null ? currency?.Name : null }.OfType<string>();

    internal static GroupResult Of(CardAggregation aggregation) => new(aggregation, null, null, null);

    internal static GroupResult By(string detail) => new(null, "group-invalid", detail, "by");

    internal static GroupResult Sum(string detail) => new(null, "sum-invalid", detail, "sum");
}

/// <summary>Reads by which field a list is grouped and which is summed.</summary>
public static class GroupParser
{
    /// <summary>Most groups in one answer.</summary>
    public const int MostGroups = 200;

    /// <summary>Reads the names of fields of <paramref name="schema"/>.</summary>
    /// <param name="by">A choice, a person or record, a flag, a day or moment, or a text that many records share.</param>
    /// <param name="sum">An amount or number, or null.</param>
    public static GroupResult Parse(string? by, string? sum, CardSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (string.IsNullOrEmpty(by))
        {
            return GroupResult.By("Say by which field the list is grouped.");
        }

        if (schema.Find(by) is not { } field)
        {
            return GroupResult.By($"There is no field {QueryProblem.Quote(by)} to group by.");
        }

        if (!IsGrouped(field))
        {
            return GroupResult.By($"A list is not grouped by '{field.Name}', which hardly two records have alike.");
        }

        if (string.IsNullOrEmpty(sum))
        {
            return sum is null ? GroupResult.Of(new(field, Limit: MostGroups)) : GroupResult.Sum("Say which field is summed.");
        }

        return schema.Find(sum) is not { } summed ? GroupResult.Sum($"There is no field {QueryProblem.Quote(sum)} to sum.")
            : summed.Type is not (CardFieldType.Money or CardFieldType.Number or CardFieldType.Integer) ? GroupResult.Sum($"The field '{summed.Name}' is neither an amount nor a number.")
            : GroupResult.Of(new(field, summed, CurrencyOf(summed, schema), Limit: MostGroups));
    }

    /// <summary>Whether lists are grouped by a field.</summary>
    public static bool IsGrouped(CardField field) => field.Repeats
        || field.Type is CardFieldType.Choice or CardFieldType.Choices or CardFieldType.Id or CardFieldType.Flag or CardFieldType.Day or CardFieldType.Instant;

    private static CardField? CurrencyOf(CardField summed, CardSchema schema) =>
        summed.Type != CardFieldType.Money ? null
        : summed.Key is { } key ? CardField.InBag(schema.Bag!, $"{summed.Name}.currency", key, CardFieldType.Currency) // it is in a bag
        : schema.Find("currency");
}
