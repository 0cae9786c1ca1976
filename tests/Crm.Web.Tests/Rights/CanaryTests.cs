using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Crm.Grains.RoleBooks;
using Crm.Silo.Live;
using Crm.Web.Tests.Imports;
using Crm.Web.Tests.Live;
using Microsoft.AspNetCore.Routing;

namespace Crm.Web.Tests.Rights;

/// <summary>
/// Somebody who may do everything but see some fields, and somebody who may see none of some records, here and in another organisation. What is in
/// these is looked for in all that the server says to this person by any route, topic or file, whatever routes, topics and exports there are, and
/// in the server's log.
/// </summary>
public sealed partial class CanaryTests(SharedApp shared) : ApiTest(shared)
{
    private const string Text = "canary7261", Mobile = "13972617261", Amount = "7261726.10";

    /// <summary>The values themselves, and what formulas make of them.</summary>
    private static readonly string[] Canaries = [Text, Mobile, "7261726", "14523452"];

    private static readonly (string Slice, string[] Fields)[] Secrets =
    [
        ("leads", ["mobile", "email", "note", "custom.secret", "custom.wage"]),
        ("customers", ["mobile", "phone", "email", "note", "custom.secret", "custom.wage"]),
        ("contacts", ["mobile", "wechat", "email", "note", "custom.secret", "custom.wage"]),
        ("opportunities", ["amount", "competitor", "note", "custom.secret", "custom.wage"]),
    ];

    /// <summary>Fields of what stands around these records: the names of their files, and of the people who worked on them.</summary>
    private static readonly (string Slice, string[] Fields)[] Around = [("files", ["name"]), ("users", ["name", "login"])];

    private readonly Dictionary<string, Guid> _ids = [];

    /// <summary>What is sought.</summary>
    private string[] _words = ["mark", Text, Mobile];

    [Theory]
    [InlineData("hidden")]
    [InlineData("masked")]
    public async Task What_is_in_a_field_that_is_not_shown_is_nowhere(string right)
    {
        await PlantAsync();
        await PlantImportAsync();
        var teller = await Tenant.NewPersonAsync(Text, "admin");
        await AttachAsync(teller.Client, "mark");
        var clerk = await ClerkAsync(right);

        await ReadEverythingAsync(clerk.Client);
        await FollowEverythingAsync(clerk, teller);
        await ExportEverythingAsync(clerk.Client);
        await ProvokeAsync(clerk.Client);

        Search("the log", string.Join('\n', App.Logged));
    }

    [Theory]
    [InlineData("colleague")]
    [InlineData("foreigner")]
    public async Task What_is_in_a_record_that_is_not_seen_is_nowhere(string who)
    {
        await PlantAsync(mark: who == "colleague" ? Text : "mark");
        await AttachAsync(Admin, $"{Text} inside");
        // whoever reads the journal reads what he sought
        _words = who == "colleague" ? _words : ["mark"];
        var other = who == "colleague" ? Tenant : await App.NewTenantAsync();
        var person = who == "colleague" ? Tenant.OtherSales : other.Boss;

        await ReadEverythingAsync(person.Client);
        await FollowWhatIsNotSeenAsync(person, other.Admin);
        foreach (var (slice, _) in Secrets)
        {
            var (record, file) = (_ids[slice], _ids[$"{slice} file"]);
            foreach (var way in (string[])["link", "remove", "restore"])
            {
                Search(way, (await person.Client.PostAsync($"/api/{slice}/{record}/files/{file}/{way}")).ExpectProblem(404, "not-found").Text);
            }

            Search("a file of its own", (await AttachToAsync(person.Client, $"/api/{slice}/{record}", "x")).ExpectProblem(404, "not-found").Text);
            Search("a field of old", (await person.Client.PostAsync($"/api/{slice}/{record}/restore", new { field = "note", version = 1 })).ExpectProblem(404, "not-found").Text);
        }

        // what is taken is taken, and nobody is told by whom
        Search("a lead of the same number", (await person.Client.PostAsync("/api/leads", new { name = "x", mobile = Mobile })).Text);
        Search("a customer of the same number", (await person.Client.PostAsync("/api/customers", new { type = "individual", name = "x", mobile = Mobile })).Text);
        Search("the log", string.Join('\n', App.Logged));
    }

