using System.Numerics;
using System.Text;

namespace Crm.Runtime.Sharing;

/// <summary>
/// A share agreed by leases: work and tenants fall into 32 shards, and each member takes as many of them as is fair. A member that dies is
/// missed when its leases run out; one that cannot reach the store gives up its share before others may take it.
/// </summary>
public sealed class LeasedShare : IWorkShare, IAsyncDisposable
{
    public const int ShardCount = 32;

    /// <summary>How long a lease lasts unless renewed: work of a member that died rests so long.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan RenewPause = TimeSpan.FromSeconds(2);

    /// <summary>How long after the begin of its last renewal a member counts on its leases: shorter than they last.</summary>
    private static readonly TimeSpan TrustTime = TimeSpan.FromSeconds(6);

    private readonly ILeaseStore _leases;
    private readonly TimeProvider _time;
    private readonly Guid _member;
    private readonly string _prefix;
    private readonly bool _takesWork;
    private readonly Loop _loop;
    private uint _shards;
    private long _renewedAt;

    /// <param name="group">Members of the same name share the same work.</param>
    /// <param name="takesWork">False for a member that is to do none.</param>
    public LeasedShare(ILeaseStore leases, string group, Guid member, bool takesWork, TimeProvider time)
    {
        (_leases, _prefix, _member, _takesWork, _time) = (leases, $"{group}/", member, takesWork, time);
        _loop = new(time, StepAsync);
    }

    public event Action? Changed;

    /// <summary>What the lease store threw: for the log. It is asked again.</summary>
    public event Action<Exception>? Faulted
    {
        add => _loop.Faulted += value;
        remove => _loop.Faulted -= value;
    }

    public bool IsAlone => false;

    /// <summary>How the leases begin that say which members of a group are there.</summary>
    public static string MemberPrefix(string group) => $"{group}/member/";

    /// <summary>How many shards are ours.</summary>
    public int Count => IsTrusted ? BitOperations.PopCount(Volatile.Read(ref _shards)) : 0;

    private bool IsTrusted => _time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < TrustTime;

    public bool IsOurs(string work, string tenant) => (Volatile.Read(ref _shards) & (1u << ShardOf(work, tenant))) != 0 && IsTrusted;

    public void Start()
    {
        if (_takesWork)
        {
            _loop.Start();
        }
    }

    /// <summary>Gives everything back, so that the others need not wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        var held = NamesOf(Volatile.Read(ref _shards));
        Volatile.Write(ref _shards, 0);
        if (_takesWork)
        {
            try
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
                await _leases.GiveBackAsync([.. held, MemberName], _member, patience.Token);
            }
            catch (Exception)
            {
                // then they run out by themselves
            }
        }
    }

    /// <summary>The shard of a tenant's work: the same in every process and release.</summary>
    private static int ShardOf(string work, string tenant)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var one in Encoding.UTF8.GetBytes($"{work}/{tenant}"))
        {
            hash = unchecked((hash ^ one) * 16777619u);
        }

        return (int)((hash ^ (hash >> 15)) % ShardCount);
    }

    private string MemberName => $"{_prefix}member/{_member:N}";

    private async Task<TimeSpan?> StepAsync(CancellationToken stop)
    {
        var begun = _time.GetTimestamp();
        var before = Volatile.Read(ref _shards);
        var taken = await _leases.TakeAsync([MemberName, .. NamesOf(before)], _member, LeaseTime, stop);
        var ours = ShardsOf(taken);
        var all = await _leases.ReadLeasesAsync(_prefix, stop);
        var members = Math.Max(1, all.Count(lease => lease.Name.StartsWith($"{_prefix}member/", StringComparison.Ordinal)));
        var fair = (ShardCount + members - 1) / members;
        var surplus = BitOperations.PopCount(ours) - fair;
        if (surplus > 0)
        {
            var given = Some(ours, surplus);
            // not ours before others may have it
            Set(ours & ~given, begun);
            await _leases.GiveBackAsync(NamesOf(given), _member, stop);
        }
        else
        {
            var free = ~ShardsOf(all.Select(lease => lease.Name));
            var wanted = Some(free, -surplus);
            if (wanted != 0)
            {
                ours |= ShardsOf(await _leases.TakeAsync(NamesOf(wanted), _member, LeaseTime, stop));
            }

            Set(ours, begun);
        }

        if (Volatile.Read(ref _shards) != before)
        {
            Changed?.Invoke();
        }

        return RenewPause;
    }

    private void Set(uint shards, long at)
    {
        // what was not renewed in time may have been another's meanwhile, so it is new to us
        var isLapsed = !IsTrusted && Volatile.Read(ref _shards) != 0;
        Volatile.Write(ref _shards, shards);
        Volatile.Write(ref _renewedAt, at);
        if (isLapsed)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Some of a set, from a place of our own, so that members that begin together do not all reach for the same.</summary>
    private uint Some(uint set, int count)
    {
        var some = 0u;
        var start = (int)(BitConverter.ToUInt32(_member.ToByteArray(), 0) % ShardCount);
        for (var i = 0; i < ShardCount && count > 0; i++)
        {
            var one = 1u << ((start + i) % ShardCount);
            if ((set & one) != 0)
            {
                some |= one;
                count--;
            }
        }

        return some;
    }

    private List<string> NamesOf(uint shards)
    {
        var names = new List<string>();
        for (var i = 0; i < ShardCount; i++)
        {
            if ((shards & (1u << i)) != 0)
            {
                names.Add($"{_prefix}shard/{i:00}");
            }
        }

        return names;
    }

    private uint ShardsOf(IEnumerable<string> names)
    {
        var shards = 0u;
        foreach (var name in names)
        {
            if (name.StartsWith($"{_prefix}shard/", StringComparison.Ordinal) && int.TryParse(name.AsSpan(_prefix.Length + 6), out var shard) && shard is >= 0 and < ShardCount)
            {
                shards |= 1u << shard;
            }
        }

        return shards;
    }
}
