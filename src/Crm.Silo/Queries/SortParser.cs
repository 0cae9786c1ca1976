using System.Diagnostics.CodeAnalysis;
using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

/// <summary>The keys to sort by, first the most important one, or why there are none.</summary>
public readonly record struct SortResult
{
    private SortResult(IReadOnlyList<CardSort>? keys, QueryProblem? problem)
    {
        Keys = keys;
        Problem = problem;
    }

    public IReadOnlyList<CardSort>? Keys { get; }

    public QueryProblem? Problem { get; }

    [MemberNotNullWhen(true, nameof(Keys))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsValid => Keys is not null;

    internal static SortResult Of(IReadOnlyList<CardSort> keys) => new(keys, null);

    internal static SortResult Of(QueryProblem problem) => new(null, problem);
}

/// <summary>Reads a sort order such as <c>-amount,name</c>: fields of the schema, a minus before those that go down.</summary>
public static class SortParser
{
    /// <summary>Most fields in one order.</summary>
    public const int MaxKeys = 3;

    /// <summary>Reads <paramref name="text"/> as an order over <paramref name="schema"/>; spaces around a key do not matter.</summary>
    /// <returns>1 to <see cref="MaxKeys"/> keys, or <c>sort-invalid</c> (unknown field, a field twice, too many, an empty key).</returns>
    public static SortResult Parse(string text, CardSchema schema)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(schema);
        var keys = new List<CardSort>(MaxKeys);
        foreach (var range in text.AsSpan().Split(','))
        {
            var position = range.Start.Value;
            if (keys.Count == MaxKeys)
            {
                return Refuse($"A list is sorted by at most {MaxKeys} fields.", position);
            }

            var written = text.AsSpan(range).Trim(' ');
            var descending = written is ['-', ..];
            var name = descending ? written[1..] : written;
            if (schema.Find(name.ToString()) is not { } field)
            {
                return Refuse($"There is no field {QueryProblem.Quote(name)} to sort by.", position);
            }

            if (field.Type == CardFieldType.Choices)
            {
                return Refuse($"A list is not sorted by '{field.Name}', which has several values.", position);
            }

            if (Has(keys, field))
            {
                return Refuse($"The field '{field.Name}' is named twice.", position);
            }

            keys.Add(new CardSort(field, descending));
        }

        return SortResult.Of(keys);
    }

    private static bool Has(List<CardSort> keys, CardField field)
    {
        foreach (var key in keys)
        {
            if (key.Field == field)
            {
                return true;
            }
        }

        return false;
    }

    private static SortResult Refuse(string detail, int position) =>
        SortResult.Of(new QueryProblem(QueryProblem.SortInvalid, detail, position));
}