    [Fact]
    public async Task The_canaries_are_found_by_whoever_may_see_them()
    {
        await PlantAsync();
        var teller = await Tenant.NewPersonAsync(Text, "admin");
        await AttachAsync(teller.Client, $"{Text} inside");

        var seen = new StringBuilder();
        foreach (var (slice, _) in Secrets)
        {
            seen.Append((await Admin.GetAsync($"/api/{slice}/{_ids[slice]}")).Expect(200).Text);
            (await Admin.GetAsync($"/api/{slice}/{_ids[slice]}/files")).Expect(200).Text.Should().Contain($"{Text}.txt");
            (await Admin.GetAsync($"/api/{slice}/{_ids[slice]}/timeline")).Expect(200).Json.Items()[0].GetProperty("by").Text("name").Should().Be(Text);
            var link = (await Admin.PostAsync($"/api/{slice}/{_ids[slice]}/files/{_ids[$"{slice} file"]}/link")).Expect(200).Json.Text("url")!; // each answer has one
            (await Guest.GetAsync(link)).Expect(200).Text.Should().Contain(Text);
        }

        Canaries.Should().AllSatisfy(canary => seen.ToString().Should().Contain(canary, "a test that looks for what is not there proves nothing"));
    }

    /// <param name="mark">What the names say, by which all is found that may be.</param>
    private async Task PlantAsync(string mark = "mark")
    {
        foreach (var (slice, _) in Secrets)
        {
            (await Admin.PostAsync($"/api/fields/{slice}/add", new { label = new { en = "Secret" }, type = "text" })).Expect(200);
            (await Admin.PostAsync($"/api/fields/{slice}/add", new { label = new { en = "Wage" }, type = "money" })).Expect(200);
            (await Admin.PostAsync($"/api/fields/{slice}/add", new { label = new { en = "Twice" }, type = "formula", expression = "wage * 2" })).Expect(200);
        }

        var ownerId = Tenant.Sales.Id;
        var custom = new { secret = $"{Text}-custom", wage = new { amount = Amount, currency = "CNY" } };
        _ids["leads"] = (await Admin.PostAsync("/api/leads", new { ownerId, name = $"Ada {mark}", mobile = Mobile, email = $"{Text}@lead.example", note = $"{Text} note", custom })).Expect(201).Id;
        _ids["customers"] = (await Admin.PostAsync("/api/customers", new { ownerId, type = "individual", name = $"Bob {mark}", mobile = Mobile, email = $"{Text}@customer.example", note = $"{Text} note", custom })).Expect(201).Id;
        var firm = (await Admin.PostAsync("/api/customers", new { ownerId, type = "corporate", name = $"Firm {mark}", phone = Mobile, email = $"{Text}@firm.example" })).Expect(201).Id;
        _ids["contacts"] = (await Admin.PostAsync("/api/contacts", new { ownerId, customerId = firm, name = $"Cid {mark}", mobile = Mobile, wechat = Text, email = $"{Text}@contact.example", note = $"{Text} note", custom })).Expect(201).Id;
        _ids["opportunities"] = (await Admin.PostAsync("/api/opportunities", new { ownerId, name = $"Deal {mark}", pipeline = "simple", amount = new { amount = Amount, currency = "CNY" }, customerId = _ids["customers"], note = $"{Text} note", custom })).Expect(201).Id;
        (await Admin.PostAsync($"/api/opportunities/{_ids["opportunities"]}/lose", new { reason = "price", competitor = $"{Text} Ltd" })).Expect(200);
        (await Admin.PostAsync($"/api/opportunities/{_ids["opportunities"]}/reopen")).Expect(200);
        foreach (var (slice, _) in Secrets)
        {
            // there and back, for the timelines
            (await Admin.PostAsync($"/api/{slice}/{_ids[slice]}/amend", new { note = "x", custom = new { secret = "x", wage = "1" } })).Expect(200);
            (await Admin.PostAsync($"/api/{slice}/{_ids[slice]}/amend", new { note = $"{Text} again", custom })).Expect(200);
        }

        var converted = (await Admin.PostAsync("/api/leads", new { ownerId, name = $"Eve {mark}", company = "Eve Ltd", email = $"{Text}@second.example", custom })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{converted}/convert", new { opportunity = new { name = $"B {mark}", pipeline = "simple", amount = new { amount = Amount, currency = "CNY" } } })).Expect(200);
        _ids["converted"] = converted;
        _ids["users"] = Tenant.Sales.Id;
        _ids["api-keys"] = Tenant.SalesKey.Id;
    }

    private async Task PlantImportAsync() =>
        _ids["imports"] = Guid.Parse((await Admin.ImportAsync($"姓名,手机,Wage,邮箱\nx,{Mobile}0000000000000,,\ny,,{Text},\nz,,,{Text}\nok mark,,7261726.10,{Text}@third.example\n")).Text("id")!); // imports have one

    /// <summary>A file of each record, called by the canary.</summary>
    private async Task AttachAsync(ApiClient by, string content)
    {
        foreach (var (slice, _) in Secrets)
        {
            _ids[$"{slice} file"] = (await AttachToAsync(by, $"/api/{slice}/{_ids[slice]}", content)).Expect(201).Id;
        }
    }

    private static Task<ApiAnswer> AttachToAsync(ApiClient by, string record, string content) =>
        by.SendAsync(HttpMethod.Post, $"{record}/files?name={Text}.txt", new ByteArrayContent(Encoding.UTF8.GetBytes(content)) { Headers = { ContentType = new("text/plain") } });

    private async Task<Person> ClerkAsync(string right)
    {
        var grants = Grant.NeverImplied.Append("*").Select(verb => new { slice = "*", verb, scopes = (string[])["all"] });
        var fields = Secrets.Concat(Around).SelectMany(secret => secret.Fields.Select(field => new { slice = secret.Slice, field, right }));
        (await Admin.PutAsync("/api/roles/clerk", new { name = "clerk", grants, fields })).Expect(200);
        return await Tenant.NewPersonAsync("clerk", "clerk");
    }

    private async Task ReadEverythingAsync(ApiClient clerk)
    {
        var reads = App.Routes.Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true).Select(route => "/" + route.RoutePattern.RawText!.Trim('/')).ToList();
        reads.Should().HaveCountGreaterThan(50);
        string[] queries = ["", "?limit=200", .. _words.Select(word => $"?q={word}"), "?sort=-updatedAt&total=true", "?fields=custom", "?month=2026-11", "?at=2026-11-22T00:00:00Z", "?field=note", "?field=custom.secret&kind=lead",
            .. _words.Select(word => $"?by=ownerId&q={word}"), "?by=competitor&sum=amount", "?by=ownerId&sum=custom.wage", "?by=ownerId&filter=note pr"];
        foreach (var pattern in reads)
        {
            foreach (var path in PathsOf(pattern))
            {
                foreach (var query in queries)
                {
                    await AskAsync(clerk, path + query);
                }
            }
        }
    }

