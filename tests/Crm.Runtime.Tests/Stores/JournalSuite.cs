using System.Text;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>What the journal promises: to be read from anywhere, to notice what was changed, and that everything else can be made from it again.</summary>
public abstract class JournalSuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    private static readonly GrainId One = Hand.Box(1);
    private static readonly GrainId Two = Hand.Box(2);

    [Fact]
    public async Task Entries_come_back_as_they_were_recorded()
    {
        var by = new Sender(SenderKind.Import, Guid.Parse("0195e2a0-0000-7000-8000-000000000001"));
        var turn = new BoxBehaviour().Decide(new BoxMemory(One, 0, new(), new(new())), new(One, new BoxCommand.Add(5), by, "id-\0-1"), Hand.Start.AddMilliseconds(7));
        await Hand.WriteAsync(turn.Write!);
        var entry = (await Store.ReadJournalAsync("acme", 0, 10, null, None)).Should().ContainSingle().Subject;
        entry.Should().BeEquivalentTo(new
        {
            Tenant = "acme",
            Position = 1L,
            At = Hand.Start.AddMilliseconds(7),
            Kind = "box",
            One.Key,
            Version = 1L,
            Type = "box-added-v1",
            ByKind = SenderKind.Import,
            By = by.Id,
            CommandId = "id-\0-1",
            Previous = 0L,
        });
        Encoding.UTF8.GetString(entry.Payload).Should().Be("""{"$type":"box-added-v1","By":5}""");
        entry.PayloadHash.Should().Equal(HashChain.HashPayload(entry.Salt, entry.Payload));
    }

    [Fact]
    public async Task The_journal_is_read_from_any_position_and_by_type()
    {
        for (var i = 0; i < 10; i++)
        {
            await Hand.TellAsync(Hand.Box(i), new BoxCommand.Add(1));
            await Hand.FillAsync(Hand.Box(i), new() { Name = $"{i}" });
        }

        (await PositionsAsync(0, 5, null)).Should().Equal(1, 2, 3, 4, 5);
        (await PositionsAsync(17, 5, null)).Should().Equal(18, 19, 20);
        (await PositionsAsync(20, 5, null)).Should().BeEmpty();
        (await PositionsAsync(long.MaxValue, 5, null)).Should().BeEmpty();
        (await PositionsAsync(-5, 2, null)).Should().Equal(1, 2);
        (await PositionsAsync(3, 3, ["box-filled-v1"])).Should().Equal(4, 6, 8);
        (await PositionsAsync(17, 9, ["box-filled-v1", "box-added-v1", "box-unknown-v1"])).Should().Equal(18, 19, 20);
        (await PositionsAsync(0, 9, [])).Should().BeEmpty();
    }

    [Fact]
    public async Task A_journal_put_into_another_store_makes_the_same_tenant()
    {
        for (var i = 0; i < 10; i++)
        {
            await Hand.TellAsync(Hand.Box(i % 3), new BoxCommand.Add(1));
            await Hand.FillAsync(Hand.Box(i % 3), new() { Name = $"{i}", Terms = "found", Group = "g", Amount = i });
        }

        var entries = await Store.ReadJournalAsync("acme", 0, 100, null, None);
        var totals = Store.Tallies.Read("acme", "box");
        var card = (await Store.LoadAsync(One, None))!.Card;
        await Store.DeleteTenantAsync("acme", None);

        await FluentActions.Awaiting(() => Store.ReceiveAsync("acme", entries.Take(7).Concat(entries.Skip(8)), [], None)).Should().ThrowAsync<InvalidOperationException>("one is left out");
        await FluentActions.Awaiting(() => Store.ReceiveAsync("bolt", entries, [], None)).Should().ThrowAsync<InvalidOperationException>("they are another tenant's");
        await Store.ReceiveAsync("acme", entries, [], None);

        Store.HeadOf("acme").Should().Be(entries.Count);
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
        (await Store.ReadJournalAsync("acme", 0, 100, null, None)).Should().BeEquivalentTo(entries, options => options.WithStrictOrdering());
        (await Store.LoadAsync(One, None))!.Card.Should().Equal(card);
        Store.Tallies.Read("acme", "box").Should().BeEquivalentTo(totals);
        Store.HeadOf("bolt").Should().Be(0);
    }

    [Fact]
    public async Task A_grains_history_is_read_backwards_page_by_page()
    {
        for (var i = 0; i < 12; i++)
        {
            await Hand.TellAsync(i % 2 == 0 ? One : Two, new BoxCommand.Split(i % 3 + 1));
        }

        var expected = (await Store.ReadJournalAsync("acme", 0, 100, null, None)).Where(entry => entry.Key == One.Key).Select(entry => entry.Position).Reverse().ToList();
        (await HistoryAsync(One, null, 100)).Should().Equal(expected);
        (await HistoryAsync(One, long.MaxValue, 100)).Should().Equal(expected);
        var walked = new List<long>();
        for (long? from = null; from != 0;)
        {
            var page = await Store.ReadHistoryAsync(One, from, 5, None);
            walked.AddRange(page.Select(entry => entry.Position));
            from = page[^1].Previous;
        }

        walked.Should().Equal(expected);
        (await HistoryAsync(One, expected[3], 2)).Should().Equal(expected[3], expected[4]);
        var another = (await HistoryAsync(Two, null, 100))[^1];
        (await HistoryAsync(One, another, 5)).Should().BeEmpty("that position is another grain's");
        (await HistoryAsync(Hand.Box(99), null, 5)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_position_is_found_by_its_time()
    {
        for (var i = 0; i < 20; i++)
        {
            await Hand.TellAsync(One, new BoxCommand.Add(1), at: Hand.Start.AddMinutes(i / 2));
        }

        (await FindAsync(Hand.Start.AddDays(-1))).Should().Be(1);
        (await FindAsync(Hand.Start)).Should().Be(1);
        (await FindAsync(Hand.Start.AddTicks(1))).Should().Be(1, "times are kept in milliseconds");
        (await FindAsync(Hand.Start.AddMilliseconds(1))).Should().Be(3);
        (await FindAsync(Hand.Start.AddMinutes(5))).Should().Be(11);
        (await FindAsync(Hand.Start.AddMinutes(9))).Should().Be(19);
        (await FindAsync(Hand.Start.AddMinutes(10))).Should().Be(21, "that is one past the head");
        (await Store.FindPositionAsync("nobody", Hand.Start, None)).Should().Be(1);
    }

    [Theory]
    [InlineData(Tampering.FlipPayload, 4, 0, 4)]
    [InlineData(Tampering.FlipPayload, 1, 0, 1)]
    [InlineData(Tampering.ChangeType, 5, 0, 5)]
    [InlineData(Tampering.Delete, 1, 0, 1)]
    [InlineData(Tampering.Delete, 6, 0, 6)]
    [InlineData(Tampering.Delete, 10, 0, 10)]
    [InlineData(Tampering.Swap, 3, 7, 3)]
    [InlineData(Tampering.ErasePayload, 3, 0, 0)]
    public async Task Verifying_names_the_first_entry_that_was_tampered_with(Tampering how, long position, long other, long wrong)
    {
        for (var i = 0; i < 10; i++)
        {
            await Hand.TellAsync(Hand.Box(i % 3), new BoxCommand.Add(11));
            await Hand.TellAsync(Hand.Box(i % 3, "bolt"), new BoxCommand.Add(11));
        }

        (await Store.VerifyAsync("acme", None)).Should().BeNull();
        await CloseAsync();
        Fixture.Tamper("acme", how, position, other);
        (await Store.VerifyAsync("acme", None))?.Position.Should().Be(wrong);
        if (wrong > 0)
        {
            (await Store.VerifyAsync("acme", None)).Should().NotBeNull();
        }

        (await Store.VerifyAsync("bolt", None)).Should().BeNull();
        (await Store.VerifyAsync("nobody", None)).Should().BeNull();
    }

    [Fact]
    public async Task Rebuilding_gives_the_same_rows_and_the_same_search()
    {
        await LiveALittleAsync(rounds: 150);
        await CloseAsync();
        var before = Fixture.Dump();
        var (searchBefore, talliesBefore) = await LookAsync();
        await Store.RebuildAsync("acme", None);
        (await LookAsync()).Should().BeEquivalentTo((searchBefore, talliesBefore));
        await CloseAsync();
        Fixture.Dump().Should().Equal(before);
        (await LookAsync()).Should().BeEquivalentTo((searchBefore, talliesBefore));
    }

    [Fact]
    public async Task A_grain_in_memory_is_written_on_after_a_rebuild()
    {
        await Hand.TellAsync(Hand.Box(1, "bolt"), new BoxCommand.Add(1));
        await Hand.TellAsync(One, new BoxCommand.Add(1));
        var (write, _) = await Hand.JudgeAsync(One, new BoxCommand.Add(1));
        await Store.RebuildAsync("acme", None);
        await Store.RebuildAsync("bolt", None);
        (await Hand.WriteAsync(write)).Result.Should().Be(WriteResult.Stored);
    }

    [Fact]
    public async Task Rebuilding_one_tenant_does_not_touch_what_others_write_meanwhile()
    {
        await Hand.FillAsync(One, new() { Group = "g", Amount = 100 });
        await Hand.FillAsync(Hand.Box(1, "bolt"), new() { Group = "g", Amount = 100 });
        var (mine, _) = await Hand.JudgeAsync(Two, new BoxCommand.Fill(new() { Group = "g", Amount = 10 }));
        var (theirs, _) = await Hand.JudgeAsync(Hand.Box(2, "bolt"), new BoxCommand.Fill(new() { Group = "g", Amount = 10 }));
        var rebuilt = Task.CompletedTask;
        void RebuildOnce(IReadOnlyList<GrainWrite> writes)
        {
            if (writes[0].Grain.Tenant == "stopper")
            {
                // into the batch that gathers behind this one
                rebuilt = Store.RebuildAsync("acme", None);
            }
        }

        Store.Committed += RebuildOnce;
        await Hand.WriteTogetherAsync(mine, theirs);
        await rebuilt.SoonAsync();
        Store.Committed -= RebuildOnce;
        foreach (var tenant in new[] { "acme", "bolt" })
        {
            Store.Tallies.Read(tenant, "box").Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("g", new TallyTotal(2, 110)));
        }

        await CloseAsync();
        foreach (var tenant in new[] { "acme", "bolt" })
        {
            Store.Tallies.Read(tenant, "box").Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("g", new TallyTotal(2, 110)));
        }
    }

    [Fact]
    public async Task An_erased_event_counts_in_a_rebuild_but_changes_nothing()
    {
        await Hand.TellAsync(One, new BoxCommand.Add(1));
        await Hand.TellAsync(One, new BoxCommand.Add(10));
        await Hand.TellAsync(One, new BoxCommand.Add(100));
        await CloseAsync();
        Fixture.Tamper("acme", Tampering.ErasePayload, 2);
        await Store.RebuildAsync("acme", None);
        (await BoxOfAsync(One)).Sum.Should().Be(101);
        (await Store.LoadAsync(One, None))!.Version.Should().Be(3);
        (await Hand.TellAsync(One, new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
        (await Store.ReadHistoryAsync(One, null, 10, None)).Select(entry => entry.Version).Should().Equal(4, 3, 2, 1);
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
    }

    [Fact]
    public async Task Erasing_empties_a_grains_entries_up_to_a_version_and_the_chain_holds()
    {
        await Hand.TellAsync(One, new BoxCommand.Add(1));
        await Hand.TellAsync(Two, new BoxCommand.Add(2));
        await Hand.TellAsync(One, new BoxCommand.Add(10));
        await Hand.TellAsync(One, new BoxCommand.Add(100));

        await Store.EraseAsync(One, 2, None);
        await Store.EraseAsync(One, 2, None);
        await Store.EraseAsync(Hand.Box(99), 2, None);

        var entries = await Store.ReadJournalAsync("acme", 0, 10, null, None);
        entries.Where(entry => entry.Payload.Length == 0).Select(entry => (entry.Key, entry.Version)).Should().Equal((One.Key, 1), (One.Key, 2));
        entries.Where(entry => entry.Payload.Length == 0).Should().OnlyContain(entry => entry.Salt.Length == 0 && entry.PayloadHash.Length == HashChain.Size);
        (await BoxOfAsync(One)).Sum.Should().Be(111, "what the grain is now stays");
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
        (await Hand.TellAsync(One, new BoxCommand.Add(1_000))).Result.Should().Be(WriteResult.Stored);
        await CloseAsync();
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
        await Store.RebuildAsync("acme", None);
        (await BoxOfAsync(One)).Sum.Should().Be(1_100, "what was erased changes nothing in a rebuild");
    }

    [Fact]
    public async Task A_rebuild_that_fails_leaves_everything_as_it_was()
    {
        await LiveALittleAsync(rounds: 20);
        var parts = await Hand.TellAsync(Hand.Box(50), new BoxCommand.Split(3));
        await CloseAsync();
        Fixture.Tamper("acme", Tampering.Delete, parts.LastPosition - 1);
        var before = Fixture.Dump();
        var look = await LookAsync();
        await FluentActions.Awaiting(() => Store.RebuildAsync("acme", None)).Should().ThrowAsync<InvalidOperationException>();
        (await LookAsync()).Should().BeEquivalentTo(look);
        Store.IsHealthy.Should().BeTrue();
        await CloseAsync();
        Fixture.Dump().Should().Equal(before);
        (await Hand.TellAsync(One, new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
    }

    [Fact]
    public async Task Rebuilding_an_unknown_tenant_does_nothing()
    {
        await Store.RebuildAsync("nobody", None);
        Store.Tenants.Should().BeEmpty();
    }

    /// <summary>Two tenants whose boxes and lids come, change, claim, hide, tick and are found.</summary>
    private async Task LiveALittleAsync(int rounds)
    {
        var random = new Random(11);
        for (var i = 0; i < rounds; i++)
        {
            var tenant = random.Next(3) == 0 ? "bolt" : "acme";
            var kind = random.Next(4) == 0 ? "lid" : "box";
            var number = i < 2 ? i : random.Next(12);
            var box = Hand.Box(number, i < 2 ? "acme" : tenant, i < 2 ? "box" : kind);
            await Hand.TellAsync(box, random.Next(5) switch
            {
                0 => new BoxCommand.Add(random.Next(100)),
                1 => new BoxCommand.Split(random.Next(1, 4)),
                _ => new BoxCommand.Fill(new()
                {
                    Name = $"name {random.Next(5)}",
                    Count = random.Next(3) == 0 ? null : random.Next(9),
                    Amount = random.Next(10_000),
                    Group = random.Next(4) == 0 ? null : $"group {random.Next(3)}",
                    IsHidden = random.Next(6) == 0,
                    Terms = kind == "box" ? $"term{random.Next(4)} common" : "",
                    Keys = [$"{number}/{random.Next(3)}"],
                    Clocks = new[] { "a", "b" }.Where(_ => random.Next(2) == 0).ToDictionary(name => name, _ => Hand.Start.AddHours(random.Next(50))),
                    Mails = random.Next(5) == 0 ? [$"mail-{i}"] : [],
                }),
            }, random.Next(3) == 0 ? $"id-{i}" : null);
        }
    }

    private async Task<(List<string> Search, List<string> Tallies)> LookAsync()
    {
        var search = new List<string>();
        var tallies = new List<string>();
        foreach (var tenant in new[] { "acme", "bolt" })
        {
            foreach (var term in new[] { "common", "term0", "term1", "term2", "term3" })
            {
                var page = await Store.QueryAsync(new(tenant, "box", Match: term), None);
                search.AddRange(page.Hits.Select(hit => $"{tenant} {term} {hit.Row} {hit.Key}"));
            }

            foreach (var kind in new[] { "box", "lid" })
            {
                tallies.AddRange(Store.Tallies.Read(tenant, kind).Select(total => $"{tenant} {kind} {total}").Order());
            }
        }

        search.Should().NotBeEmpty();
        return (search, tallies);
    }

    private async Task<IEnumerable<long>> PositionsAsync(long after, int limit, string[]? types) =>
        (await Store.ReadJournalAsync("acme", after, limit, types, None)).Select(entry => entry.Position);

    private async Task<List<long>> HistoryAsync(GrainId grain, long? from, int limit) =>
        [.. (await Store.ReadHistoryAsync(grain, from, limit, None)).Select(entry => entry.Position)];

    private async Task<long> FindAsync(DateTimeOffset from) => await Store.FindPositionAsync("acme", from, None);
}
