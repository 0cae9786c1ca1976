using System.Collections.Concurrent;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Engines;

/// <summary>What <see cref="IGrainEngine"/> promises.</summary>
public abstract class EngineSuite<TFixture> : RuntimeSuite<TFixture> where TFixture : IRuntimeFixture, new()
{
    [Fact]
    public async Task A_grain_is_loaded_when_first_spoken_to_and_goes_on_from_what_is_stored()
    {
        (await AddAsync(One, 5)).Should().Be(new Outcome(OutcomeKind.Committed, 1, 1, Grain: One.Key));
        (await AddAsync(One, 6)).Should().Be(new Outcome(OutcomeKind.Committed, 2, 2, Grain: One.Key));
        Store.Loads.Should().Be(1);
        await CloseAsync();
        (await AddAsync(One)).Version.Should().Be(3);
        (await BoxOfAsync(One)).Sum.Should().Be(12);
    }

    [Fact]
    public async Task One_grains_commands_are_judged_one_at_a_time_and_none_is_lost()
    {
        var underWay = 0;
        var most = 0;
        Boxes.Judging = (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            Thread.SpinWait(200);
            Interlocked.Decrement(ref underWay);
        };
        Open();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => AddAsync(One))));
        most.Should().Be(1);
        outcomes.Select(outcome => outcome.Version).Order().Should().Equal(Enumerable.Range(1, 500).Select(version => (long)version));
        (await BoxOfAsync(One)).Sum.Should().Be(500);
        (await JournalAsync()).Select(entry => entry.Version).Should().BeInAscendingOrder().And.HaveCount(500);
    }

    [Fact]
    public async Task A_grain_that_takes_long_holds_up_no_other()
    {
        using var goOn = new ManualResetEventSlim();
        Boxes.Judging = (memory, _) =>
        {
            if (memory.Grain == One)
            {
                goOn.Wait(Until.Patience);
            }
        };
        // an engine may judge on the thread of whoever asks
        var slow = Task.Run(async () => await AddAsync(One));
        (await AddAsync(Two)).Kind.Should().Be(OutcomeKind.Committed);
        slow.IsCompleted.Should().BeFalse();
        goOn.Set();
        (await slow).Kind.Should().Be(OutcomeKind.Committed);
    }

    [Fact]
    public async Task An_answer_waits_for_the_disk_and_so_does_one_judged_on_what_is_not_there_yet()
    {
        await AddAsync(One);
        Store.Hold();
        var added = AddAsync(One);
        await Until.TrueAsync(() => Store.Waiting == 1, "the write"); // on the way they could overtake each other
        var unchanged = TellAsync(One, new BoxCommand.Require(2));
        var refused = TellAsync(One, new BoxCommand.Require(3));
        var conflict = TellAsync(One, new BoxCommand.Add(1), expected: 1);
        (await AddTwoAsync()).Should().BeFalse("nothing that depends on the write is answered before it is on disk");
        Store.Release();
        (await added).Should().Be(new Outcome(OutcomeKind.Committed, 2, 2, Grain: One.Key));
        (await unchanged).Kind.Should().Be(OutcomeKind.Unchanged);
        (await refused).Refusal.Should().Be("low");
        (await conflict).Should().Be(new Outcome(OutcomeKind.VersionConflict, 2, Grain: One.Key));

        async Task<bool> AddTwoAsync()
        {
            // by the time that a grain which writes nothing has answered, the others would have
            await TellAsync(Two, new BoxCommand.Require(0));
            return added.IsCompleted || unchanged.IsCompleted || refused.IsCompleted || conflict.IsCompleted;
        }
    }

    [Fact]
    public async Task A_refusal_stores_nothing()
    {
        await AddAsync(One, BoxBehaviour.MostSum);
        (await AddAsync(One, 1, "id")).Should().Be(new Outcome(OutcomeKind.Refused, 1, Refusal: "full", Grain: One.Key));
        (await TellAsync(Two, new BoxCommand.Require(1))).Refusal.Should().Be("low");
        Store.HeadOf("acme").Should().Be(1);
        (await Store.LoadAsync(Two, None)).Should().BeNull();
        (await AddAsync(One, -1, "id")).Kind.Should().Be(OutcomeKind.Committed, "a refused command may be sent again once things have changed");
    }

    [Fact]
    public async Task An_expected_version_is_kept_to()
    {
        await AddAsync(One);
        await AddAsync(One);
        (await TellAsync(One, new BoxCommand.Add(1), expected: 1)).Should().Be(new Outcome(OutcomeKind.VersionConflict, 2, Grain: One.Key));
        (await TellAsync(Two, new BoxCommand.Add(1), expected: 1)).Should().Be(new Outcome(OutcomeKind.VersionConflict, Grain: Two.Key));
        Store.HeadOf("acme").Should().Be(2);
        (await TellAsync(One, new BoxCommand.Add(1), expected: 2)).Version.Should().Be(3);
        (await TellAsync(Two, new BoxCommand.Add(1), expected: 0)).Version.Should().Be(1);
    }

    [Fact]
    public async Task Of_many_that_expect_the_same_version_one_gets_it()
    {
        await AddAsync(One);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => TellAsync(One, new BoxCommand.Add(1), expected: 1))));
        outcomes.Count(outcome => outcome.Kind == OutcomeKind.Committed).Should().Be(1);
        outcomes.Count(outcome => outcome.Kind == OutcomeKind.VersionConflict).Should().Be(63);
        (await BoxOfAsync(One)).Sum.Should().Be(2);
    }

    [Fact]
    public async Task A_command_id_takes_effect_once_and_answers_what_it_answered_first()
    {
        var first = await TellAsync(One, new BoxCommand.Split(3), "id", [1]);
        await AddAsync(One);
        var handled = new Outcome(OutcomeKind.AlreadyHandled, 3, 3, Grain: One.Key);
        first.Should().Be(new Outcome(OutcomeKind.Committed, 3, 3, Grain: One.Key));
        (await TellAsync(One, new BoxCommand.Split(3), "id", [1])).Should().Be(handled);
        (await TellAsync(One, new BoxCommand.Split(3), "id")).Should().Be(handled);
        (await TellAsync(One, new BoxCommand.Split(3), "id", [1], expected: 0)).Should().Be(handled, "it is a repetition, whatever has happened since");
        (await TellAsync(Two, new BoxCommand.Add(1), "id", [1])).Should().Be(handled, "another grain handled it");
        (await TellAsync(One, new BoxCommand.Add(1), "id", [2])).Should().Be(new Outcome(OutcomeKind.CommandIdReused, Grain: One.Key));
        await CloseAsync();
        (await TellAsync(One, new BoxCommand.Split(3), "id", [1])).Should().Be(handled);
        (await BoxOfAsync(One)).Sum.Should().Be(4);
    }

    [Fact]
    public async Task A_command_id_sent_many_times_at_once_takes_effect_once()
    {
        Open();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => AddAsync(i % 10 == 9 ? Two : One, 1, "id"))));
        outcomes.Count(outcome => outcome.Kind == OutcomeKind.Committed).Should().Be(1);
        outcomes.Should().OnlyContain(outcome => outcome.Succeeded && outcome.Version == 1 && outcome.Position == 1);
        outcomes.Select(outcome => outcome.Grain).Distinct().Should().ContainSingle();
        Store.HeadOf("acme").Should().Be(1);
    }

    [Fact]
    public async Task A_command_that_had_nothing_to_do_still_does_nothing_when_sent_again()
    {
        await AddAsync(One, 5);
        (await TellAsync(One, new BoxCommand.Require(5), "id")).Kind.Should().Be(OutcomeKind.Unchanged);
        await AddAsync(One, -5);
        (await TellAsync(One, new BoxCommand.Require(5), "id")).Should().Be(new Outcome(OutcomeKind.AlreadyHandled, 1, Grain: One.Key));
    }

    [Fact]
    public async Task A_key_held_by_another_grain_is_refused_and_names_the_holder()
    {
        await TellAsync(One, new BoxCommand.Take("k"));
        (await TellAsync(Two, new BoxCommand.Take("k"))).Should().Be(new Outcome(OutcomeKind.ClaimHeld, ClaimedKey: "k", Holder: One.Key, Grain: Two.Key));
        (await AddAsync(Two)).Version.Should().Be(1);
        var many = await Task.WhenAll(Enumerable.Range(10, 50).Select(i => Task.Run(() => TellAsync(Hand.Box(i), new BoxCommand.Take("rare")))));
        many.Count(outcome => outcome.Kind == OutcomeKind.Committed).Should().Be(1);
        many.Count(outcome => outcome.Kind == OutcomeKind.ClaimHeld).Should().Be(49);
    }

    [Fact]
    public async Task A_write_that_fails_fails_alone_and_what_was_judged_after_it_is_judged_again()
    {
        await AddAsync(One, 1);
        Store.FailWrite = write => write.CommandId == "fails" ? WriteResult.StorageFull : null;
        Store.Hold();
        var judged = 0;
        Boxes.Judging = (_, _) => Interlocked.Increment(ref judged);
        var before = AddAsync(One, 10);
        await Until.TrueAsync(() => Volatile.Read(ref judged) == 1, "the first to be judged"); // on the way they could overtake each other
        var failing = AddAsync(One, BoxBehaviour.MostSum - 11, "fails");
        await Until.TrueAsync(() => Volatile.Read(ref judged) == 2, "the second to be judged");
        var refusedOnIt = AddAsync(One, 100);
        await Until.TrueAsync(() => Volatile.Read(ref judged) == 3, "the third to be judged");
        var after = AddAsync(One, -1);
        await Until.TrueAsync(() => Store.Waiting == 3, "the three writes");
        Store.Release();
        (await before).Version.Should().Be(2);
        (await failing).Should().Be(new Outcome(OutcomeKind.StorageFull, Grain: One.Key));
        (await refusedOnIt).Should().Be(new Outcome(OutcomeKind.Committed, 3, 3, Grain: One.Key), "it was refused because of what never happened");
        (await after).Version.Should().Be(4);
        (await BoxOfAsync(One)).Sum.Should().Be(110);
        (await AddAsync(One, 1, "fails")).Kind.Should().Be(OutcomeKind.StorageFull);
        Store.FailWrite = null;
        (await AddAsync(One, 1, "fails")).Version.Should().Be(5);
    }

    [Fact]
    public async Task An_unknown_outcome_is_said_to_be_unknown()
    {
        Store.FailWrite = _ => WriteResult.DurabilityUnknown;
        (await AddAsync(One)).Should().Be(new Outcome(OutcomeKind.DurabilityUnknown, Grain: One.Key));
    }

    [Fact]
    public async Task What_is_answered_is_what_is_stored_however_many_writes_fail()
    {
        var random = new Random(7);
        Store.FailWrite = _ => random.Next(4) == 0 ? WriteResult.StorageFull : random.Next(5) == 0 ? WriteResult.Superseded : null;
        var sums = new ConcurrentDictionary<GrainId, long>();
        Open();
        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => Task.Run(async () =>
        {
            var grain = Hand.Box(i % 5);
            var outcome = await AddAsync(grain, i);
            if (outcome.Succeeded)
            {
                sums.AddOrUpdate(grain, i, (_, sum) => sum + i);
            }
        })));
        foreach (var (grain, sum) in sums)
        {
            (await BoxOfAsync(grain)).Sum.Should().Be(sum);
        }

        sums.Should().HaveCount(5);
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
    }

    [Fact]
    public async Task Two_activations_of_one_grain_lose_nothing()
    {
        await using var other = StartAnother();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            var engine = i % 2 == 0 ? Engine : other.Engine;
            Outcome outcome;
            do
            {
                // after losing the race too often it says so, and may be sent again
                outcome = await engine.TellAsync(new(One, new BoxCommand.Add(1), Sender.System, $"id-{i}"), None).SoonAsync();
            }
            while (outcome.Kind == OutcomeKind.VersionConflict);

            return outcome;
        })));
        outcomes.Should().OnlyContain(outcome => outcome.Kind == OutcomeKind.Committed);
        outcomes.Select(outcome => outcome.Version).Order().Should().Equal(Enumerable.Range(1, 40).Select(version => (long)version));
        (await BoxOfAsync(One)).Sum.Should().Be(40);
    }

    [Fact]
    public async Task A_command_whose_judgement_throws_fails_and_the_grain_lives_on()
    {
        await AddAsync(One);
        await FluentActions.Awaiting(() => TellAsync(One, new BoxCommand.Explode())).Should().ThrowAsync<InvalidOperationException>().WithMessage("boom");
        await FluentActions.Awaiting(() => TellAsync(One, new BoxCommand.Break())).Should().ThrowAsync<Exception>();
        (await AddAsync(One)).Version.Should().Be(2);
    }

    [Fact]
    public async Task A_grain_that_cannot_be_loaded_fails_that_command_and_is_loaded_for_the_next()
    {
        await AddAsync(One, 5);
        await CloseAsync();
        var failures = 1;
        Store.Fail = member => member is nameof(IGrainStore.LoadAsync) or nameof(IGrainStore.RecallAsync) && Interlocked.Decrement(ref failures) >= 0;
        await FluentActions.Awaiting(() => AddAsync(One)).Should().ThrowAsync<IOException>();
        (await AddAsync(One)).Version.Should().Be(2);
    }

    [Fact]
    public async Task A_grain_wrongly_called_fresh_is_judged_again_on_what_is_stored()
    {
        await AddAsync(One, 5);
        await CloseAsync();
        (await TellAsync(One, new BoxCommand.Add(1), isFresh: true)).Version.Should().Be(2);
        (await BoxOfAsync(One)).Sum.Should().Be(6);
    }

    [Fact]
    public async Task There_is_nothing_of_an_unknown_kind() =>
        await FluentActions.Awaiting(() => AddAsync(new("acme", "nothing", Guid.Empty))).Should().ThrowAsync<ArgumentException>();

    [Fact]
    public async Task Too_much_in_one_grain_is_turned_away_and_other_grains_are_not()
    {
        Limits = new(MostWaitingInOneGrain: 10);
        Store.Hold();
        var waiting = Enumerable.Range(0, 10).Select(_ => AddAsync(One)).ToList();
        await Until.TrueAsync(() => Store.Waiting == 10, "those there is room for"); // on the way they could overtake each other
        (await AddAsync(One)).Kind.Should().Be(OutcomeKind.Overloaded);
        var other = AddAsync(Two);
        await Until.TrueAsync(() => Store.Waiting == 11, "all writes");
        Store.Release();
        (await Task.WhenAll(waiting)).Should().OnlyContain(outcome => outcome.Kind == OutcomeKind.Committed);
        (await other).Kind.Should().Be(OutcomeKind.Committed);
        (await AddAsync(One)).Version.Should().Be(11, "what was turned away did not happen, and there is room again");
    }

    [Fact]
    public async Task Too_much_in_all_grains_together_is_turned_away()
    {
        Limits = new(MostWaiting: 10);
        Store.Hold();
        var waiting = Enumerable.Range(1, 10).Select(i => AddAsync(Hand.Box(i))).ToList();
        (await AddAsync(Hand.Box(11))).Kind.Should().Be(OutcomeKind.Overloaded);
        Store.Release();
        await Task.WhenAll(waiting);
        (await AddAsync(Hand.Box(11))).Version.Should().Be(1);
    }

    [Fact]
    public async Task Draining_answers_what_was_taken_and_takes_no_more()
    {
        await Running.Engine.TellAsync(new(One, new BoxCommand.Add(1), Sender.System), None);
        Store.Hold();
        var taken = Enumerable.Range(0, 20).Select(i => AddAsync(Hand.Box(i))).ToList();
        var drained = Running.DrainAsync(None);
        (await AddAsync(Two)).Kind.Should().Be(OutcomeKind.Overloaded);
        drained.IsCompleted.Should().BeFalse();
        Store.Release();
        await drained.SoonAsync();
        taken.Should().OnlyContain(task => task.Result.Kind == OutcomeKind.Committed, "they were answered before it was drained");
        await Running.DrainAsync(None).SoonAsync();
    }

    [Fact]
    public async Task An_idle_grain_is_put_away_and_comes_back_as_it_was()
    {
        await AddAsync(One, 5);
        Running.ActiveCount.Should().Be(1);
        var loads = Store.Loads;
        await Running.PutAwayIdleAsync();
        await Until.TrueAsync(() => Running.ActiveCount == 0, "the grain to be put away");
        (await AddAsync(One)).Version.Should().Be(2);
        Store.Loads.Should().Be(loads + 1);
        (await BoxOfAsync(One)).Sum.Should().Be(6);
    }

    [Fact]
    public async Task A_grain_with_a_command_under_way_is_not_put_away()
    {
        Store.Hold();
        var held = AddAsync(One);
        await Until.TrueAsync(() => Store.Waiting == 1, "the write");
        await Running.PutAwayIdleAsync();
        Running.ActiveCount.Should().Be(1);
        var behind = AddAsync(One);
        Store.Release();
        (await held).Version.Should().Be(1);
        (await behind).Version.Should().Be(2);
        Store.Loads.Should().Be(1);
    }

    [Fact]
    public async Task Grains_put_away_under_load_lose_nothing()
    {
        using var stop = new CancellationTokenSource();
        var sweeping = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Running.PutAwayIdleAsync();
            }
        });
        for (var round = 0; round < 50; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => AddAsync(Hand.Box(i % 4)))));
        }

        await stop.CancelAsync();
        await sweeping.SoonAsync();
        for (var i = 0; i < 4; i++)
        {
            (await BoxOfAsync(Hand.Box(i))).Sum.Should().Be(250);
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_waiting_and_not_the_command()
    {
        using var cancel = new CancellationTokenSource();
        Store.Hold();
        var told = Engine.TellAsync(new(One, new BoxCommand.Add(1), Sender.System), cancel.Token).AsTask();
        await Until.TrueAsync(() => Store.Waiting == 1, "the write");
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => told.SoonAsync()).Should().ThrowAsync<OperationCanceledException>();
        Store.Release();
        (await AddAsync(One)).Version.Should().Be(2);
    }

    [Fact]
    public async Task Times_never_run_backwards_in_a_tenants_journal()
    {
        var start = Time.GetUtcNow();
        await AddAsync(One);
        await TellAsync(Two, new BoxCommand.Add(1), now: start.AddSeconds(5));
        await AddAsync(One);
        await TellAsync(Hand.Box(1, "bolt"), new BoxCommand.Add(1), now: start.AddSeconds(-5));
        Time.Advance(TimeSpan.FromSeconds(7));
        await AddAsync(One);
        (await JournalAsync()).Select(entry => (entry.At - start).TotalSeconds).Should().Equal(0, 5, 5, 7);
        (await JournalAsync("bolt")).Select(entry => (entry.At - start).TotalSeconds).Should().Equal(-5);
    }
}
