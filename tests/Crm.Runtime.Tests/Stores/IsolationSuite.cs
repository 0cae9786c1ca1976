using System.Text;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>Nothing crosses from one tenant to another, whatever is asked.</summary>
public abstract class IsolationSuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    private const string Canary = "canary";

    [Theory]
    [InlineData("bolt")]
    [InlineData("nobody")]
    [InlineData("' or 1=1 --")]
    public async Task No_read_shows_another_tenants_data(string tenant)
    {
        // before and after the tenant that looks, for its rows lie between theirs
        await HideCanariesAsync("acme");
        await Hand.FillAsync(Hand.Box(1, "bolt"), new() { Name = "own" });
        await HideCanariesAsync("coil");

        foreach (var owner in new[] { "acme", "coil" })
        {
            var box = Hand.Box(1, owner);
            (await Store.LoadAsync(box with { Tenant = tenant }, None)).Should().BeNull();
            (await Store.LoadAsync(box with { Kind = "lid" }, None)).Should().BeNull();
            (await Store.ReadHistoryAsync(box with { Tenant = tenant }, null, 100, None)).Should().BeEmpty();
            (await Store.ReadHistoryAsync(Hand.Box(1, tenant), 1, 100, None)).Should().NotContain(entry => entry.Tenant != tenant);
        }

        (await Store.FindHandledAsync(tenant, Canary, None)).Should().BeNull();
        (await Store.FindClaimAsync(tenant, Canary, None)).Should().BeNull();
        Store.Tallies.Read(tenant, "box").Should().BeEmpty();
        (await Store.TalliesAtEndOfAsync(tenant, "box", 10_000_000, None)).Should().BeEmpty();
        foreach (var after in new[] { 0, -1, -(1L << 40), long.MinValue, 1L << 40, long.MaxValue })
        {
            var entries = await Store.ReadJournalAsync(tenant, after, 1_000, null, None);
            entries.Should().NotContain(entry => entry.Key != Hand.Box(1, "bolt").Key);
            Encoding.UTF8.GetString([.. entries.SelectMany(entry => entry.Payload)]).Should().NotContain(Canary);
        }

        foreach (var query in new[]
        {
            new CardQuery(tenant, "box"),
            new CardQuery(tenant, "box", Match: Canary),
            new CardQuery(tenant, "box", Sort: [new(new BoxBehaviour().Cards.Find("name")!, true)], After: new([CardValue.Null], long.MaxValue)),
            new CardQuery(tenant, "box", new CardFilter.Not(new CardFilter.Compare(new BoxBehaviour().Cards.Find("name")!, CardOperator.Equal, CardValue.Of("x")))),
        })
        {
            var page = await Store.QueryAsync(query, None);
            page.Hits.Should().NotContain(hit => hit.Key != Hand.Box(1, "bolt").Key);
            (await Store.CountAsync(query with { After = null }, 100, None)).Should().BeLessThan(2);
        }

        (await Store.FindPositionAsync(tenant, Hand.Start.AddYears(5), None)).Should().Be(Store.HeadOf(tenant) + 1);
        (await Store.VerifyAsync(tenant, None)).Should().BeNull();
        await Store.RebuildAsync(tenant, None);
        (await Store.FindClaimAsync("acme", Canary, None)).Should().NotBeNull();
    }

    [Fact]
    public async Task A_grain_cannot_be_made_or_changed_under_another_tenants_key()
    {
        await Hand.FillAsync(Hand.Box(1), new() { Name = "mine" });
        var foreign = Hand.Box(1) with { Tenant = "bolt" };
        (await Hand.FillAsync(foreign, new() { Name = "theirs" })).Result.Should().Be(WriteResult.Superseded);
        var row = (await Store.LoadAsync(Hand.Box(1), None))!.Row;
        (await BoxOfAsync(Hand.Box(1))).Look.Name.Should().Be("mine");
        row.LastPosition.Should().Be(1);
        Store.HeadOf("bolt").Should().Be(0);
    }

    [Fact]
    public async Task Rebuilding_a_tenant_leaves_every_other_as_it_was()
    {
        await HideCanariesAsync("acme");
        await HideCanariesAsync("bolt");
        await CloseAsync();
        var before = Fixture.Dump();
        await Store.RebuildAsync("bolt", None);
        (await Store.QueryAsync(new("acme", "box", Match: Canary), None)).Hits.Should().ContainSingle();
        Store.Tallies.Read("acme", "box").Should().ContainSingle();
        await CloseAsync();
        Fixture.Dump().Should().Equal(before);
    }

    [Fact]
    public async Task A_deleted_tenant_leaves_nothing_and_every_other_as_it_was()
    {
        await HideCanariesAsync("acme");
        await CloseAsync();
        var before = Fixture.Dump();
        await HideCanariesAsync("bolt");
        await Store.WriteCursorAsync("reader", "bolt", 1, None);
        await Store.WriteParkedAsync(new("reader", "bolt", 1, Hand.Box(1, "bolt").Key, 1, null, "why"), None);

        await Store.DeleteTenantAsync("bolt", None);

        Store.Tenants.Should().Equal("acme");
        Store.HeadOf("bolt").Should().Be(0);
        Store.Tallies.Read("bolt", "box").Should().BeEmpty();
        (await Store.LoadAsync(Hand.Box(1, "bolt"), None)).Should().BeNull();
        (await Store.QueryAsync(new("acme", "box", Match: Canary), None)).Hits.Should().ContainSingle();
        await Store.DeleteTenantAsync("bolt", None);
        await CloseAsync();
        Fixture.Dump().Should().Equal(before);

        // and its name begins anew
        await HideCanariesAsync("bolt");
        Store.HeadOf("bolt").Should().Be(1);
        (await Store.VerifyAsync("bolt", None)).Should().BeNull();
    }

    [Fact]
    public async Task A_tenant_deleted_with_ten_thousand_entries_and_more_is_gone_whole()
    {
        for (var i = 0; i < 101; i++)
        {
            await Hand.TellAsync(Hand.Box(i, "bolt"), new BoxCommand.Split(100));
        }

        await Store.DeleteTenantAsync("bolt", None);
        (await Store.ReadJournalAsync("bolt", 0, 1, null, None)).Should().BeEmpty();
        await CloseAsync();
        Fixture.Dump().Should().NotContain(row => row.Contains("box-", StringComparison.Ordinal));
    }

    private Task HideCanariesAsync(string tenant) => Hand.TellAsync(Hand.Box(1, tenant), new BoxCommand.Fill(new()
    {
        Name = Canary,
        Terms = Canary,
        Group = Canary,
        Amount = 100,
        Keys = [Canary],
        Clocks = new Dictionary<string, DateTimeOffset> { [Canary] = Hand.Start },
    }), Canary);
}
