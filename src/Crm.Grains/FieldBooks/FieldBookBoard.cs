using static Crm.Grains.FieldBooks.FieldBookEvent;

namespace Crm.Grains.FieldBooks;

/// <summary>The fields that a tenant added to one slice.</summary>
/// <param name="Slice">Plural.</param>
/// <param name="Fields">In their order, retired ones included.</param>
public sealed record FieldBookCard(Guid Id, long Version, string Slice, IReadOnlyList<CustomField> Fields) : ICard;

public static class FieldBookBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static FieldBookCard? Project(FieldBookCard? card, Recorded<FieldBookEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (null, Added e) => new(r.Id, r.Version, e.Slice, [e.Field]),
        ({ } known, var e) => known with { Version = r.Version, Fields = FieldBookRules.Evolve(known.Fields, e) },
        _ => card,
    };
}
