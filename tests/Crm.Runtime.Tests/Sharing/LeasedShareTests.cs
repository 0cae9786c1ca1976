using Crm.Runtime.Sharing;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Sharing;

public sealed class LeasedShareTests : IAsyncDisposable
{
    private readonly FakeTime _time = new();
    private readonly MemoryLeases _leases;
    private readonly List<LeasedShare> _shares = [];

    public LeasedShareTests() => _leases = new(_time);

    [Fact]
    public async Task A_member_alone_has_all_the_work()
    {
        var one = Join(Guid.NewGuid());

        await BecomesAsync(() => one.Count == LeasedShare.ShardCount);
        one.IsOurs("clocks", "acme").Should().BeTrue();
    }

    [Fact]
    public async Task Members_come_to_have_as_much_as_is_fair_and_none_has_what_another_has()
    {
        var one = Join(Guid.NewGuid());
        await BecomesAsync(() => one.Count == LeasedShare.ShardCount);

        var two = Join(Guid.NewGuid());
        var three = Join(Guid.NewGuid());

        await BecomesAsync(() => one.Count is >= 10 and <= 11 && two.Count is >= 10 and <= 11 && three.Count is >= 10 and <= 11 && one.Count + two.Count + three.Count == LeasedShare.ShardCount);
        for (var i = 0; i < 200; i++)
        {
            new[] { one, two, three }.Count(share => share.IsOurs("clocks", $"tenant-{i}")).Should().Be(1);
        }
    }

    [Fact]
    public async Task The_work_of_a_member_that_is_cut_off_goes_to_the_others_and_is_its_own_no_more()
    {
        var lost = Guid.NewGuid();
        var one = Join(lost);
        var two = Join(Guid.NewGuid());
        await BecomesAsync(() => one.Count == 16 && two.Count == 16);

        lock (_leases)
        {
            _leases.CutOff.Add(lost);
        }

        var both = false;
        await BecomesAsync(() =>
        {
            both |= one.Count > 0 && two.Count > 16;
            return one.Count == 0 && two.Count == LeasedShare.ShardCount;
        });
        both.Should().BeFalse("a share is given up before another may take it");
    }

    [Fact]
    public async Task Who_leaves_gives_back_and_tells_nobody_to_wait()
    {
        var one = Join(Guid.NewGuid());
        var two = Join(Guid.NewGuid());
        await BecomesAsync(() => one.Count == 16 && two.Count == 16);

        await one.DisposeAsync();
        (await _leases.ReadLeasesAsync("crm/", CancellationToken.None)).Should().HaveCount(17, "sixteen shards and one member are left");

        await BecomesAsync(() => two.Count == LeasedShare.ShardCount);
    }

    [Fact]
    public async Task Who_takes_no_work_is_no_member()
    {
        var web = Join(Guid.NewGuid(), takesWork: false);
        var silo = Join(Guid.NewGuid());

        await BecomesAsync(() => silo.Count == LeasedShare.ShardCount);
        web.IsOurs("clocks", "acme").Should().BeFalse();
    }

    [Fact]
    public async Task A_change_is_told()
    {
        var one = Join(Guid.NewGuid());
        await BecomesAsync(() => one.Count == LeasedShare.ShardCount);
        var changes = 0;
        one.Changed += () => Interlocked.Increment(ref changes);

        Join(Guid.NewGuid());

        await BecomesAsync(() => one.Count == 16);
        Volatile.Read(ref changes).Should().BeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var share in _shares)
        {
            await share.DisposeAsync();
        }
    }

    private LeasedShare Join(Guid member, bool takesWork = true)
    {
        var share = new LeasedShare(_leases, "crm", member, takesWork, _time);
        _shares.Add(share);
        share.Start();
        return share;
    }

    private Task BecomesAsync(Func<bool> isSo) => Until.TrueAsync(
        () =>
        {
            if (isSo())
            {
                return true;
            }

            _time.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        },
        "the shares");
}
