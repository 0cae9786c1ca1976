using Crm.Orleans.States;

namespace Crm.Cluster.Tests.States;

/// <summary>Announcements in memory, which outlive the members of a test.</summary>
internal sealed class Announced : IAnnouncements
{
    private readonly HashSet<Announcement> _all = [];

    public int Count
    {
        get
        {
            lock (_all)
            {
                return _all.Count;
            }
        }
    }

    public Task AnnounceAsync(GrainId grain, Guid member, CancellationToken cancel)
    {
        lock (_all)
        {
            _all.Add(new(grain, member));
        }

        return Task.CompletedTask;
    }

    public Task WithdrawAsync(GrainId grain, Guid member, CancellationToken cancel)
    {
        lock (_all)
        {
            _all.Remove(new(grain, member));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Announcement>> ReadAsync(int limit, CancellationToken cancel)
    {
        lock (_all)
        {
            return Task.FromResult<IReadOnlyList<Announcement>>([.. _all]);
        }
    }
}
