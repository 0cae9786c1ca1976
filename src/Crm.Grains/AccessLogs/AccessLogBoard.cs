namespace Crm.Grains.AccessLogs;

/// <summary>One person's day in numbers; what it was in detail is in the journal.</summary>
/// <param name="OwnerId">Whose log it is: a person's or an API key's.</param>
/// <param name="Peak">Most records of others read within one window.</param>
public sealed record AccessLogCard(Guid Id, long Version, Guid OwnerId, DateOnly Day, int Searches, int Exports, int MaskedReads, int Refusals, int Peak, DateTimeOffset LastAt) : ICard;

public static class AccessLogBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static AccessLogCard? Project(AccessLogCard? card, Recorded<AccessLogEvent> r)
    {
        if (r.Version <= card?.Version || r.Event is not AccessLogEvent.Noted e)
        {
            return card;
        }

        var known = card ?? new(r.Id, 0, e.PersonId, e.Day, 0, 0, 0, 0, 0, r.At);
        return known with
        {
            Version = r.Version,
            Searches = Plus(known.Searches, e, "search"),
            Exports = Plus(known.Exports, e, "export"),
            MaskedReads = Plus(known.MaskedReads, e, "masked-read"),
            Refusals = Plus(known.Refusals, e, "refused"),
            Peak = Math.Max(known.Peak, e.Peak),
            LastAt = r.At,
        };
    }

    private static int Plus(int before, AccessLogEvent.Noted noted, string type) =>
        (int)Math.Min(int.MaxValue, before + noted.Notes.Where(note => note.Type == type).Sum(note => (long)Math.Max(0, note.Count)));
}
