using System.Collections.Concurrent;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.States;

/// <summary>
/// Keeps the states of grains in an Orleans storage provider, before the store that has the journal, the cards and all else. A write is
/// announced, made in the provider with its events as outbox, and made in the store; only then it is answered. A process that dies in
/// between leaves an announced document behind whose outbox whoever meets it empties into the store: whoever loads the grain next, or
/// another member that looks for what the dead have announced.
/// </summary>
/// <param name="inner">Has the journal.</param>
/// <param name="member">Of this process.</param>
internal sealed class StatesStore(
    IGrainStore inner, DocumentStore documents, IAnnouncements announcements, SliceDirectory slices, Guid member, TimeProvider time) : ForwardingStore(inner)
{
    private const int MostSwept = 1_000;

    private readonly ConcurrentDictionary<GrainId, StateLane> _lanes = new();
    private event Action<Exception>? LaneFaulted;

    public override event Action<Exception>? Faulted
    {
        add
        {
            Inner.Faulted += value;
            LaneFaulted += value;
        }

        remove
        {
            Inner.Faulted -= value;
            LaneFaulted -= value;
        }
    }

    public override void Write(GrainWrite write) => LaneOf(write.Grain).Take(write);

    public override async ValueTask<StoredGrain?> LoadAsync(GrainId grain, CancellationToken cancel)
    {
        var stored = await Inner.LoadAsync(grain, cancel);
        if (_lanes.TryGetValue(grain, out var lane) && lane.IsBusy)
        {
            // its writes are on their way: what is answered so far is in the store
            return stored;
        }

        var document = (await documents.ReadAsync(grain)).State!; // never null once read
        if (document.Version > (stored?.Version ?? 0))
        {
            await LaneOf(grain).SettleAsync();
            return await Inner.LoadAsync(grain, cancel);
        }

        return stored is not null && document.Version == stored.Version && document.State.Length > 0 ? stored with { State = document.State } : stored;
    }

    /// <summary>Brings into the store what members that are gone have announced.</summary>
    /// <param name="isAlive">Whether a member is still there; its announcements are its own to settle.</param>
    public async Task SweepAsync(Func<Guid, bool> isAlive, CancellationToken cancel)
    {
        foreach (var left in await announcements.ReadAsync(MostSwept, cancel))
        {
            if (left.Member != member && !isAlive(left.Member))
            {
                await LaneOf(left.Grain).SettleAsync();
                await announcements.WithdrawAsync(left.Grain, left.Member, cancel);
            }
        }
    }

    /// <summary>Withdraws what was announced and is long done.</summary>
    public async Task TidyAsync(CancellationToken cancel)
    {
        foreach (var (grain, lane) in _lanes)
        {
            if (lane.TryEnd())
            {
                _lanes.TryRemove(new(grain, lane));
                if (lane.IsAnnounced)
                {
                    await announcements.WithdrawAsync(grain, member, cancel);
                }
            }
        }
    }

    public override async Task EraseAsync(GrainId grain, long throughVersion, CancellationToken cancel)
    {
        await LaneOf(grain).ForgetOutboxAsync();
        await base.EraseAsync(grain, throughVersion, cancel);
    }

    public override async Task RebuildAsync(string tenant, CancellationToken cancel)
    {
        await base.RebuildAsync(tenant, cancel);
        // the rows have states made anew; documents follow with the next write of each
        await RemoveAllAsync(tenant, cancel);
    }

    public override async Task DeleteTenantAsync(string tenant, CancellationToken cancel)
    {
        await RemoveAllAsync(tenant, cancel);
        await base.DeleteTenantAsync(tenant, cancel);
    }

    public override IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>(Inner.Describe()) { ["states"] = "in an Orleans storage provider" };

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await TidyAsync(CancellationToken.None);
        }
        catch (Exception failure)
        {
            // then another member settles it
            LaneFaulted?.Invoke(failure);
        }

        await base.DisposeAsync();
    }

    private async Task RemoveAllAsync(string tenant, CancellationToken cancel)
    {
        var seen = new HashSet<GrainId>();
        for (var position = 0L; await Inner.ReadJournalAsync(tenant, position, 1_000, null, cancel) is { Count: > 0 } entries; position = entries[^1].Position)
        {
            foreach (var grain in entries.Select(entry => new GrainId(tenant, entry.Kind, entry.Key)).Where(seen.Add))
            {
                _lanes.TryRemove(grain, out _);
                await documents.RemoveAsync(grain);
            }
        }
    }

    private StateLane LaneOf(GrainId grain)
    {
        while (true)
        {
            var lane = _lanes.GetOrAdd(grain, static (id, store) => store.MakeLane(id), this);
            if (lane.TryEnter())
            {
                return lane;
            }

            // it has just ended
            _lanes.TryRemove(new(grain, lane));
        }
    }

    private StateLane MakeLane(GrainId grain) => new(grain, Inner, documents, announcements, slices, member, time, bug => LaneFaulted?.Invoke(bug));
}
