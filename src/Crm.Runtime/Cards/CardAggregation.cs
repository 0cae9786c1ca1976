using System.Text;

namespace Crm.Runtime.Cards;

/// <summary>By what the cards of a query are put into buckets, and what is summed of each.</summary>
/// <param name="By">
/// Texts that differ in the case of A-Z only are one bucket, as they are equal in a filter; a card with several codes is in the bucket of each;
/// days and moments are in that of their month, <c>yyyy-MM</c>. What is empty is a bucket of its own, of null. Amounts and numbers are no buckets.
/// </param>
/// <param name="Sum">An amount or a number, summed in the unit it is kept in.</param>
/// <param name="Currency">The field with the currency of what is summed: each has a sum of its own. Null for what has none.</param>
/// <param name="Offsets">How far the clocks of the calendar are ahead of UTC, beginning with the latest; without them months are of UTC.</param>
/// <param name="Limit">How many buckets are wanted, at least 1.</param>
public sealed record CardAggregation(CardField By, CardField? Sum = null, CardField? Currency = null, IReadOnlyList<CardOffset>? Offsets = null, int Limit = 200);

/// <summary>From a moment on, in milliseconds since 1970, clocks are so many milliseconds ahead of UTC.</summary>
public readonly record struct CardOffset(long From, long Ahead);

/// <param name="Value">As the field is stored; a month as text.</param>
/// <param name="Sums">One for each currency, in the order of their codes; empty where nothing is summed or nothing has a value.</param>
public sealed record CardBucket(CardValue Value, long Count, IReadOnlyList<CardSum> Sums);

/// <param name="Currency">Null for what has none.</param>
public readonly record struct CardSum(string? Currency, Int128 Total);

/// <param name="IsMore">Whether there are more buckets than were wanted.</param>
public sealed record CardBuckets(IReadOnlyList<CardBucket> Buckets, bool IsMore);

/// <summary>What both stores say in the same words about buckets, and how they read the answer.</summary>
internal static class CardAggregationSql
{
    /// <summary>What a sum is taken apart by, so that no sum of its parts is too large for 64 bits.</summary>
    private const long Part = 1_000_000_000;

    /// <summary>Puts rows into buckets.</summary>
    /// <param name="rows">Selects <c>k</c>, by which rows are alike, <c>v</c>, as one is shown, <c>c</c>, its currency, and <c>m</c>, what is summed.</param>
    /// <param name="addNumber">Adds a parameter to the text.</param>
    public static void Enclose(StringBuilder rows, CardAggregation aggregation, Action<long> addNumber)
    {
        var shown = aggregation.By.Type == CardFieldType.Text ? "min(nullif(v, ''))" : "k";
        var figures = aggregation.Sum is null ? "count(*) n, cast(null as bigint) high, cast(null as bigint) low" : $"count(*) n, cast(sum(m / {Part}) as bigint) high, cast(sum(m % {Part}) as bigint) low";
        if (aggregation.Currency is null)
        {
            rows.Insert(0, $"select {shown} v, cast(null as text) c, {figures}, cast(0 as bigint) place from (").Append(") cards group by k order by n desc, k nulls first limit ");
            addNumber(aggregation.Limit + 1L);
            return;
        }

        rows.Insert(0, $"select k, {shown} v, c, {figures} from (")
            .Insert(0, $"select {(shown == "k" ? "k" : "min(v) over (partition by k)")} v, c, n, high, low, k, sum(n) over (partition by k) bucket from (")
            .Insert(0, "select v, c, n, high, low, dense_rank() over (order by bucket desc, k nulls first) place from (")
            .Insert(0, "select v, c, n, high, low, place from (")
            .Append(") cards group by k, c) parts) buckets) places where place <= ");
        addNumber(aggregation.Limit + 1L);
        rows.Append(" order by place, c nulls first");
    }

    /// <summary>The sum behind what <see cref="Enclose"/> takes it apart to.</summary>
    public static Int128 Whole(long high, long low) => ((Int128)high * Part) + low;

    /// <summary>How far clocks are ahead at a moment.</summary>
    /// <param name="parameter">Makes a number the next parameter and says how the text names it.</param>
    public static string Local(string moment, CardAggregation aggregation, Func<long, string> parameter) => aggregation.Offsets is not { Count: > 0 } offsets
        ? moment
        : $"({moment} + case {string.Join(' ', offsets.Select(offset => $"when {moment} >= {parameter(offset.From)} then {parameter(offset.Ahead)}"))} else {parameter(offsets[^1].Ahead)} end)";

    /// <summary>The text that puts what is stored of a field into its bucket.</summary>
    public static string KeyOf(CardField by, string value, Func<string, string> monthOfDay, Func<string, string> monthOfMoment) => by.Type switch
    {
        CardFieldType.Text => $"lower(nullif({value}, ''))",
        CardFieldType.Choice => $"nullif({value}, '')",
        CardFieldType.Id or CardFieldType.Flag or CardFieldType.Choices => value,
        CardFieldType.Day => monthOfDay(value),
        CardFieldType.Instant => monthOfMoment(value),
        _ => throw new ArgumentException($"Cards are put into no buckets by '{by.Name}'.", nameof(by)),
    };
}

/// <summary>Makes buckets of rows that come bucket by bucket.</summary>
internal sealed class CardBucketReader(CardAggregation aggregation)
{
    private readonly List<CardBucket> _buckets = [];
    private List<CardSum> _sums = [];
    private long _place = -1;
    private bool _isMore;

    /// <summary>Takes a row: a bucket, or with a currency the part of one. False when there are enough.</summary>
    public bool TryAdd(CardValue value, string? currency, long count, long? high, long low, long place)
    {
        if (aggregation.Currency is null || place != _place)
        {
            if (_buckets.Count == aggregation.Limit)
            {
                _isMore = true;
                return false;
            }

            (_place, _sums) = (place, []);
            _buckets.Add(new(value, 0, _sums));
        }

        if (high is { } some)
        {
            _sums.Add(new(currency, CardAggregationSql.Whole(some, low)));
        }

        _buckets[^1] = _buckets[^1] with { Count = _buckets[^1].Count + count };
        return true;
    }

    public CardBuckets ToBuckets() => new(_buckets, _isMore);
}
