using System.Collections.Concurrent;
using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

/// <summary>How far the clocks of a time zone are ahead, for the store to tell its months by.</summary>
public static class ZoneOffsets
{
    private const int FirstYear = 1990;
    private const int LastYear = 2045;
    private static readonly ConcurrentDictionary<string, IReadOnlyList<CardOffset>> Known = new();

    /// <summary>The offsets of a zone, the latest first: before and after these years the clocks stand as in the nearest of them.</summary>
    public static IReadOnlyList<CardOffset> Of(TimeZoneInfo zone) => Known.GetOrAdd(zone.Id, static (_, zone) => Read(zone), zone);

    private static List<CardOffset> Read(TimeZoneInfo zone)
    {
        var end = new DateTime(LastYear, 12, 31, 0, 0, 0, DateTimeKind.Utc);
        var day = new DateTime(FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var offsets = new List<CardOffset> { At(day) };
        for (; day < end; day = day.AddDays(1))
        {
            var next = zone.GetUtcOffset(day.AddDays(1));
            if (zone.GetUtcOffset(day) == next)
            {
                continue;
            }

            // the change is somewhere in the day
            var (before, after) = (day, day.AddDays(1));
            while (after - before > TimeSpan.FromMinutes(1))
            {
                var middle = before.AddMinutes((int)((after - before).TotalMinutes / 2));
                (before, after) = zone.GetUtcOffset(middle) == next ? (before, middle) : (middle, after);
            }

            offsets.Insert(0, At(after));
        }

        return offsets;

        CardOffset At(DateTime moment) => new(new DateTimeOffset(moment).ToUnixTimeMilliseconds(), (long)zone.GetUtcOffset(moment).TotalMilliseconds);
    }
}