    private IEnumerable<string> PathsOf(string pattern)
    {
        var slice = pattern.Split('/') is [_, "api", var plural, ..] ? plural : "";
        Guid[] ids = slice == "leads" ? [_ids["leads"], _ids["converted"]] : [_ids.GetValueOrDefault(slice, _ids["leads"])];
        return ids.Select(id => Parameter().Replace(
            pattern.Replace("{id}", id.ToString(), StringComparison.Ordinal).Replace("{slice}", "leads", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal), "simple")).Distinct();
    }

    /// <param name="teller">Called by the canary; looks at the records meanwhile.</param>
    private async Task FollowEverythingAsync(Person clerk, Person teller)
    {
        await using var socket = await HubSocket.OpenAsync(App, clerk.Client);
        var kinds = Kinds();
        await using var looking = await HubSocket.OpenAsync(App, teller.Client);
        foreach (var (slice, _) in Secrets)
        {
            (await looking.FollowAsync($"record:{kinds[slice]}/{_ids[slice]}")).Should().BeNull();
        }

        await FollowAllAsync(socket, clerk);
        foreach (var (slice, _) in Secrets)
        {
            (await Admin.PostAsync($"/api/{slice}/{_ids[slice]}/amend", new { note = $"{Text} live", custom = new { secret = $"{Text} live" } })).Expect(200);
            (await Admin.PostAsync($"/api/{slice}/{_ids[slice]}/log-activity", new { type = "note", text = $"heard-{slice}" })).Expect(200);
        }

        // what is told last is told after all before it
        foreach (var (slice, _) in Secrets)
        {
            var record = $"record:{kinds[slice]}/{_ids[slice]}";
            await socket.HearAsync(hub => hub.Messages.Any(message => message.Text("topic") == record && message.Text("kind") == "delta" && message.GetRawText().Contains("\"lastActivityAt\":\"", StringComparison.Ordinal)), $"the change of {slice}");
        }

        await socket.HearAsync(hub => hub.Text.Contains(teller.Id.ToString(), StringComparison.Ordinal), "that somebody looks");
        Search("a socket", TextOf(socket));
    }

