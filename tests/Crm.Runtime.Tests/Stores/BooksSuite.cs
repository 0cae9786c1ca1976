using System.Text;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>What a store keeps beside grains and their journal: clocks, totals, effects, cursors, parked entries and secrets.</summary>
public abstract class BooksSuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    private static readonly GrainId One = Hand.Box(1);

    [Fact]
    public async Task Clocks_are_set_moved_and_stopped_with_the_events()
    {
        await SetClocksAsync(One, ("b", 20), ("a", 10));
        await SetClocksAsync(Hand.Box(1, "bolt"), ("a", 15));
        await SetClocksAsync(Hand.Box(1, kind: "lid"), ("a", 12));
        (await ClocksAsync(until: 100)).Should().Equal("acme/box/a/10", "acme/lid/a/12", "bolt/box/a/15", "acme/box/b/20");
        (await ClocksAsync(until: 15)).Should().Equal("acme/box/a/10", "acme/lid/a/12", "bolt/box/a/15");
        (await ClocksAsync(until: 100, limit: 1)).Should().Equal("acme/box/a/10");

        await SetClocksAsync(One, ("a", 40));
        (await ClocksAsync(until: 100)).Should().Equal("acme/lid/a/12", "bolt/box/a/15", "acme/box/a/40");
        await CloseAsync();
        (await ClocksAsync(until: 100)).Should().Equal("acme/lid/a/12", "bolt/box/a/15", "acme/box/a/40");
        var due = (await Store.ReadClocksAsync(Hand.Start.AddMinutes(12), 1, None))[0];
        due.Should().Be(new DueClock(Hand.Box(1, kind: "lid"), "a", Hand.Start.AddMinutes(12)));
    }

    [Fact]
    public async Task Totals_follow_every_commit_and_survive_a_restart()
    {
        await CountAsync(1, "g", 150);
        await CountAsync(2, "g", -75);
        await CountAsync(3, "h", 1);
        Totals().Should().Equal(("g", 2, 75), ("h", 1, 1));
        await CountAsync(3, null, 0);
        Totals().Should().Equal([("g", 2, 75)], "a total that is back to nothing is left out");
        await CountAsync(1, "h", 200);
        Totals().Should().Equal(("g", 1, -75), ("h", 1, 200));
        Store.Tallies.Read("acme", "lid").Should().BeEmpty();
        Store.Tallies.Read("bolt", "box").Should().BeEmpty();
        await CloseAsync();
        Totals().Should().Equal(("g", 1, -75), ("h", 1, 200));
    }

    [Fact]
    public async Task Totals_are_known_for_the_end_of_every_day()
    {
        await CountAsync(1, "g", 150, day: 0);
        await CountAsync(2, "g", 50, day: 1);
        await CountAsync(1, "h", 150, day: 1);
        await CountAsync(2, null, 0, day: 4);
        (await TotalsAtAsync(-1)).Should().BeEmpty();
        (await TotalsAtAsync(0)).Should().Equal(("g", 1, 150));
        (await TotalsAtAsync(1)).Should().Equal(("g", 1, 50), ("h", 1, 150));
        (await TotalsAtAsync(3)).Should().Equal(("g", 1, 50), ("h", 1, 150));
        (await TotalsAtAsync(4)).Should().Equal(("h", 1, 150));
        (await TotalsAtAsync(9)).Should().Equal(Totals());
    }

    [Fact]
    public async Task Totals_go_far_beyond_64_bits()
    {
        // 62 a day, for one row of a day holds 99 of the largest amounts
        for (var i = 0; i < 248; i++)
        {
            await CountAsync(i, "g", i % 4 == 3 ? long.MinValue + 1 : long.MaxValue, day: i / 62);
        }

        var (all, firstDay) = ((Int128)long.MaxValue * 124, (Int128)long.MaxValue * (47 - 15));
        Totals().Should().Equal(("g", 248, all));
        (await TotalsAtAsync(0)).Should().Equal(("g", 62, firstDay));
        await CloseAsync();
        Totals().Should().Equal(("g", 248, all));
        (await TotalsAtAsync(3)).Should().Equal(("g", 248, all));
        Store.Tallies.Read("acme", "box")[0].Value.Amount.Should().Be((decimal)all / 100m);
    }

    [Fact]
    public async Task A_change_that_no_total_can_hold_fails_alone()
    {
        await CountAsync(0, "g", long.MaxValue);
        WriteResult? failed = null;
        for (var i = 1; i < 120 && failed is null; i++)
        {
            var write = await CountAsync(i, "g", long.MaxValue);
            failed = write.Result == WriteResult.Stored ? null : write.Result;
        }

        (failed ?? WriteResult.Impossible).Should().Be(WriteResult.Impossible);
        Store.IsHealthy.Should().BeTrue();
        (await CountAsync(500, "h", 1)).Result.Should().Be(WriteResult.Stored);
    }

    [Fact]
    public async Task Effects_wait_until_they_are_done_or_parked()
    {
        await Hand.FillAsync(One, new() { Mails = ["m1", "m2"] });
        await Hand.FillAsync(Hand.Box(2, "bolt"), new() { Mails = ["m3"] });
        var due = await Store.ReadEffectsAsync(Hand.Start.AddHours(1), 10, None);
        due.Select(effect => (effect.Tenant, effect.Kind, effect.DedupeKey, effect.Attempts)).Should().Equal(("acme", "mail", "m1", 0), ("acme", "mail", "m2", 0), ("bolt", "mail", "m3", 0));
        Encoding.UTF8.GetString(due[0].Payload).Should().Be("\"m1\"");
        (await Store.ReadEffectsAsync(Hand.Start.AddSeconds(-1), 10, None)).Should().BeEmpty();
        (await Store.ReadEffectsAsync(Hand.Start.AddHours(1), 2, None)).Should().HaveCount(2);

        await Store.WriteEffectAsync(due[0].Id, null, None);
        await Store.WriteEffectAsync(due[1].Id, new(1, Hand.Start.AddHours(2), "busy"), None);
        await Store.WriteEffectAsync(due[2].Id, new(10, null, "gave up"), None);
        (await Store.ReadEffectsAsync(Hand.Start.AddHours(1), 10, None)).Should().BeEmpty();
        await CloseAsync();
        (await Store.ReadEffectsAsync(Hand.Start.AddDays(9), 10, None)).Should().ContainSingle().Which.Should().Match<PendingEffect>(effect => effect.DedupeKey == "m2" && effect.Attempts == 1);
    }

    [Fact]
    public async Task A_repeated_or_refused_command_leaves_no_effect()
    {
        await Hand.TellAsync(One, new BoxCommand.Fill(new() { Mails = ["m"] }), "id-1");
        await Hand.TellAsync(One, new BoxCommand.Fill(new() { Mails = ["m", "n"] }), "id-1");
        (await Store.ReadEffectsAsync(Hand.Start.AddHours(1), 10, None)).Should().ContainSingle();
    }

    [Fact]
    public async Task Secrets_are_kept_replaced_and_removed()
    {
        (await Store.ReadSecretAsync("key", None)).Should().BeNull();
        await Store.WriteSecretAsync("key", [1, 2, 3], None);
        await Store.WriteSecretAsync("other", [], None);
        await Store.WriteSecretAsync("key", [4], None);
        await CloseAsync();
        (await Store.ReadSecretAsync("key", None)).Should().Equal(4);
        (await Store.ReadSecretAsync("other", None)).Should().BeEmpty();
        await Store.WriteSecretAsync("key", null, None);
        (await Store.ReadSecretAsync("key", None)).Should().BeNull();
    }

    [Fact]
    public async Task Cursors_belong_to_a_reader_and_a_tenant()
    {
        (await Store.ReadCursorAsync("reader", "acme", None)).Should().Be(0);
        await Store.WriteCursorAsync("reader", "acme", 5, None);
        await Store.WriteCursorAsync("reader", "bolt", 6, None);
        await Store.WriteCursorAsync("other", "acme", 7, None);
        await Store.WriteCursorAsync("reader", "acme", 8, None);
        await CloseAsync();
        (await Store.ReadCursorAsync("reader", "acme", None)).Should().Be(8);
        (await Store.ReadCursorAsync("reader", "bolt", None)).Should().Be(6);
        (await Store.ReadCursorAsync("other", "acme", None)).Should().Be(7);
        (await Store.ReadCursorAsync("other", "bolt", None)).Should().Be(0);
    }

    [Fact]
    public async Task Parked_entries_are_kept_replaced_and_removed()
    {
        var late = new ParkedEntry("reader", "acme", 9, One.Key, 1, Hand.Start, "busy");
        var early = new ParkedEntry("reader", "acme", 3, One.Key, 10, null, "gave up");
        var another = new ParkedEntry("other", "acme", 3, One.Key, 2, null, "no");
        foreach (var entry in new[] { late, early, another })
        {
            await Store.WriteParkedAsync(entry, None);
        }

        await Store.WriteParkedAsync(late with { Attempts = 2, RetryAt = null }, None);
        await CloseAsync();
        (await Store.ReadParkedAsync("reader", None)).Should().Equal(early, late with { Attempts = 2, RetryAt = null });
        await Store.WriteParkedAsync(early with { Attempts = 0 }, None);
        (await Store.ReadParkedAsync("reader", None)).Should().ContainSingle();
        (await Store.ReadParkedAsync("other", None)).Should().Equal(another);
    }

    private Task<GrainWrite> SetClocksAsync(GrainId grain, params (string Name, int Minute)[] clocks) =>
        Hand.FillAsync(grain, new() { Clocks = clocks.ToDictionary(clock => clock.Name, clock => Hand.Start.AddMinutes(clock.Minute)) });

    private async Task<IEnumerable<string>> ClocksAsync(int until, int limit = 100) =>
        (await Store.ReadClocksAsync(Hand.Start.AddMinutes(until), limit, None))
            .Select(clock => $"{clock.Grain.Tenant}/{clock.Grain.Kind}/{clock.Name}/{(clock.DueAt - Hand.Start).TotalMinutes}");

    private Task<GrainWrite> CountAsync(int box, string? group, long amount, int day = 0) =>
        Hand.TellAsync(Hand.Box(box), new BoxCommand.Fill(new() { Group = group, Amount = amount }), at: Hand.Start.AddDays(day));

    private IEnumerable<(string, long, Int128)> Totals() =>
        Store.Tallies.Read("acme", "box").OrderBy(total => total.Key, StringComparer.Ordinal).Select(total => (total.Key, total.Value.Count, total.Value.Hundredths));

    private async Task<IEnumerable<(string, long, Int128)>> TotalsAtAsync(int day) =>
        (await Store.TalliesAtEndOfAsync("acme", "box", DateOnly.FromDateTime(Hand.Start.Date).DayNumber + day, None))
            .OrderBy(total => total.Key, StringComparer.Ordinal).Select(total => (total.Key, total.Value.Count, total.Value.Hundredths));
}
