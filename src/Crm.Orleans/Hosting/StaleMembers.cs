// 10.4.2 has other names for these and calls them old; earlier patches of 10.4 have no others
#pragma warning disable CS0618

namespace Crm.Orleans.Hosting;

/// <summary>
/// Declares members dead that have not said for long that they live, while this node joins. Whoever joins must reach every member, and only
/// members may declare others dead: when all have died at once, nobody is left who could, and nobody could ever join.
/// </summary>
internal static class StaleMembers
{
    /// <summary>How often each member says that it lives.</summary>
    public static readonly TimeSpan SignPause = TimeSpan.FromSeconds(5);

    /// <summary>How many signs a member may miss.</summary>
    public const int MostMissed = 4;

    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>Looks again and again until told to stop.</summary>
    public static async Task BuryAsync(IMembershipTable members, TimeProvider time, Action<Exception> report, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookPause, time);
        try
        {
            await members.InitializeMembershipTable(tryInitTableVersion: true);
            while (await timer.WaitForNextTickAsync(stop))
            {
                await BuryOnceAsync(members, time.GetUtcNow().UtcDateTime);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // joined
        }
        catch (Exception failure)
        {
            // joining meets the same and says so too
            report(failure);
        }
    }

    internal static async Task BuryOnceAsync(IMembershipTable members, DateTime now)
    {
        var table = await members.ReadAll();
        foreach (var (entry, etag) in table.Members.Select(member => (member.Item1, member.Item2)))
        {
            if (entry.Status == SiloStatus.Dead || now - Latest(entry.IAmAliveTime, entry.StartTime) < SignPause * MostMissed)
            {
                continue;
            }

            entry.Status = SiloStatus.Dead;
            // one at a time: the table's version has moved with it; whoever was faster has made another of it, which is as well
            await members.UpdateRow(entry, etag, table.Version.Next());
            return;
        }
    }

    private static DateTime Latest(DateTime one, DateTime other) => one > other ? one : other;
}
