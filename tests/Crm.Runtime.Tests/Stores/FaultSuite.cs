using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>What a store does when the disk fails: it says that it does not know, stops for good, and is whole when opened again.</summary>
public abstract class FaultSuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    [Theory]
    [InlineData("begin")]
    [InlineData("apply")]
    [InlineData("commit")]
    public async Task A_failing_disk_stops_the_store_and_nothing_is_half_done(string failing)
    {
        var isFailing = false;
        var fatal = new List<string>();
        Open(new(
            point =>
            {
                if (Volatile.Read(ref isFailing) && point == failing)
                {
                    throw new IOException("the disk is gone");
                }
            },
            fatal.Add));
        var told = 0;
        Store.Committed += writes => told += writes.Count;
        await Hand.FillAsync(Hand.Box(1), new() { Group = "g", Amount = 5 });
        Volatile.Write(ref isFailing, true);
        var writes = new List<Task<GrainWrite>>();
        for (var i = 0; i < 50; i++)
        {
            writes.Add(Hand.WriteAsync((await Hand.JudgeAsync(Hand.Box(i), new BoxCommand.Fill(new() { Group = "g", Amount = 7, Keys = [$"{i}"] }))).Write));
        }

        (await Task.WhenAll(writes)).Should().OnlyContain(write => write.Result == WriteResult.DurabilityUnknown);
        await FluentActions.Awaiting(() => Store.WriteCursorAsync("reader", "acme", 5, None)).Should().ThrowAsync<Exception>();
        await FluentActions.Awaiting(() => Store.RebuildAsync("acme", None)).Should().ThrowAsync<Exception>();
        Volatile.Write(ref isFailing, false);
        (await Hand.TellAsync(Hand.Box(77), new BoxCommand.Add(1))).Result.Should().Be(WriteResult.DurabilityUnknown, "it could wrongly succeed");

        Store.IsHealthy.Should().BeFalse();
        fatal.Should().ContainSingle().Which.Should().StartWith("durability-unknown");
        told.Should().Be(1);
        Store.HeadOf("acme").Should().Be(1);
        Store.Tallies.Read("acme", "box").Should().ContainSingle().Which.Value.Count.Should().Be(1);
        (await BoxOfAsync(Hand.Box(1))).Look.Amount.Should().Be(5, "reads go on");

        await CloseAsync();
        Store.IsHealthy.Should().BeTrue();
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
        Store.HeadOf("acme").Should().Be(1);
        (await Store.FindClaimAsync("acme", "7", None)).Should().BeNull();
        Store.Tallies.Read("acme", "box").Should().ContainSingle().Which.Value.Count.Should().Be(1);
        (await Hand.TellAsync(Hand.Box(2), new BoxCommand.Add(1))).LastPosition.Should().Be(2);
    }

    [Fact]
    public async Task A_disk_that_fails_at_any_moment_loses_nothing_that_was_answered()
    {
        var random = new Random(5);
        var answered = new Dictionary<GrainId, long>();
        var unknown = new Dictionary<GrainId, long>();
        for (var round = 0; round < 30; round++)
        {
            await CloseAsync();
            var left = random.Next(1, 60);
            Open(new(_ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    throw new IOException("the disk is gone");
                }
            }));
            await CheckAsync();
            var writes = new List<Task<GrainWrite>>();
            try
            {
                for (var i = 0; i < 10; i++)
                {
                    writes.Add(Hand.WriteAsync((await Hand.JudgeAsync(Hand.Box(i), new BoxCommand.Add(1))).Write));
                }
            }
            catch (DurabilityUnknownException)
            {
                // what a read saw may not be on the disk that failed: it says so instead
            }

            foreach (var write in await Task.WhenAll(writes))
            {
                var sums = write.Result == WriteResult.Stored ? answered : unknown;
                sums[write.Grain] = sums.GetValueOrDefault(write.Grain) + 1;
            }
        }

        answered.Values.Sum().Should().BePositive();
        await CloseAsync();
        await CheckAsync();
        Store.HeadOf("acme").Should().Be(answered.Values.Sum());

        // a command without an answer may have happened, once; from then on it has or has not
        async Task CheckAsync()
        {
            (await Store.VerifyAsync("acme", None)).Should().BeNull();
            foreach (var grain in answered.Keys.Union(unknown.Keys).ToArray())
            {
                var sum = (await Store.LoadAsync(grain, None)) is null ? 0 : (await BoxOfAsync(grain)).Sum;
                var known = answered.GetValueOrDefault(grain);
                sum.Should().BeInRange(known, known + unknown.GetValueOrDefault(grain));
                answered[grain] = sum;
            }

            unknown.Clear();
        }
    }
}