    /// <param name="admin">Of the person's own organisation.</param>
    private async Task FollowWhatIsNotSeenAsync(Person person, ApiClient admin)
    {
        await using var socket = await HubSocket.OpenAsync(App, person.Client);
        await FollowAllAsync(socket, person);
        await using var looking = await HubSocket.OpenAsync(App, Tenant.Boss.Client);
        foreach (var (slice, _) in Secrets)
        {
            (await looking.FollowAsync($"record:{Kinds()[slice]}/{_ids[slice]}")).Should().BeNull();
            (await Admin.PostAsync($"/api/{slice}/{_ids[slice]}/amend", new { note = $"{Text} live" })).Expect(200);
            await AttachToAsync(Admin, $"/api/{slice}/{_ids[slice]}", $"{Text} live");
        }

        (await admin.PostAsync("/api/leads", new { name = "heard", ownerId = person.Id })).Expect(201);
        await socket.HearAsync(hub => hub.Messages.Any(message => message.Text("kind") == "delta" && message.GetRawText().Contains("\"heard\"", StringComparison.Ordinal)), "what comes after");
        foreach (var (slice, _) in Secrets)
        {
            (await socket.FollowAsync($"record:{Kinds()[slice]}/{_ids[slice]}")).Should().Be("not-found", "who looks at it is nobody else's business either");
        }

        Search("a socket", TextOf(socket));
        foreach (var (slice, _) in Secrets)
        {
            socket.Text.Should().NotContain(_ids[slice].ToString());
        }
    }

    private Dictionary<string, string> Kinds() => App.Silo.Slices.All.ToDictionary(slice => slice.Slice.Plural, slice => slice.Kind);

    /// <summary>Follows all topics there are, and waits for what they begin with.</summary>
    private async Task FollowAllAsync(HubSocket socket, Person person)
    {
        var kinds = Kinds();
        var import = _ids.GetValueOrDefault("imports");
        string[] topics =
        [
            "funnel:simple", "board:simple", $"mine:{person.Id}", $"import:{import}", "pipelines:all", "fields:all", "tenant:mine", "alerts:all", $"handover:{Guid.Empty}", .. _words.Select(word => $"list:leads?q={word}"),
            .. kinds.Keys.Select(plural => $"list:{plural}?limit=200"), .. Secrets.Select(secret => $"record:{kinds[secret.Slice]}/{_ids[secret.Slice]}"), $"record:lead/{_ids["converted"]}", $"record:import/{import}",
        ];
        LiveTopics.Sorts.Should().OnlyContain(sort => topics.Any(topic => topic.StartsWith(sort + ":", StringComparison.Ordinal)));
        var followed = 0;
        foreach (var topic in topics)
        {
            followed += await socket.FollowAsync(topic) is null ? 1 : 0;
        }

        await socket.HearAsync(hub => hub.Messages.Select(message => message.Text("topic")).Distinct().Count() == followed, "a snapshot of each topic");
    }

