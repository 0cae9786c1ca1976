using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>What writing a grain promises: versions, claims, command ids, and that each write succeeds or fails alone.</summary>
public abstract class GrainWriteSuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    private static readonly GrainId One = Hand.Box(1);
    private static readonly GrainId Two = Hand.Box(2);

    [Fact]
    public async Task A_grain_is_loaded_as_it_was_written()
    {
        (await Store.LoadAsync(One, None)).Should().BeNull();
        var write = await Hand.FillAsync(One, new() { Name = "Ada", Count = 7 });
        write.Result.Should().Be(WriteResult.Stored);
        write.LastPosition.Should().Be(1);

        var stored = await Store.LoadAsync(One, None);
        stored!.Key.Should().Be(One.Key);
        stored.Version.Should().Be(1);
        stored.State.Should().Equal(write.State);
        stored.Card.Should().Equal(write.Card);
        stored.Row.LastPosition.Should().Be(1);
        stored.Row.IsLost.Should().BeFalse();

        await CloseAsync();
        (await BoxOfAsync(One)).Look.Name.Should().Be("Ada");
    }

    [Fact]
    public async Task A_command_of_three_events_makes_three_versions_and_positions()
    {
        var write = await Hand.TellAsync(One, new BoxCommand.Split(3));
        write.LastPosition.Should().Be(3);
        (await Store.ReadJournalAsync("acme", 0, 10, null, None)).Select(entry => (entry.Position, entry.Version, entry.Previous))
            .Should().Equal((1, 1, 0), (2, 2, 1), (3, 3, 2));
    }

    [Fact]
    public async Task A_write_that_expects_another_version_is_superseded_and_leaves_nothing()
    {
        var (first, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(1));
        var (second, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(2));
        (await Hand.WriteAsync(first)).Result.Should().Be(WriteResult.Stored);
        (await Hand.WriteAsync(second)).Result.Should().Be(WriteResult.Superseded);
        var (third, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(4));
        var (fourth, _) = await Hand.JudgeAsync(One, new BoxCommand.Take("k"));
        (await Hand.WriteAsync(third)).Result.Should().Be(WriteResult.Stored);
        (await Hand.WriteAsync(fourth)).Result.Should().Be(WriteResult.Superseded);

        (await BoxOfAsync(One)).Sum.Should().Be(5);
        Store.HeadOf("acme").Should().Be(2);
        (await Store.FindClaimAsync("acme", "k", None)).Should().BeNull();
    }

    [Fact]
    public async Task A_write_after_a_version_that_never_was_is_superseded()
    {
        var memory = new BoxMemory(One, 4, new(), new(new()));
        (await Hand.WriteAsync(Hand.Judge(memory, new BoxCommand.Add(1)).Write)).Result.Should().Be(WriteResult.Superseded);
        (await Store.LoadAsync(One, None)).Should().BeNull();
    }

    [Fact]
    public async Task Writes_of_one_grain_follow_each_other_in_one_batch()
    {
        var (first, next) = await Hand.JudgeAsync(One, new BoxCommand.Add(1));
        var (second, last) = Hand.Judge(next, new BoxCommand.Add(2));
        var (third, _) = Hand.Judge(last, new BoxCommand.Add(4));
        await Hand.WriteTogetherAsync(first, second, third);
        new[] { first, second, third }.Should().OnlyContain(write => write.Result == WriteResult.Stored);
        (await BoxOfAsync(One)).Sum.Should().Be(7);
        (await Store.ReadJournalAsync("acme", 0, 10, null, None)).Select(entry => (entry.Position, entry.Version, entry.Previous))
            .Should().Equal((1, 1, 0), (2, 2, 1), (3, 3, 2));
    }

    [Fact]
    public async Task What_was_judged_on_a_failed_write_is_not_stored()
    {
        await Hand.TellAsync(Two, new BoxCommand.Take("k"));
        var (first, next) = await Hand.JudgeAsync(One, new BoxCommand.Take("k"));
        var (second, last) = Hand.Judge(next, new BoxCommand.Add(1));
        var (third, _) = Hand.Judge(last, new BoxCommand.Add(1));
        await Hand.WriteTogetherAsync(first, second);
        await Hand.WriteAsync(third);
        first.Result.Should().Be(WriteResult.ClaimHeld);
        second.Result.Should().Be(WriteResult.Superseded);
        third.Result.Should().Be(WriteResult.Superseded);
        (await Store.LoadAsync(One, None)).Should().BeNull();
        Store.HeadOf("acme").Should().Be(1);
    }

    [Fact]
    public async Task What_was_judged_on_a_failed_write_is_not_stored_though_another_activation_reached_its_version()
    {
        await Hand.TellAsync(Two, new BoxCommand.Take("k"));
        await Hand.TellAsync(One, new BoxCommand.Add(1));
        var (mine, next) = await Hand.JudgeAsync(One, new BoxCommand.Take("k"));
        var (afterMine, _) = Hand.Judge(next, new BoxCommand.Add(1));
        var (theirs, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(10));
        await Hand.WriteTogetherAsync(mine, theirs, afterMine);
        mine.Result.Should().Be(WriteResult.ClaimHeld);
        theirs.Result.Should().Be(WriteResult.Stored);
        afterMine.Result.Should().Be(WriteResult.Superseded);
        (await BoxOfAsync(One)).Should().Match<Box>(box => box.Sum == 11 && box.Look.Keys.Count == 0);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_the_writes()
    {
        var order = new List<int>();
        var writes = new List<Task<GrainWrite>>();
        for (var i = 0; i < 200; i++)
        {
            var number = i;
            var done = new TaskCompletionSource<GrainWrite>(TaskCreationOptions.RunContinuationsAsynchronously);
            var (write, _) = await Hand.JudgeAsync(Hand.Box(i % 3 == 0 ? 1 : 100 + i), new BoxCommand.Add(1));
            write.Completed = done_ =>
            {
                order.Add(number);
                done.SetResult(done_);
            };
            Store.Write(write);
            writes.Add(done.Task);
        }

        await Task.WhenAll(writes).SoonAsync();
        order.Should().BeInAscendingOrder().And.HaveCount(200);
    }

    [Fact]
    public async Task Tenants_count_their_own_positions()
    {
        var random = new Random(7);
        var expected = new Dictionary<string, int> { ["acme"] = 0, ["bolt"] = 0, ["coil"] = 0 };
        for (var i = 0; i < 120; i++)
        {
            var tenant = expected.Keys.ElementAt(random.Next(3));
            var parts = random.Next(1, 4);
            expected[tenant] += parts;
            await Hand.TellAsync(Hand.Box(random.Next(5), tenant), new BoxCommand.Split(parts));
        }

        foreach (var (tenant, count) in expected)
        {
            var entries = await Store.ReadJournalAsync(tenant, 0, 1_000, null, None);
            entries.Select(entry => entry.Position).Should().Equal(Enumerable.Range(1, count).Select(position => (long)position));
            entries.GroupBy(entry => entry.Key).Should().OnlyContain(grain => grain.Select((entry, i) => entry.Version == i + 1).All(isRight => isRight));
            Store.HeadOf(tenant).Should().Be(count);
            (await Store.VerifyAsync(tenant, None)).Should().BeNull();
        }

        Store.Tenants.Should().BeEquivalentTo(expected.Keys);
        await CloseAsync();
        Store.Tenants.Should().BeEquivalentTo(expected.Keys);
        expected.Keys.Select(Store.HeadOf).Should().Equal(expected.Values.Select(count => (long)count));
    }

    [Fact]
    public async Task A_claim_is_held_by_one_grain_until_it_lets_go()
    {
        (await Hand.TellAsync(One, new BoxCommand.Take("k"))).Result.Should().Be(WriteResult.Stored);
        (await Store.FindClaimAsync("acme", "k", None)).Should().Be(One.Key);
        var refused = await Hand.TellAsync(Two, new BoxCommand.Take("k"));
        refused.Result.Should().Be(WriteResult.ClaimHeld);
        refused.Holder.Should().Be(One.Key);
        refused.ClaimedKey.Should().Be("k");

        await Hand.FillAsync(One, new());
        (await Store.FindClaimAsync("acme", "k", None)).Should().BeNull();
        (await Hand.TellAsync(Two, new BoxCommand.Take("k"))).Result.Should().Be(WriteResult.Stored);
        (await Store.FindClaimAsync("acme", "k", None)).Should().Be(Two.Key);
        (await Hand.TellAsync(Hand.Box(1, "bolt"), new BoxCommand.Take("k"))).Result.Should().Be(WriteResult.Stored);
    }

    [Fact]
    public async Task A_grain_may_claim_what_it_holds_already()
    {
        var taken = await Hand.TellAsync(One, new BoxCommand.Take("k"));
        var (write, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(1));
        taken.Result.Should().Be(WriteResult.Stored);
        (await Hand.WriteAsync(BoxBehaviour.Again(write, write.Columns, write.SortKeys, claims: ["k"]))).Result.Should().Be(WriteResult.Stored);
    }

    [Fact]
    public async Task A_claim_that_is_held_leaves_nothing_behind()
    {
        await Hand.TellAsync(One, new BoxCommand.Take("taken"));
        await Hand.FillAsync(Two, new() { Name = "before", Group = "g", Amount = 100 });
        var before = Fixture.Dump();
        var refused = await Hand.TellAsync(Two, new BoxCommand.Fill(new()
        {
            Name = "after",
            Group = "h",
            Amount = 200,
            Keys = ["free", "taken"],
            Terms = "after",
            Mails = ["m"],
            Clocks = new Dictionary<string, DateTimeOffset> { ["c"] = Hand.Start },
        }), "id-1");
        refused.Result.Should().Be(WriteResult.ClaimHeld);
        Fixture.Dump().Should().Equal(before);
        Store.HeadOf("acme").Should().Be(2);
        Store.Tallies.Read("acme", "box").Select(total => (total.Key, total.Value.Count)).Should().Equal(("g", 1));
        (await Store.QueryAsync(new("acme", "box", Match: "after"), None)).Hits.Should().BeEmpty();
    }

    [Fact]
    public async Task Of_two_claims_in_one_batch_the_first_wins_and_the_other_does_not_harm_it()
    {
        var (first, _) = await Hand.JudgeAsync(One, new BoxCommand.Take("k"));
        var (second, _) = await Hand.JudgeAsync(Two, new BoxCommand.Take("k"));
        var (third, _) = await Hand.JudgeAsync(Hand.Box(3), new BoxCommand.Take("l"));
        await Hand.WriteTogetherAsync(first, second, third);
        first.Result.Should().Be(WriteResult.Stored);
        second.Result.Should().Be(WriteResult.ClaimHeld);
        second.Holder.Should().Be(One.Key);
        third.Result.Should().Be(WriteResult.Stored);
        third.LastPosition.Should().Be(2);
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
    }

    [Fact]
    public async Task A_stale_write_is_superseded_whoever_holds_its_claim()
    {
        await Hand.TellAsync(Two, new BoxCommand.Take("k"));
        var (stale, _) = await Hand.JudgeAsync(One, new BoxCommand.Take("k"));
        await Hand.TellAsync(One, new BoxCommand.Add(1));
        (await Hand.WriteAsync(stale)).Result.Should().Be(WriteResult.Superseded);
    }

    [Fact]
    public async Task A_command_id_takes_effect_once()
    {
        byte[] fingerprint = [1, 2, 3];
        var first = await Hand.TellAsync(One, new BoxCommand.Add(1), "id-1", fingerprint);
        var again = await Hand.TellAsync(One, new BoxCommand.Add(1), "id-1", fingerprint);
        var elsewhere = await Hand.TellAsync(Two, new BoxCommand.Add(1), "id-1", [9]);
        first.Result.Should().Be(WriteResult.Stored);
        foreach (var write in new[] { again, elsewhere })
        {
            write.Result.Should().Be(WriteResult.AlreadyHandled);
            write.Handled!.Should().BeEquivalentTo(new HandledCommand(One.Key, 1, 1, fingerprint));
        }

        (await BoxOfAsync(One)).Sum.Should().Be(1);
        (await Store.LoadAsync(Two, None)).Should().BeNull();
        (await Hand.TellAsync(Hand.Box(1, "bolt"), new BoxCommand.Add(1), "id-1")).Result.Should().Be(WriteResult.Stored);

        await CloseAsync();
        (await Store.FindHandledAsync("acme", "id-1", None)).Should().BeEquivalentTo(new HandledCommand(One.Key, 1, 1, fingerprint));
        (await Store.FindHandledAsync("acme", "id-2", None)).Should().BeNull();
    }

    [Fact]
    public async Task A_command_id_takes_effect_once_in_one_batch_too()
    {
        var (first, _) = await Hand.JudgeAsync(One, new BoxCommand.Split(2), "id-1");
        var (second, _) = await Hand.JudgeAsync(Two, new BoxCommand.Add(1), "id-1");
        await Hand.WriteTogetherAsync(first, second);
        first.Result.Should().Be(WriteResult.Stored);
        second.Result.Should().Be(WriteResult.AlreadyHandled);
        second.Handled.Should().Be(new HandledCommand(One.Key, 2, 2, null));
    }

    [Fact]
    public async Task A_command_id_is_remembered_for_a_week_before_the_last_day_with_commands()
    {
        await TellOnDayAsync(0);
        await TellOnDayAsync(8);
        (await IsRememberedAsync(0)).Should().BeTrue("the last day before this one was day 0");
        await CloseAsync();
        await TellOnDayAsync(9);
        await ForgottenAsync(0);
        (await IsRememberedAsync(8)).Should().BeTrue();
        await CloseAsync();
        await TellOnDayAsync(40);
        (await IsRememberedAsync(8)).Should().BeTrue("a month without commands is no reason to forget");
        (await TellOnDayAsync(8)).Result.Should().Be(WriteResult.AlreadyHandled);
        await TellOnDayAsync(41);
        await ForgottenAsync(8);
        (await IsRememberedAsync(40)).Should().BeTrue();
        (await BoxOfAsync(One)).Sum.Should().Be(5);
    }

    [Fact]
    public async Task Many_command_ids_are_forgotten_a_few_with_each_commit()
    {
        await Hand.TellAsync(One, new BoxCommand.Add(1));
        var memory = new BoxBehaviour().Recall(One, await Store.LoadAsync(One, None));
        var writes = new List<GrainWrite>();
        for (var i = 0; i < 5_000; i++)
        {
            var (write, next) = Hand.Judge(memory, new BoxCommand.Add(1), $"many-{i}", at: Hand.Start);
            writes.Add(write);
            memory = next;
        }

        (await Hand.WriteTogetherAsync([.. writes])).Should().OnlyContain(write => write.Result == WriteResult.Stored);
        await TellOnDayAsync(20);
        await TellOnDayAsync(40);
        for (var commits = 0; await AnyIsRememberedAsync(); commits++)
        {
            commits.Should().BeLessThan(1_000);
            await Hand.TellAsync(One, new BoxCommand.Add(1), at: Hand.Start.AddDays(40));
        }

        async Task<bool> AnyIsRememberedAsync()
        {
            for (var i = 0; i < 5_000; i += 10)
            {
                if (await Store.FindHandledAsync("acme", $"many-{i}", None) is not null)
                {
                    return true;
                }
            }

            return false;
        }
    }

    [Fact]
    public async Task A_command_id_is_remembered_while_an_event_of_its_tenant_is_parked()
    {
        await Store.WriteParkedAsync(new("reader", "acme", 1, One.Key, 10, null, "poison"), None);
        await TellOnDayAsync(0);
        await TellOnDayAsync(0, "bolt");
        foreach (var day in new[] { 20, 40 })
        {
            await TellOnDayAsync(day);
        }

        (await IsRememberedAsync(0)).Should().BeTrue("replaying the event must not do again what was done of it");
        await ForgottenAsync(0, "bolt");
        await Store.WriteParkedAsync(new("reader", "acme", 1, One.Key, 0, null, ""), None);
        await TellOnDayAsync(41);
        await ForgottenAsync(0);
    }

    private Task<GrainWrite> TellOnDayAsync(int day, string tenant = "acme") =>
        Hand.TellAsync(Hand.Box(1, tenant), new BoxCommand.Add(1), $"day-{day}", at: Hand.Start.AddDays(day));

    /// <summary>A store may forget beside its writes, a moment later.</summary>
    private Task ForgottenAsync(int day, string tenant = "acme") => Until.TrueAsync(() => !IsRememberedAsync(day, tenant).GetAwaiter().GetResult(), $"day {day} to be forgotten");

    private async Task<bool> IsRememberedAsync(int day, string tenant = "acme") => await Store.FindHandledAsync(tenant, $"day-{day}", None) is not null;

    [Fact]
    public async Task Followers_are_told_of_a_commit_before_its_answer_and_can_read_it()
    {
        var told = new List<(long Position, bool WasAnswered)>();
        var answered = 0L;
        Store.Committed += writes =>
        {
            foreach (var write in writes)
            {
                told.Add((write.LastPosition, Volatile.Read(ref answered) >= write.LastPosition));
                Store.HeadOf("acme").Should().BeGreaterThanOrEqualTo(write.LastPosition);
            }
        };
        for (var i = 0; i < 20; i++)
        {
            var (write, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(1));
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            write.Completed = stored =>
            {
                Volatile.Write(ref answered, stored.LastPosition);
                done.SetResult();
            };
            Store.Write(write);
            await done.Task.SoonAsync();
        }

        told.Should().Equal(Enumerable.Range(1, 20).Select(position => ((long)position, false)));
    }

    [Fact]
    public async Task A_follower_that_throws_holds_up_nobody()
    {
        var faults = new List<Exception>();
        var told = 0;
        Store.Faulted += faults.Add;
        Store.Committed += _ => throw new InvalidOperationException("bug");
        Store.Committed += _ => told++;
        (await Hand.TellAsync(One, new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
        (await Hand.TellAsync(One, new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
        told.Should().Be(2);
        faults.Should().HaveCount(2);
        Store.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public async Task An_answer_that_throws_holds_up_nobody()
    {
        var (write, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(1));
        write.Completed = _ => throw new InvalidOperationException("bug");
        Store.Write(write);
        (await Hand.TellAsync(Two, new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
        Store.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public async Task A_write_that_can_never_be_stored_fails_alone()
    {
        await Hand.FillAsync(Two, new() { Group = "g", Amount = 1 });
        var (first, next) = await Hand.JudgeAsync(One, new BoxCommand.Add(1));
        var (broken, _) = await Hand.JudgeAsync(Hand.Box(3), new BoxCommand.Break());
        var (held, _) = await Hand.JudgeAsync(Two, new BoxCommand.Take("k"));
        var (second, _) = Hand.Judge(next, new BoxCommand.Take("k"));
        await Hand.WriteTogetherAsync(first, second, broken, held);
        broken.Result.Should().Be(WriteResult.Impossible);
        broken.Fault.Should().NotBeNull();
        first.Result.Should().Be(WriteResult.Stored);
        second.Result.Should().Be(WriteResult.Stored);
        held.Result.Should().Be(WriteResult.ClaimHeld);
        Store.IsHealthy.Should().BeTrue();
        Store.HeadOf("acme").Should().Be(3);
        (await BoxOfAsync(One)).Sum.Should().Be(1);
        (await Store.LoadAsync(Hand.Box(3), None)).Should().BeNull();
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
    }

    [Fact]
    public async Task A_closing_store_writes_what_it_took_and_answers_what_comes_too_late()
    {
        var writes = new List<GrainWrite>();
        for (var i = 0; i < 500; i++)
        {
            writes.Add((await Hand.JudgeAsync(Hand.Box(i), new BoxCommand.Add(1))).Write);
        }

        var store = Store;
        var hand = Hand;
        var answers = writes[..400].Select(hand.WriteAsync).ToList();
        var closing = CloseAsync();
        answers.AddRange(writes[400..].Select(hand.WriteAsync));
        await Task.WhenAll(answers).SoonAsync();
        await closing;
        (await hand.WriteAsync(writes[0])).Result.Should().Be(WriteResult.DurabilityUnknown);
        store.IsHealthy.Should().BeFalse();

        writes.Take(400).Skip(1).Should().OnlyContain(write => write.Result == WriteResult.Stored);
        var stored = writes.Count(write => write.Result == WriteResult.Stored) + 1;
        Store.HeadOf("acme").Should().Be(stored);
    }
}
