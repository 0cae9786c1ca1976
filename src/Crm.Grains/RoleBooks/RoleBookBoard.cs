namespace Crm.Grains.RoleBooks;

/// <summary>All roles of an organisation.</summary>
public sealed record RoleBookCard(Guid Id, long Version, string Template, IReadOnlyList<Role> Roles) : ICard;

public static class RoleBookBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static RoleBookCard? Project(RoleBookCard? card, Recorded<RoleBookEvent> r)
    {
        if (r.Version <= card?.Version)
        {
            return card;
        }

        RoleBook known = card is null ? RoleBook.Initial : new RoleBook.Written(card.Template, card.Roles);
        var now = RoleBookRules.Evolve(known, r.Event).Now();
        return new(r.Id, r.Version, now.Template, now.Roles);
    }
}