    private async Task ExportEverythingAsync(ApiClient clerk)
    {
        var exports = RightsTable.Rows.Where(row => row.Route.StartsWith("POST ", StringComparison.Ordinal) && row.Route.EndsWith("/export", StringComparison.Ordinal)).Select(row => row.Route["POST ".Length..]).ToList();
        exports.Should().BeEquivalentTo(Secrets.Select(secret => $"/api/{secret.Slice}/export"), "whatever is exported has fields that may be hidden");
        foreach (var path in exports)
        {
            foreach (var format in (string[])["csv", "xlsx"])
            {
                foreach (var wish in (object[])[new { format }, new { format, q = "mark" }, new { format, fields = "name,custom" }])
                {
                    var export = (await clerk.PostAsync(path, wish)).Expect(202).Id;
                    await Eventually.GetAsync(async () => (await clerk.GetAsync($"/api/exports/{export}")).Json.Text("status"), status => status == "done", "the export to end");
                    var text = TextOf((await clerk.GetAsync($"/api/exports/{export}/file")).Expect(200).Bytes, format);
                    text.Should().Contain("mark");
                    Search($"{format} of {path}", text);
                }
            }
        }
    }

    /// <summary>Asks for what is refused, so that the refusals are read too.</summary>
    private async Task ProvokeAsync(ApiClient clerk)
    {
        foreach (var (slice, fields) in Secrets)
        {
            foreach (var field in fields.Append("custom.twice"))
            {
                // forbidden, or no field to filter or sort by for anybody
                foreach (var query in (string[])[$"filter={field} pr", $"filter=not ({field} pr) or name eq \"x\"", $"sort=-{field}"])
                {
                    (await AskAsync(clerk, $"/api/{slice}?{query}")).Status.Should().BeOneOf([400, 403], query);
                }

                var export = await clerk.PostAsync($"/api/{slice}/export", new { filter = $"{field} pr" });
                export.Status.Should().BeOneOf([400, 403], field);
                Search(field, export.Text);
                Search(field, (await clerk.PostAsync($"/api/{slice}/{_ids[slice]}/restore", new { field, version = 1 })).Text);
            }

            Search(slice, (await clerk.PostAsync($"/api/{slice}/{_ids[slice]}/amend", new { note = "x" }, ("If-Match", "\"1\""))).Text);
        }
    }

    private static async Task<ApiAnswer> AskAsync(ApiClient clerk, string path)
    {
        var answer = await clerk.GetAsync(path);
        // what was asked for is said back to who asked
        Search(path, answer.Status >= 400 ? answer.Text.Replace(Uri.UnescapeDataString(path), "", StringComparison.Ordinal) : answer.Text);
        return answer;
    }

    private static void Search(string where, string text)
    {
        foreach (var canary in Canaries)
        {
            var at = text.IndexOf(canary, StringComparison.Ordinal);
            (at < 0 ? "" : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 100)]).Should().BeEmpty("{0} is not for this person, in {1}", canary, where.Replace('{', '(').Replace('}', ')'));
        }
    }

    /// <summary>All that was heard, but for the names of topics as they were asked for.</summary>
    private static string TextOf(HubSocket socket) => SearchedTopic().Replace(socket.Text, "");

    private static string TextOf(byte[] file, string format)
    {
        if (format == "csv")
        {
            return Encoding.UTF8.GetString(file);
        }

        var text = new StringBuilder();
        using var zip = new ZipArchive(new MemoryStream(file));
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            text.AppendLine(reader.ReadToEnd());
        }

        return text.ToString();
    }

    [GeneratedRegex("list:leads[?]q=[^\"]*")]
    private static partial Regex SearchedTopic();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
