using System.IO.Compression;
using Crm.Silo.Tenants;
using Crm.Web.Tenants;
using Crm.Web.Tests.Live;

namespace Crm.Web.Tests.Tenants;

/// <summary>What the operator does: opens, suspends, exports, takes in and deletes whole tenants.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private const string Key = "operator-key-of-this-test";

    private CrmApp _app = null!; // set before each test
    private ApiClient _operator = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        _app = await CrmApp.StartAsync(new() { Settings = new Dictionary<string, string?> { ["Crm:Operator:Key"] = Key } });
        _operator = new(_app, tenant: null, callerId: null) { ApiKey = Key };
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_door_opens_to_its_key_alone_and_not_to_many_tries()
    {
        var tenant = await _app.NewTenantAsync();
        (await tenant.Admin.GetAsync("/api/operator/tenants")).ExpectProblem(401, "unauthenticated");
        for (var i = 0; i < OperatorDoor.MostFailures - 1; i++)
        {
            (await _app.Guest().GetAsync("/api/operator/tenants")).ExpectProblem(401, "unauthenticated");
        }

        (await _operator.GetAsync("/api/operator/tenants")).ExpectProblem(429, "login-throttled").Header("Retry-After").Should().NotBeNull();
    }

    [Fact]
    public async Task A_tenant_is_opened_with_its_administrator()
    {
        var opened = (await _operator.PostAsync("/api/operator/tenants", new { key = "acme", name = "Acme", currency = "EUR", timeZone = "Europe/Berlin", locale = "en", admin = new { login = "ada@acme" } })).Expect(201);
        var password = opened.Json.GetProperty("admin").Text("password");

        var session = (await _app.Guest().PostAsync("/api/session", new { login = "ada@acme", password })).Expect(200).Json;
        session.GetProperty("tenant").Text("currency").Should().Be("EUR");
        session.GetProperty("tenant").Items("modules").Should().HaveCount(4);
        session.GetProperty("user").Text("locale").Should().Be("en");
        (await _operator.PostAsync("/api/operator/tenants", new { key = "acme", name = "x", admin = new { login = "bob" } })).ExpectProblem(409, "tenant-exists", "key");
        (await _operator.PostAsync("/api/operator/tenants", new { key = "bolt", name = "x", admin = new { login = "ada@acme" } })).ExpectProblem(409, "login-taken", "login");
        (await _operator.PostAsync("/api/operator/tenants", new { key = "Bolt!", name = "x", admin = new { login = "bob" } })).ExpectProblem(422, "key-invalid", "key");
        (await _operator.GetAsync("/api/operator/tenants")).Json.Items().Select(each => each.Text("key")).Should().Equal("acme");
    }

    [Fact]
    public async Task Files_take_no_more_than_the_operator_allows()
    {
        var opened = (await _operator.PostAsync("/api/operator/tenants", new { key = "acme", name = "Acme", fileMegabytes = 1, admin = new { login = "ada@acme", password = "a-long-pass-1" } })).Expect(201);
        opened.Json.GetProperty("admin").Text("login").Should().Be("ada@acme");
        var tenant = await _app.NewTenantAsync();
        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/limit-files", new { megabytes = 1 })).Expect(200).Json.GetProperty("files").GetProperty("limitBytes").GetInt64().Should().Be(1 << 20);
        var lead = (await tenant.Admin.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        var most = new byte[1 << 20];
        Array.Fill(most, (byte)'x');

        var over = (await SendAsync([.. most, (byte)'x'])).ExpectProblem(413, "files-full", "file");
        over.Text.Should().Contain("may take 1 MB; 0 MB are used");
        (await SendAsync(most)).Expect(201);
        (await SendAsync("x"u8.ToArray())).ExpectProblem(413, "files-full", "file").Text.Should().Contain("1 MB are used");

        var files = (await tenant.Admin.GetAsync("/api/tenant")).Expect(200).Json.GetProperty("files");
        (files.GetProperty("bytes").GetInt64(), files.GetProperty("limitBytes").GetInt64()).Should().Be((1 << 20, 1 << 20));
        (await _operator.GetAsync("/api/operator/tenants/acme")).Expect(200).Json.GetProperty("files").GetProperty("limitBytes").GetInt64().Should().Be(1 << 20);
        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/limit-files", new { megabytes = -1 })).ExpectProblem(422, "out-of-range", "megabytes");
        (await _operator.PostAsync("/api/operator/tenants/nobody/limit-files", new { megabytes = 1 })).ExpectProblem(404, "not-found");
        (await _operator.PostAsync("/api/operator/tenants", new { key = "bolt", name = "x", fileMegabytes = -1, admin = new { login = "bob" } })).ExpectProblem(422, "out-of-range", "fileMegabytes");
        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/limit-files", new { megabytes = 0 })).Expect(200);
        (await SendAsync("x"u8.ToArray())).Expect(201);

        Task<ApiAnswer> SendAsync(byte[] bytes) =>
            tenant.Admin.SendAsync(HttpMethod.Post, $"/api/leads/{lead}/files?name=x.txt", new ByteArrayContent(bytes) { Headers = { ContentType = new("text/plain") } });
    }

    [Fact]
    public async Task A_suspended_tenant_lets_nobody_in_and_goes_on_when_resumed()
    {
        var tenant = await _app.NewTenantAsync();
        var other = await _app.NewTenantAsync();
        var person = await tenant.RegisterAsync("ada", "sales");

        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/suspend", new { reason = "unpaid" })).Expect(200).Json.Text("status").Should().Be("suspended");

        (await tenant.Admin.GetAsync("/api/leads")).ExpectProblem(403, "tenant-suspended");
        (await tenant.Sales.Client.GetAsync("/api/session")).ExpectProblem(403, "tenant-suspended");
        (await _app.Guest().PostAsync("/api/session", new { login = person.Login, password = TestTenant.Password })).ExpectProblem(403, "tenant-suspended");
        (await tenant.Sales.Client.PostAsync("/live/negotiate?negotiateVersion=1")).ExpectProblem(403, "tenant-suspended");
        (await other.Admin.GetAsync("/api/leads")).Expect(200);

        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/resume")).Expect(200).Json.Text("status").Should().Be("active");
        (await tenant.Sales.Client.GetAsync("/api/leads")).Expect(200);
        (await _operator.PostAsync("/api/operator/tenants/nobody/suspend")).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task Nothing_opens_any_door_of_a_suspended_tenant()
    {
        var tenant = await _app.NewTenantAsync();
        var person = await tenant.RegisterAsync("ada", "sales");
        var lead = (await tenant.Admin.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        var bytes = new ByteArrayContent("x"u8.ToArray()) { Headers = { ContentType = new("text/plain") } };
        var file = (await tenant.Admin.SendAsync(HttpMethod.Post, $"/api/leads/{lead}/files?name=x.txt", bytes)).Expect(201).Id;
        var link = (await tenant.Admin.PostAsync($"/api/leads/{lead}/files/{file}/link")).Expect(200).Json.Text("url")!; // each answer has one
        var export = (await tenant.Boss.Client.PostAsync("/api/leads/export", new { })).Expect(202).Id;
        await Eventually.GetAsync(async () => (await tenant.Boss.Client.GetAsync($"/api/exports/{export}")).Json.Text("status"), status => status == "done", "the export");
        (await _app.Guest().GetAsync(link)).Expect(200);
        (await tenant.Boss.Client.GetAsync($"/api/exports/{export}/file")).Expect(200);

        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/suspend")).Expect(200);

        foreach (var caller in (ApiClient[])[tenant.Admin, tenant.SalesKey.Client, tenant.Boss.Client, tenant.Sales.Client])
        {
            foreach (var path in (string[])["/api/leads", $"/api/leads/{lead}", $"/api/leads/{lead}/files", "/api/session", $"/api/exports/{export}", $"/api/exports/{export}/file", "/api/tenant", "/api/search?q=x"])
            {
                (await caller.GetAsync(path)).ExpectProblem(403, "tenant-suspended");
            }

            (await caller.PostAsync("/api/leads", new { name = "y" })).ExpectProblem(403, "tenant-suspended");
            (await caller.PostAsync($"/api/leads/{lead}/files/{file}/link")).ExpectProblem(403, "tenant-suspended");
            var socket = async () => await HubSocket.OpenAsync(_app, caller);
            (await socket.Should().ThrowAsync<RefusedException>()).Which.Status.Should().Be(403);
        }

        (await _app.Guest().GetAsync(link)).ExpectProblem(404, "not-found");
        (await _app.Guest().SendAsync(HttpMethod.Head, link, null)).Expect(404);
        (await _app.Guest().PostAsync("/api/session", new { login = person.Login, password = TestTenant.Password })).ExpectProblem(403, "tenant-suspended");
        (await tenant.Sales.Client.SendAsync(HttpMethod.Delete, "/api/session", null)).Status.Should().BeOneOf(204, 403);
    }

    [Fact]
    public async Task An_open_socket_ends_with_the_tenants_suspension()
    {
        var tenant = await _app.NewTenantAsync();
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {tenant.AdminKey}");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.ConnectAsync(new UriBuilder(_app.Address) { Scheme = "ws", Path = "/live" }.Uri, patience.Token);

        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/suspend")).Expect(200);

        var ended = async () => await socket.ReceiveAsync(new byte[100], patience.Token);
        await ended.Should().ThrowAsync<System.Net.WebSockets.WebSocketException>();
    }

    [Fact]
    public async Task Clocks_and_conversions_of_a_suspended_tenant_wait()
    {
        var tenant = await _app.NewTenantAsync();
        var lead = (await tenant.Admin.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        (await tenant.Admin.PostAsync($"/api/leads/{lead}/plan-step", new { text = "call", dueAt = DateTimeOffset.UtcNow.AddSeconds(2) })).Expect(200);
        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/suspend")).Expect(200);
        var head = _app.Silo.Store.HeadOf(tenant.Key);
        var other = await _app.NewTenantAsync();
        var witness = (await other.Admin.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        (await other.Admin.PostAsync($"/api/leads/{witness}/plan-step", new { text = "call", dueAt = DateTimeOffset.UtcNow.AddSeconds(3) })).Expect(200);
        await Eventually.GetAsync(async () => (await other.Admin.GetAsync($"/api/leads/{witness}")).Json.GetProperty("overdue").GetBoolean(), overdue => overdue, "a later clock of another tenant to fire");
        _app.Silo.Store.HeadOf(tenant.Key).Should().Be(head);

        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/resume")).Expect(200);
        await Eventually.GetAsync(async () => (await tenant.Admin.GetAsync($"/api/leads/{lead}")).Json.GetProperty("overdue").GetBoolean(), overdue => overdue, "the clock to fire once it may");
    }

    [Fact]
    public async Task A_tenant_is_deleted_in_two_steps_and_nothing_of_it_stays()
    {
        var tenant = await _app.NewTenantAsync();
        var person = await tenant.RegisterAsync("ada", "sales");
        (await tenant.Admin.PostAsync("/api/leads", new { name = "canary-person" })).Expect(201);
        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/delete", new { name = tenant.Key })).ExpectProblem(409, "tenant-not-suspended");
        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/suspend")).Expect(200);
        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/delete", new { name = "another" })).ExpectProblem(422, "tenant-name-differs", "name");

        (await _operator.PostAsync($"/api/operator/tenants/{tenant.Key}/delete", new { name = tenant.Key })).Expect(200);

        (await _operator.GetAsync("/api/operator/tenants")).Json.Items().Should().BeEmpty();
        (await _app.Guest().PostAsync("/api/session", new { login = person.Login, password = TestTenant.Password })).Expect(401);
        (await tenant.Admin.GetAsync("/api/leads")).Expect(401);
        (await tenant.Sales.Client.GetAsync("/api/leads")).Expect(401);

        // its key is not given again, the logins of its people are
        (await _operator.PostAsync("/api/operator/tenants", new { key = tenant.Key, name = "Anew", admin = new { login = person.Login } })).ExpectProblem(409, "tenant-deleted", "key");
        (await _operator.PostAsync("/api/operator/tenants", new { key = "anew", name = "Anew", admin = new { login = person.Login } })).Expect(201);
    }

    [Fact]
    public async Task An_exported_tenant_is_taken_in_elsewhere_and_is_the_same()
    {
        var tenant = await _app.NewTenantAsync();
        (await tenant.Admin.PostAsync("/api/tenant/amend", new { name = "Acme", timeZone = "America/New_York" })).Expect(200);
        var lead = (await tenant.Admin.PostAsync("/api/leads", new { name = "王伟", mobile = "13800138000" })).Expect(201).Id;
        var deal = (await tenant.Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 5 })).Expect(201).Id;
        var card = (await tenant.Admin.GetAsync($"/api/leads/{lead}")).Text;

        var archive = (await _operator.GetAsync($"/api/operator/tenants/{tenant.Key}/export")).Expect(200).Bytes;

        await using var elsewhere = await CrmApp.StartAsync();
        using (var file = new MemoryStream(archive))
        {
            var (manifest, admins, password) = await TenantSetup.ImportAsync(elsewhere.Silo, elsewhere.Credentials, file, CancellationToken.None);
            manifest.Events.Should().Be(tenant.Head);
            admins.Should().Equal(tenant.Boss.Login);
            (await elsewhere.Guest().PostAsync("/api/session", new { login = tenant.Boss.Login, password })).Expect(200).Json.GetProperty("tenant").Text("timeZone").Should().Be("America/New_York");
        }

        (await elsewhere.Silo.Store.VerifyAsync(tenant.Key, CancellationToken.None)).Should().BeNull();
        var cookie = await elsewhere.Credentials.OpenSessionAsync(tenant.Boss.Login, new(tenant.Key, tenant.Boss.Id, "boss", "admin"), CancellationToken.None);
        var boss = new ApiClient(elsewhere, tenant.Key, tenant.Boss.Id) { Cookie = cookie };
        (await boss.GetAsync($"/api/leads/{lead}")).Expect(200).Text.Should().Be(card);
        (await boss.GetAsync("/api/search?q=王伟")).Json.Items().Should().ContainSingle();
        (await boss.PostAsync($"/api/opportunities/{deal}/win", new { })).Expect(200);
        using var again = new MemoryStream(archive);
        await FluentActions.Awaiting(() => TenantSetup.ImportAsync(elsewhere.Silo, elsewhere.Credentials, again, CancellationToken.None)).Should().ThrowAsync<ArchiveInvalidException>("it is there already");
    }

    [Theory]
    [InlineData("王伟", "王五")]
    [InlineData("\"position\":3,", "\"position\":4,")]
    [InlineData("\n", "\n\n")]
    public async Task An_archive_that_was_changed_is_refused_and_leaves_nothing(string from, string to)
    {
        var tenant = await _app.NewTenantAsync();
        (await tenant.Admin.PostAsync("/api/leads", new { name = "王伟" })).Expect(201);
        using var archive = new MemoryStream();
        await archive.WriteAsync((await _operator.GetAsync($"/api/operator/tenants/{tenant.Key}/export")).Expect(200).Bytes);
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Update, leaveOpen: true))
        {
            var journal = zip.GetEntry("journal.jsonl")!;
            string text;
            using (var reader = new StreamReader(journal.Open()))
            {
                text = await reader.ReadToEndAsync();
            }

            journal.Delete();
            using var writer = new StreamWriter(zip.CreateEntry("journal.jsonl").Open());
            await writer.WriteAsync(text.Replace(from, to, StringComparison.Ordinal));
        }

        await using var elsewhere = await CrmApp.StartAsync();
        await FluentActions.Awaiting(() => TenantSetup.ImportAsync(elsewhere.Silo, elsewhere.Credentials, archive, CancellationToken.None)).Should().ThrowAsync<ArchiveInvalidException>();
        elsewhere.Silo.Store.Tenants.Should().BeEmpty();
    }
}
