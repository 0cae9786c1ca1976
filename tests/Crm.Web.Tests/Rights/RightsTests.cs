using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Crm.Grains.Mails;
using Crm.Runtime;
using Crm.Silo.Rights;
using Crm.Web.Session;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Web.Tests.Rights;

/// <summary>The two tenants that all rows of the table are tried in.</summary>
public sealed class TwoTenants(SharedApp shared) : IAsyncLifetime
{
    public TestTenant Ours { get; private set; } = null!; // set before the first test

    public TestTenant Theirs { get; private set; } = null!; // set before the first test

    /// <summary>Manages the department above the one in which <see cref="TestTenant.Sales"/> works.</summary>
    public Person Manager { get; private set; } = null!; // set before the first test

    /// <summary>May only read, and works in the same department.</summary>
    public Person Viewer { get; private set; } = null!; // set before the first test

    /// <summary>Was shut out while signed in.</summary>
    public Person Disabled { get; private set; } = null!; // set before the first test

    /// <summary>A key of an administrator that may only read.</summary>
    public ApiClient Reader { get; private set; } = null!; // set before the first test

    public async ValueTask InitializeAsync()
    {
        (Ours, Theirs) = (await shared.App.NewTenantAsync(), await shared.App.NewTenantAsync());
        (Manager, Viewer, Disabled) = (await Ours.NewPersonAsync("manager", "sales-manager"), await Ours.NewPersonAsync("viewer", "viewer"), await Ours.NewPersonAsync("leaver", "admin"));
        var above = (await Ours.Admin.PostAsync("/api/departments", new { name = "east", managerId = Manager.Id })).Expect(201).Id;
        var department = (await Ours.Admin.PostAsync("/api/departments", new { name = "shanghai", parentId = above })).Expect(201).Id;
        foreach (var person in (Person[])[Ours.Sales, Viewer])
        {
            (await Ours.Admin.PostAsync($"/api/users/{person.Id}/amend", new { departmentId = department })).Expect(200);
        }

        Viewer = await Ours.NewSessionAsync(Viewer);
        (await Ours.Admin.PostAsync($"/api/users/{Disabled.Id}/deactivate")).Expect(200);
        var scopes = (await Ours.Admin.GetAsync("/api/api-keys/scopes")).Json.Items().Select(scope => scope.GetString()!).Where(scope => scope.EndsWith(":read", StringComparison.Ordinal));
        var key = (await Ours.Admin.PostAsync("/api/api-keys", new { name = "reader", role = "admin", scopes })).Expect(201);
        Reader = new(shared.App, Ours.Key, key.Id) { ApiKey = key.Json.Text("key") };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Who asks as a role.</summary>
    public ApiClient ClientOf(Role role) => role switch
    {
        Role.Guest => shared.App.Guest(),
        Role.Own or Role.Others or Role.Nobodys => Ours.Sales.Client,
        Role.Admin => Ours.Boss.Client,
        Role.Foreign => Theirs.Admin,
        Role.Manager => Manager.Client,
        Role.Viewer => Viewer.Client,
        Role.Reader => Reader,
        Role.Disabled => Disabled.Client,
        _ => Ours.SalesKey.Client,
    };
}

/// <summary>Every route, tried as every role. That a refused request leaves the journal alone is looked at by the client itself.</summary>
public sealed partial class RightsTests(SharedApp shared, TwoTenants tenants) : IClassFixture<TwoTenants>
{
    private static int _unique;

    public static TheoryData<string> Cases() => [.. RightsTable.Rows.Select(row => row.Route)];

