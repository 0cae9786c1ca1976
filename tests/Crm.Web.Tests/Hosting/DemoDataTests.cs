using System.Globalization;
using System.Text.Json;
using Crm.Runtime.Journal;
using Crm.Web.Hosting;

namespace Crm.Web.Tests.Hosting;

/// <summary>What a first start makes. Told as of one moment, so that it is always the same.</summary>
public sealed class DemoDataTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 18, 7, 30, 0, TimeSpan.Zero);
    private static readonly string[] Pipelines = ["simple", "complex", "project"];

    [Fact]
    public async Task The_first_start_makes_as_much_as_was_asked_for_and_the_funnels_show_it()
    {
        await using var app = await StartAsync(300, 200);
        var admin = Key(app);

        (await ListAsync(admin, "leads")).Should().HaveCount(300);
        var opportunities = await ListAsync(admin, "opportunities");
        opportunities.Should().HaveCount(200);
        foreach (var pipeline in Pipelines)
        {
            var funnel = (await admin.GetAsync($"/api/funnels/{pipeline}")).Expect(200).Json;
            var seen = funnel.Items("stages").Where(stage => stage.GetProperty("count").GetInt64() > 0)
                .Select(stage => (stage.Text("stage"), stage.GetProperty("count").GetInt64(), Sum: Number(stage.GetProperty("amount"))));
            var wanted = opportunities.Where(one => one.Text("pipeline") == pipeline && one.Text("status") != "lost").GroupBy(one => one.Text("stage"))
                .Select(stage => (stage.Key, (long)stage.Count(), Sum: stage.Sum(one => Number(one.GetProperty("amount").GetProperty("amount")))));
            seen.Should().BeEquivalentTo(wanted);

            var month = (await admin.GetAsync($"/api/funnels/{pipeline}?month=2026-11")).Expect(200).Json;
            month.IsNull("target").Should().BeFalse();
            month.Items("stages").Count(stage => stage.GetProperty("count").GetInt64() > 0).Should().BeGreaterThanOrEqualTo(4, "the month's funnel of {0} lives", pipeline);
            month.Items("stages").Should().Contain(stage => stage.GetProperty("winRate").GetInt32() == 100 && stage.GetProperty("count").GetInt64() > 0);
        }
    }

    [Fact]
    public async Task What_it_makes_looks_like_weeks_of_work_of_a_team()
    {
        await using var app = await StartAsync(300, 200);
        var admin = Key(app);
        var leads = await ListAsync(admin, "leads");
        var opportunities = await ListAsync(admin, "opportunities");

        leads.Select(lead => lead.Text("status")).Distinct().Should().BeEquivalentTo("open", "qualified", "converted", "ruled-out");
        leads.Select(lead => lead.Text("source")).Distinct().Count().Should().BeGreaterThan(12);
        leads.Select(lead => lead.Text("region")).Distinct().Should().BeEquivalentTo("华东", "华南", "华北");
        leads.Should().Contain(lead => lead.IsNull("ownerId")).And.Contain(lead => lead.GetProperty("captures").GetInt32() > 1);
        opportunities.Select(one => one.Text("status")).Distinct().Should().BeEquivalentTo("open", "won", "lost");
        opportunities.Where(one => one.Text("status") == "lost").Should().OnlyContain(one => !one.IsNull("lossReason")).And.Contain(one => !one.IsNull("competitor"));
        foreach (var pipeline in Pipelines)
        {
            opportunities.Where(one => one.Text("pipeline") == pipeline).Select(one => one.Text("stage")).Distinct().Count().Should().BeGreaterThanOrEqualTo(4);
        }

        opportunities.Should().Contain(one => one.GetProperty("overdue").GetBoolean()).And.Contain(one => !one.IsNull("nextStep") && !one.GetProperty("overdue").GetBoolean());
        opportunities.GroupBy(one => one.Text("ownerId")).Should().HaveCount(6).And.OnlyContain(owner => owner.Count() > 5);
        opportunities.Where(one => !one.IsNull("leadId")).Should().HaveCountGreaterThan(50);
        (await admin.GetAsync("/api/departments")).Expect(200).Json.Items().Should().HaveCount(6);

        var journal = await JournalAsync(app);
        journal.Select(HourOf).Should().BeInAscendingOrder();
        journal[0].At.Should().BeBefore(Now.AddDays(-54));
        journal[^1].At.Should().BeOnOrBefore(Now);
        var then = (await admin.GetAsync("/api/funnels/simple?at=2026-10-20T10:00:00Z")).Expect(200).Json.Items("stages").Sum(stage => stage.GetProperty("count").GetInt64());
        then.Should().BeInRange(10, opportunities.Count(one => one.Text("pipeline") == "simple") - 10);
    }

    [Fact]
    public async Task A_sales_person_signs_in_and_finds_work()
    {
        await using var app = await StartAsync(120, 90);
        var (login, isRight) = await app.Credentials.CheckAsync("sales@demo", "demo-pass-1", CancellationToken.None);
        isRight.Should().BeTrue();
        var person = login!.Person; // the password is right, so there is a login
        var cookie = await app.Credentials.OpenSessionAsync("sales@demo", person, CancellationToken.None);
        var sales = new ApiClient(app, DemoData.Tenant, person.Id) { Cookie = cookie };

        (await ListAsync(sales, "opportunities")).Should().NotBeEmpty().And.OnlyContain(one => one.Text("ownerId") == person.Id.ToString());
        (await ListAsync(sales, "leads")).Should().Contain(lead => lead.Text("ownerId") == person.Id.ToString()).And.Contain(lead => lead.IsNull("ownerId"));
    }

    [Fact]
    public async Task A_second_start_adds_nothing_and_neither_do_the_reactions_to_what_was_told()
    {
        using var folder = new TemporaryFolder();
        long head;
        await using (var first = await StartAsync(120, 90, folder.Path))
        {
            head = first.Silo.Store.HeadOf(DemoData.Tenant);
            await Eventually.GetAsync(async () => await first.Silo.Store.ReadCursorAsync("conversion", DemoData.Tenant, CancellationToken.None), cursor => cursor >= head, "the reactions have seen all");
            first.Silo.Store.HeadOf(DemoData.Tenant).Should().Be(head);
        }

        await using var second = await StartAsync(120, 90, folder.Path);
        second.Silo.Store.HeadOf(DemoData.Tenant).Should().Be(head);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(60)]
    [InlineData(300)]
    public async Task A_start_that_was_cut_short_is_finished_and_makes_the_same(int events)
    {
        using var folder = new TemporaryFolder();
        using var cut = new CancellationTokenSource();
        var interrupted = () => StartAsync(120, 90, folder.Path, cut, events);
        await interrupted.Should().ThrowAsync<OperationCanceledException>();

        await using var app = await StartAsync(120, 90, folder.Path);
        await using var whole = await StartAsync(120, 90);

        var (found, wanted) = (await JournalAsync(app), await JournalAsync(whole));
        found.Should().HaveCount(wanted.Count);
        found.GroupBy(entry => entry.Type).Select(type => (type.Key, type.Count())).Should().BeEquivalentTo(wanted.GroupBy(entry => entry.Type).Select(type => (type.Key, type.Count())));
        found.Select(HourOf).Should().BeInAscendingOrder();
        var (here, there) = (await ListAsync(Key(app), "opportunities"), await ListAsync(Key(whole), "opportunities"));
        here.Select(Told).Should().BeEquivalentTo(there.Select(Told));

        static string Told(JsonElement one) => $"{one.Text("id")} {one.Text("name")} {one.Text("stage")} {one.Text("status")} {one.GetProperty("amount")} {one.GetProperty("version")}";
    }

    [Fact]
    public async Task Without_sample_data_there_are_two_people_a_key_and_three_pipelines()
    {
        await using var app = await StartAsync(0, 0);
        var admin = Key(app);

        (await admin.GetAsync("/api/users")).Expect(200).Json.Items().Select(user => user.Text("login")).Should().BeEquivalentTo("admin@demo", "sales@demo");
        (await admin.GetAsync("/api/pipelines")).Expect(200).Json.Items().Should().HaveCount(3);
        (await admin.GetAsync("/api/departments")).Expect(200).Json.Items().Should().BeEmpty();
    }

    private static long HourOf(JournalEntry entry) => entry.At.Ticks / TimeSpan.TicksPerHour;

    private static Task<CrmApp> StartAsync(int leads, int opportunities, string? folder = null, CancellationTokenSource? cut = null, int cutAfter = 0) => CrmApp.StartAsync(new()
    {
        Folder = folder,
        Time = new StandingTime(),
        Prepare = async (silo, credentials) =>
        {
            if (cut is not null)
            {
                silo.Store.Committed += _ =>
                {
                    if (silo.Store.HeadOf(DemoData.Tenant) >= cutAfter)
                    {
                        cut.Cancel();
                    }
                };
            }

            var settings = new DemoSettings { IsWanted = true, Password = "demo-pass-1", ApiKey = "demo-key-1", Leads = leads, Opportunities = opportunities };
            await DemoData.SeedAsync(silo, credentials, settings, cut?.Token ?? CancellationToken.None);
            cut?.Token.ThrowIfCancellationRequested();
        },
    });

    private static ApiClient Key(CrmApp app) => new(app, DemoData.Tenant, null) { ApiKey = "demo-key-1" };

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(ApiClient client, string slice)
    {
        var items = new List<JsonElement>();
        string? next = null;
        do
        {
            var page = (await client.GetAsync($"/api/{slice}?limit=200{(next is null ? "" : $"&cursor={Uri.EscapeDataString(next)}")}")).Expect(200).Json;
            items.AddRange(page.Items());
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null);
        return items;
    }

    private static async Task<IReadOnlyList<JournalEntry>> JournalAsync(CrmApp app) =>
        await app.Silo.Store.ReadJournalAsync(DemoData.Tenant, 0, 100_000, null, CancellationToken.None);

    private static decimal Number(JsonElement json) => json.ValueKind == JsonValueKind.String ? decimal.Parse(json.GetString()!, CultureInfo.InvariantCulture) : json.GetDecimal(); // a string by its kind

    /// <summary>Always the same moment; what is waited for passes as ever.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("crm-demo-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
