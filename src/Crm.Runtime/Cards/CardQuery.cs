namespace Crm.Runtime.Cards;

/// <summary>A page of cards that is wanted.</summary>
/// <param name="Match">
/// Null, or a full-text expression: terms joined by AND, each one word of <see cref="Journal.GrainWrite.SearchTerms"/> or, in double quotes, several that
/// follow each other; a * behind a term makes its last word a beginning.
/// </param>
/// <param name="After">Where the page before ended, or null for the first.</param>
/// <param name="Limit">1 to 5,000.</param>
public sealed record CardQuery(
    string Tenant, string Kind, CardFilter? Filter = null, IReadOnlyList<CardSort>? Sort = null, string? Match = null, CardPlace? After = null, int Limit = 50);

public readonly record struct CardSort(CardField Field, bool Descending);

/// <summary>A place between two cards of a sorted list.</summary>
/// <param name="SortValues">The values of the sort columns as stored (collation keys for text), in order.</param>
public sealed record CardPlace(IReadOnlyList<CardValue> SortValues, long Row);

/// <summary>A card as stored.</summary>
/// <param name="Json">UTF-8.</param>
public readonly record struct CardHit(Guid Key, long Row, byte[] Json);

/// <param name="Values">One for each field asked for, in that order.</param>
public readonly record struct CardGroup(IReadOnlyList<CardValue> Values, long Count);

/// <param name="Next">Null on the last page.</param>
public sealed record CardPage(IReadOnlyList<CardHit> Hits, CardPlace? Next);