    [Fact]
    public void Every_route_has_its_row()
    {
        var routes =
            from route in shared.App.Routes
            from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(method => method != "HEAD") ?? ["*"]
            select $"{method} /{route.RoutePattern.RawText!.Trim('/')}";

        // the hub's own route takes a socket, which is tried in the live tests
        routes.Where(route => route != "* /live").Should().BeEquivalentTo(RightsTable.Rows.Select(row => row.Route));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_route_answers_each_role_as_the_table_says(string route)
    {
        var row = RightsTable.Rows.Single(row => row.Route == route);
        foreach (var role in Enum.GetValues<Role>())
        {
            await TryAsync(row, role);
        }
    }

    [Fact]
    public async Task A_hidden_record_in_a_batch_looks_like_one_that_does_not_exist()
    {
        var hidden = await NewLeadAsync(tenants.Ours.OtherSales.Id);
        var foreign = (await tenants.Theirs.Admin.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        var missing = Guid.CreateVersion7();

        var results = (await tenants.Ours.Sales.Client.PostAsync("/api/leads/assign", new { ids = (Guid[])[hidden, foreign, missing], ownerId = tenants.Ours.Sales.Id }, ("Idempotency-Key", "hidden")))
            .Expect(200).Json.Items("results");

        results.Select(result => result.ToString()).Should().Equal(((Guid[])[hidden, foreign, missing]).Select(id => $$"""{"id":"{{id}}","code":"not-found"}"""));
        (await tenants.Theirs.Admin.GetAsync($"/api/leads/{foreign}")).Json.IsNull("ownerId").Should().BeTrue();
    }

    [Fact]
    public async Task What_strangers_ask_under_an_id_does_not_come_between_its_owner_and_the_record()
    {
        var lead = await NewLeadAsync(null);

        (await tenants.Theirs.Admin.PostAsync($"/api/leads/{lead}/qualify")).ExpectProblem(404, "not-found");
        (await tenants.Ours.Admin.PostAsync($"/api/customers/{lead}/amend", new { note = "x" })).ExpectProblem(404, "not-found");
        (await tenants.Ours.Admin.PostAsync($"/api/opportunities/{lead}/log-activity", new { type = "note", text = "x" })).ExpectProblem(404, "not-found");

        (await tenants.Ours.Admin.PostAsync($"/api/leads/{lead}/qualify")).Expect(200).Version.Should().Be(2);
    }

    [Fact]
    public async Task An_unassigned_lead_is_taken_by_one_salesperson_and_hidden_from_the_other()
    {
        var lead = await NewLeadAsync(null);

        (await tenants.Ours.Sales.Client.PostAsync($"/api/leads/{lead}/assign", new { ownerId = tenants.Ours.Sales.Id })).Expect(200);

        (await tenants.Ours.OtherSales.Client.PostAsync($"/api/leads/{lead}/assign", new { ownerId = tenants.Ours.OtherSales.Id })).ExpectProblem(404, "not-found");
        (await tenants.Ours.Sales.Client.GetAsync($"/api/leads/{lead}")).Json.GetProperty("ownerId").GetGuid().Should().Be(tenants.Ours.Sales.Id);
    }

    [Fact]
    public async Task Head_answers_the_same_status_without_a_body()
    {
        var lead = await NewLeadAsync(tenants.Ours.Sales.Id);
        foreach (var (client, path, status) in ((ApiClient, string, int)[])
        [
            (tenants.Ours.Sales.Client, "/api/leads", 200), (tenants.Ours.Sales.Client, $"/api/leads/{lead}", 200), (tenants.Ours.OtherSales.Client, $"/api/leads/{lead}", 404),
            (shared.App.Guest(), "/api/leads", 401), (tenants.Ours.Sales.Client, "/api/api-keys", 403), (shared.App.Guest(), "/health/live", 200),
        ])
        {
            var answer = await client.SendAsync(HttpMethod.Head, path, null);
            answer.Expect(status).Bytes.Should().BeEmpty();
            answer.ContentType.Should().Be((await client.GetAsync(path)).ContentType, path);
        }
    }

    private async Task TryAsync(RightsRow row, Role role)
    {
        var target = await MakeAsync(row, role);

        var answer = await SendAsync(row, role, target);

        if (row.IsThrottled && answer.Status == 429)
        {
            answer.ExpectProblem(429, "login-throttled").Header("Retry-After").Should().NotBeNull();
            return;
        }

        answer.Status.Should().Be(row.StatusFor(role), "the role is {0}: {1}", role, answer);
        if (answer.Status == 404 && row.Route.Contains("{id}", StringComparison.Ordinal))
        {
            var missing = await SendAsync(row, role, target with { Id = Guid.CreateVersion7().ToString() });
            WithoutTrace(missing).Should().Be(WithoutTrace(answer), "a record that is hidden looks like one that does not exist");
            var nil = await SendAsync(row, role, target with { Id = Guid.Empty.ToString() });
            WithoutTrace(nil).Should().Be(WithoutTrace(answer));
        }
    }

    private async Task<ApiAnswer> SendAsync(RightsRow row, Role role, Target target)
    {
        var (method, pattern) = row.Route.Split(' ') is [var verb, var path] ? (verb == "*" ? HttpMethod.Post : HttpMethod.Parse(verb), path) : throw new InvalidOperationException(row.Route);
        var unique = $"u{Interlocked.Increment(ref _unique)}";
        string Fill(string text) => text
            .Replace("{id}", target.Id, StringComparison.Ordinal).Replace("{key}", target.Pipeline, StringComparison.Ordinal).Replace("{pipeline}", target.Pipeline, StringComparison.Ordinal)
            .Replace("{customer}", target.Customer, StringComparison.Ordinal).Replace("{other}", tenants.Ours.OtherSales.Id.ToString(), StringComparison.Ordinal).Replace("{unique}", unique, StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{slice}", "leads", StringComparison.Ordinal).Replace("{long}", new string('x', 400), StringComparison.Ordinal);

        object? body = row.Body switch { null => null, "{file}" => CsvOf(unique), var text => Fill(text) };
        var client = row.Route == "DELETE /api/session" ? await OwnSessionAsync(role) : tenants.ClientOf(role);
        return await client.SendAsync(method, Fill(pattern) + row.Query, body, [.. row.Headers.Select(header => (header.Name, Fill(header.Value)))]);
    }

    /// <summary>A session that may end.</summary>
    private async Task<ApiClient> OwnSessionAsync(Role role) => role switch
    {
        Role.Own or Role.Others or Role.Nobodys => (await tenants.Ours.NewSessionAsync(tenants.Ours.Sales)).Client,
        Role.Admin => (await tenants.Ours.NewSessionAsync(tenants.Ours.Boss)).Client,
        Role.Manager => (await tenants.Ours.NewSessionAsync(tenants.Manager)).Client,
        Role.Viewer => (await tenants.Ours.NewSessionAsync(tenants.Viewer)).Client,
        _ => tenants.ClientOf(role),
    };

    /// <summary>Makes what the route is about, belonging to whom the role says, and brings it into the state the route needs.</summary>
    private async Task<Target> MakeAsync(RightsRow row, Role role)
    {
        var maker = role == Role.Key ? tenants.Ours.SalesKey.Client : tenants.Ours.Admin;
        Guid? owner = role switch { Role.Others => tenants.Ours.OtherSales.Id, Role.Nobodys or Role.Key => null, _ => tenants.Ours.Sales.Id };
        var slice = row.Route.Split('/') is [_, "api", var plural, ..] ? plural : "";
        var target = new Target("", "simple", "");
        if (row.Body?.Contains("{customer}", StringComparison.Ordinal) == true || slice == "contacts")
        {
            target = target with { Customer = (await maker.PostAsync("/api/customers", new { type = "corporate", name = "x", ownerId = owner })).Expect(201).Id.ToString() };
        }

        target = target with { Id = await MakeRecordAsync(slice, maker, owner, target.Customer) };
        if (slice == "roles")
        {
            target = target with { Pipeline = $"role-{Interlocked.Increment(ref _unique)}" };
        }

        if (slice is "pipelines" or "funnels" or "boards")
        {
            // a pipeline of its own, which the other tenant has not
            target = target with { Pipeline = $"own-{Interlocked.Increment(ref _unique)}" };
            (await tenants.Ours.Admin.PostAsync("/api/pipelines", new { key = target.Pipeline, name = "x", preset = "simple" })).Expect(201);
        }

        if (row.Route.EndsWith("/export", StringComparison.Ordinal) && role is Role.Admin or Role.Foreign)
        {
            // two at a time for each of them
            await Eventually.GetAsync(async () => (await tenants.ClientOf(role).GetAsync("/api/exports?filter=status eq \"queued\" or status eq \"running\"")).Json.Items().Count, count => count == 0, "earlier exports to end");
        }

        if (row.Before is { } before)
        {
            var space = before.IndexOf(' ', StringComparison.Ordinal);
            var path = slice == "pipelines" ? $"/api/pipelines/{target.Pipeline}" : $"/api/{slice}/{target.Id}";
            (await tenants.Ours.Admin.PostAsync($"{path}/{before[..space]}", before[(space + 1)..])).Expect(200);
        }

        return target;
    }

    private async Task<string> MakeRecordAsync(string slice, ApiClient maker, Guid? owner, string customer)
    {
        var unique = $"r{Interlocked.Increment(ref _unique)}";
        switch (slice)
        {
            case "leads":
                return (await maker.PostAsync("/api/leads", new { name = unique, ownerId = owner })).Expect(201).Id.ToString();
            case "customers":
                return (await maker.PostAsync("/api/customers", new { type = "corporate", name = unique, ownerId = owner })).Expect(201).Id.ToString();
            case "contacts":
                return (await maker.PostAsync("/api/contacts", new { customerId = customer, name = unique, ownerId = owner })).Expect(201).Id.ToString();
            case "opportunities":
                return (await maker.PostAsync("/api/opportunities", new { name = unique, pipeline = "simple", amount = 1, ownerId = owner })).Expect(201).Id.ToString();
            case "departments":
                return (await tenants.Ours.Admin.PostAsync("/api/departments", new { name = unique })).Expect(201).Id.ToString();
            case "users":
                return (await tenants.Ours.NewPersonAsync(unique, "sales")).Id.ToString();
            case "sessions":
                var whose = owner == tenants.Ours.OtherSales.Id || owner is null ? tenants.Ours.OtherSales : tenants.Ours.Sales;
                return (await shared.App.Services.GetRequiredService<ISignInLog>()
                    .StartedAsync(new(tenants.Ours.Key, whose.Id, whose.Name, whose.Role), "password", new("192.0.2.1", null), CancellationToken.None)).ToString();
            case "mails":
                var mail = Guid.CreateVersion7();
                (await shared.App.Silo.Commands.TellAsync(
                    Asker.System(tenants.Ours.Key), "mail", mail, new MailCommand.Queue(tenants.Ours.Sales.Id, "sales@rights.example", "reset"), new(SenderKind.System, Trusted: true), CancellationToken.None))
                    .Refusal.Should().BeNull();
                return mail.ToString();
            case "handovers":
                var leaver = await tenants.Ours.NewPersonAsync(unique, "sales");
                var handover = (await tenants.Ours.Admin.PostAsync("/api/handovers", new { fromId = leaver.Id, to = (Guid[])[tenants.Ours.OtherSales.Id] })).Expect(202).Id;
                await Eventually.GetAsync(async () => (await tenants.Ours.Admin.GetAsync($"/api/handovers/{handover}")).Json.Text("status"), status => status == "done", "the hand-over to end");
                return handover.ToString();
            case "api-keys":
                return (await tenants.Ours.NewKeyAsync("sales")).Id.ToString();
            case "imports":
                var id = (await tenants.Ours.Admin.PostAsync("/api/imports", CsvOf(unique))).Expect(202).Id;
                await Eventually.GetAsync(async () => (await tenants.Ours.Admin.GetAsync($"/api/imports/{id}")).Json.Text("status"), status => status == "done", "the import to end");
                return id.ToString();
            case "exports":
                return await NewWaitingExportAsync();
            case "alerts":
                var trier = await tenants.Ours.NewPersonAsync(unique, "sales");
                (await trier.Client.PostAsync("/api/leads/export")).ExpectProblem(403, "export-forbidden");
                return (await tenants.Ours.Admin.GetAsync($"/api/alerts?filter=personId eq \"{trier.Id}\"")).Json.Items().Single().GetProperty("id").GetString()!; // alerts have one
            default:
                return "";
        }
    }

    /// <summary>An export of somebody who has no others, which waits for approval.</summary>
    private async Task<string> NewWaitingExportAsync()
    {
        await NewLeadAsync(null);
        (await tenants.Ours.Admin.PutAsync("/api/policies", """{"approveAboveRows":0,"dailyRows":100000,"windowMinutes":10,"leastRecords":300,"timesUsual":5,"step":"tell"}""")).Expect(200);
        var answer = (await (await tenants.Ours.NewKeyAsync("admin")).Client.PostAsync("/api/leads/export")).Expect(202);
        answer.Json.Text("status").Should().Be("waiting");
        return answer.Id.ToString();
    }

    private async Task<Guid> NewLeadAsync(Guid? owner) => (await tenants.Ours.Admin.PostAsync("/api/leads", new { name = "x", ownerId = owner })).Expect(201).Id;

    private static MultipartFormDataContent CsvOf(string name)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes($"姓名,公司\n{name},{name} Ltd\n")) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return new() { { file, "file", $"{name}.csv" } };
    }

    private static string WithoutTrace(ApiAnswer answer) => TraceId().Replace(answer.Text, "");

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();

    /// <summary>What a request is about.</summary>
    private sealed record Target(string Id, string Pipeline, string Customer);
}
