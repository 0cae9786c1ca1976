using Crm.Grains.Kernel;
using Crm.Runtime.Cards;
using Crm.Silo.Search;

namespace Crm.Silo.Reading;

/// <summary>What a list is asked for, as it came over the wire.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="WithTotal">Whether to count all that match, up to <see cref="CardDesk.MostCounted"/>.</param>
public sealed record ListRequest(
    string? Filter = null, string? Sort = null, string? Q = null, string? Fields = null, string? Cursor = null, int Limit = 50, bool WithTotal = false);

/// <summary>By what a list is grouped, as it came over the wire.</summary>
/// <param name="Sum">The field to sum in each group, or null.</param>
public sealed record GroupRequest(string? By, string? Sum = null, string? Filter = null, string? Q = null);

/// <summary>The groups of a list and what they are of, or why there are none.</summary>
public sealed record GroupAnswer(CardAggregation? Aggregation, CardBuckets? Buckets, Refusal? Refusal);

/// <summary>A card that a search found.</summary>
/// <param name="Card">As the asker may see it.</param>
public sealed record FoundCard(CardHit Hit, object Card, SearchRank Rank);

/// <summary>A page of cards as UTF-8 JSON, or why there is none.</summary>
/// <param name="Total">Null unless asked for.</param>
public sealed record ListAnswer(IReadOnlyList<byte[]> Items, string? Next, long? Total, Refusal? Refusal = null)
{
    public static ListAnswer Refused(string code, string sentence, string field) => new([], null, null, Refusal.Invalid(code, sentence, field));
}
