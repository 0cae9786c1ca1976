using System.Globalization;
using System.Text;
using Crm.Grains.FieldBooks;
using Crm.Grains.Imports;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Sqlite;
using Crm.Silo.Commands;
using Crm.Silo.Imports;
using Crm.Silo.Rights;
using Crm.Silo.Tests.Hosting;

namespace Crm.Silo.Tests.Imports;

public sealed class ImportFlowTests
{
    private static readonly Guid Ada = new("0199c5a2-0000-7000-8000-00000000000a");
    private static readonly Asker Admin = new(TestSilo.Tenant, Ada, "Ada", "admin");
    private static readonly Sending ByAda = new(SenderKind.User);

    [Fact]
    public async Task A_file_becomes_leads_with_their_fields_source_owner_and_import()
    {
        await using var bed = await TestSilo.OpenAsync();
        var owner = Guid.CreateVersion7();
        await DefineAsync(bed, new(new("行业"), "text", "industry"));
        var id = await RequestAsync(bed, "姓名,公司,手机,邮箱,来源,意向产品,行业\n王小明,海河软件,13800138000,wang@example.com,展会,企业版,软件\n李四,长江机械,13900139000,,,,\n", owner: owner);

        var card = await DoneAsync(bed, id);

        card.Should().BeEquivalentTo(new { FileName = "leads.csv", Status = "done", Total = 2, Read = 2, Created = 2, Merged = 0, Refused = 0, Kept = 0 });
        var leads = await LeadsAsync(bed);
        leads.Should().HaveCount(2);
        leads.Single(lead => lead.Name == "王小明").Should().BeEquivalentTo(new
        {
            Company = "海河软件",
            Mobile = "13800138000",
            Email = "wang@example.com",
            Source = "exhibition",
            Product = "企业版",
            OwnerId = owner,
            ImportId = id,
            Custom = new Dictionary<string, CustomValue> { ["industry"] = "软件" },
        });
        leads.Single(lead => lead.Name == "李四").Should().BeEquivalentTo(new { Source = "import", Product = (string?)null, Custom = new Dictionary<string, CustomValue>() });
    }

    [Fact]
    public async Task The_journal_says_that_an_import_of_the_asker_made_the_leads()
    {
        await using var bed = await TestSilo.OpenAsync();
        var id = await RequestAsync(bed, "name\nAda Lovelace\n");
        await DoneAsync(bed, id);

        var lead = (await LeadsAsync(bed)).Single();
        var history = await bed.Silo.Store.ReadHistoryAsync(new(TestSilo.Tenant, "lead", lead.Id), null, 10, CancellationToken.None);

        history.Should().ContainSingle().Which.Should().BeEquivalentTo(new { ByKind = SenderKind.Import, By = Ada, CommandId = $"import/{id:N}/0000002" });
    }

    [Fact]
    public async Task Rows_of_one_lead_and_leads_that_are_there_are_merged_the_first_row_of_the_file_leading()
    {
        await using var bed = await TestSilo.OpenAsync();
        var known = new LeadCommand.Capture("赵六", "黄河钢铁");
        await bed.Silo.Leads.CaptureAsync(Admin, known, Guid.CreateVersion7(), ByAda, CancellationToken.None);
        var text = new StringBuilder("姓名,公司,手机\n赵六六,黄河钢铁,13700137000\n");
        for (var row = 0; row < 300; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"第{row}人,泰山水泥,\n");
        }

        var card = await DoneAsync(bed, await RequestAsync(bed, text.ToString()));

        card.Should().BeEquivalentTo(new { Created = 1, Merged = 300, Refused = 0 });
        var leads = await LeadsAsync(bed);
        leads.Single(lead => lead.Company == "黄河钢铁").Should().BeEquivalentTo(new { Name = "赵六", Mobile = "13700137000", Captures = 2, ImportId = (Guid?)null });
        leads.Single(lead => lead.Company == "泰山水泥").Should().BeEquivalentTo(new { Name = "第0人", Captures = 300 });
    }

    [Fact]
    public async Task A_refused_row_is_told_with_its_row_column_reason_and_value()
    {
        await using var bed = await TestSilo.OpenAsync();
        await DefineAsync(bed, new(new("年收入"), "text"));
        var id = await RequestAsync(bed, "姓名,联系电话,电子邮箱,来源,年收入\n王小明,=cmd(),,,\n,13800138000,,,\n\n李四,,not-an-address,,\n张三,,,五 号 展馆,\n钱七,1380013\n孙八,,,,\"" + new string('9', 2_001) + "\"\n周九,,,,\n");

        var card = await DoneAsync(bed, id);

        card.Should().BeEquivalentTo(new { Total = 7, Read = 7, Created = 1, Merged = 0, Refused = 6 });
        card.Problems.Select(problem => (problem.Row, problem.Column, problem.Code, problem.Value)).Should().Equal(
            (2, "联系电话", "phone-invalid", "=cmd()"),
            (3, "姓名", "field-required", null),
            (5, "电子邮箱", "email-invalid", "not-an-address"),
            (6, "来源", "enum-invalid", "五 号 展馆"),
            (7, null, "csv-row-invalid", null),
            (8, "年收入", "field-too-long", new string('9', 200)));
        (await bed.Silo.ImportHistory.ProblemsAsync(GrainOf(id), CancellationToken.None).ToListAsync()).Should().BeEquivalentTo(card.Problems, options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task A_list_of_companies_is_imported_under_their_names()
    {
        await using var bed = await TestSilo.OpenAsync();

        var card = await DoneAsync(bed, await RequestAsync(bed, "企业名称,区域\n海河软件,华北\n,华南\n"));

        card.Problems.Single().Should().BeEquivalentTo(new { Row = 3, Column = "企业名称", Code = "field-required" });
        (await LeadsAsync(bed)).Single().Should().BeEquivalentTo(new { Name = "海河软件", Company = "海河软件", Region = "华北" });
    }

    [Fact]
    public async Task The_same_file_twice_is_refused_with_the_first_import_whatever_its_name()
    {
        await using var bed = await TestSilo.OpenAsync();
        var id = await RequestAsync(bed, "name\nAda\n");
        await DoneAsync(bed, id);

        var again = await TryRequestAsync(bed, "name\nAda\n", new("other.csv"));

        again.Refusal.Should().BeEquivalentTo(new { Code = "import-already-applied", Existing = id });
        await NoFileIsLeftAsync(bed);
        (await LeadsAsync(bed)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_repeated_request_is_answered_with_the_first_import()
    {
        await using var bed = await TestSilo.OpenAsync();
        var first = await TryRequestAsync(bed, "name\nAda\n", new("leads.csv"), ByAda with { CommandId = "http/1", Fingerprint = [1] });
        await DoneAsync(bed, first.Id);

        var second = await TryRequestAsync(bed, "name\nAda\n", new("leads.csv"), ByAda with { CommandId = "http/1", Fingerprint = [1] });

        second.Should().BeEquivalentTo(new { first.Id, Succeeded = true });
    }

    [Theory]
    [InlineData("", "file-empty")]
    [InlineData("\n\n", "csv-header-invalid")]
    [InlineData("name,mobile\n", "csv-header-invalid")]
    [InlineData("王小明,13800138000\n李四,13900139000\n", "csv-header-invalid")]
    [InlineData("name,name\na,b\n", "csv-header-invalid")]
    [InlineData("name\n\"never closed\n", "csv-malformed")]
    public async Task A_bad_file_is_refused_before_anything_is_stored(string text, string code)
    {
        await using var bed = await TestSilo.OpenAsync();

        var answer = await TryRequestAsync(bed, text, new("leads.csv"));

        answer.Refusal!.Code.Should().Be(code);
        bed.Silo.Store.HeadOf(TestSilo.Tenant).Should().Be(0);
        Directory.EnumerateFiles(bed.ImportFolder).Should().BeEmpty();
    }

    [Fact]
    public async Task An_undo_takes_back_what_nobody_has_touched_and_keeps_the_rest()
    {
        await using var bed = await TestSilo.OpenAsync();
        await bed.Silo.Leads.CaptureAsync(Admin, new("旧人", "黄河钢铁"), Guid.CreateVersion7(), ByAda, CancellationToken.None);
        var text = new StringBuilder("姓名,公司\n新人,黄河钢铁\n");
        for (var row = 0; row < 1_200; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"人{row},公司{row}\n");
        }

        var id = await RequestAsync(bed, text.ToString());
        await DoneAsync(bed, id);
        var edited = (await LeadsAsync(bed)).Single(lead => lead.Name == "人7");
        await bed.Silo.Commands.TellAsync(Admin, "lead", edited.Id, new LeadCommand.Assign(Ada), ByAda, CancellationToken.None);

        await bed.Silo.Commands.TellAsync(Admin, "import", id, new ImportCommand.RequestUndo(), ByAda, CancellationToken.None);
        var card = await UntilAsync(bed, id, import => import.Status == "undone");

        card.Kept.Should().Be(1);
        (await LeadsAsync(bed)).Select(lead => lead.Name).Should().BeEquivalentTo("旧人", "人7");
        (await UndoneAsync(bed, id)).Should().Be(1_199);
        var again = await TryRequestAsync(bed, text.ToString(), new("leads.csv"));
        again.Succeeded.Should().BeTrue("what was undone may be imported again");
        (await DoneAsync(bed, again.Id)).Should().BeEquivalentTo(new { Created = 1_199, Merged = 2 });
    }

    [Fact]
    public async Task A_lead_that_one_file_names_twice_is_taken_back_with_it()
    {
        await using var bed = await TestSilo.OpenAsync();
        var id = await RequestAsync(bed, "姓名,公司\n王小明,海河软件\n王小明,海河软件\n");
        await DoneAsync(bed, id);

        await bed.Silo.Commands.TellAsync(Admin, "import", id, new ImportCommand.RequestUndo(), ByAda, CancellationToken.None);
        var card = await UntilAsync(bed, id, import => import.Status == "undone");

        card.Kept.Should().Be(0);
        (await LeadsAsync(bed)).Should().BeEmpty();
    }

    /// <summary>The store fails at a commit in the middle, as in a crash: rows are on disk that the import has not counted.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(90)]
    [InlineData(170)]
    public async Task An_import_of_3000_rows_that_was_cut_off_is_finished_with_exact_counts(int commit)
    {
        var commits = 0;
        await using var bed = await TestSilo.OpenAsync(Fail, batchSize: 16);
        var text = new StringBuilder("姓名,公司,手机\n");
        for (var row = 0; row < 3_000; row++)
        {
            // each tenth names the lead before it, each hundredth has no name
            var company = row % 10 == 9 ? row - 1 : row;
            text.Append(CultureInfo.InvariantCulture, $"{(row % 100 == 50 ? "" : $"人{row}")},公司{company},\n");
        }

        var id = await RequestAsync(bed, text.ToString());
        await UntilBrokenAsync(bed);
        await bed.ReopenAsync();
        (await CardAsync(bed, id)).Status.Should().BeOneOf("queued", "running");

        var card = await DoneAsync(bed, id);

        card.Should().BeEquivalentTo(new { Total = 3_000, Read = 3_000, Created = 2_670, Merged = 300, Refused = 30 });
        card.Problems.Select(problem => problem.Row).Should().Equal(Enumerable.Range(0, 30).Select(n => n * 100 + 52));
        var leads = await LeadsAsync(bed);
        leads.Should().HaveCount(2_670);
        leads.Sum(lead => lead.Captures).Should().Be(2_970);
        await NoFileIsLeftAsync(bed);

        void Fail(string point)
        {
            if (point == "commit" && Interlocked.Increment(ref commits) == commit)
            {
                throw new IOException("power cut");
            }
        }
    }

    [Fact]
    public async Task An_undo_that_was_cut_off_is_finished_with_exact_counts()
    {
        var isUndoing = false;
        var commits = 0;
        await using var bed = await TestSilo.OpenAsync(Fail, batchSize: 16);
        var text = new StringBuilder("姓名,公司\n");
        for (var row = 0; row < 1_000; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"人{row},公司{row}\n");
        }

        var id = await RequestAsync(bed, text.ToString());
        await DoneAsync(bed, id);
        foreach (var lead in (await LeadsAsync(bed)).Where(lead => lead.Name is "人3" or "人997"))
        {
            await bed.Silo.Commands.TellAsync(Admin, "lead", lead.Id, new LeadCommand.Qualify(), ByAda, CancellationToken.None);
        }

        Volatile.Write(ref isUndoing, true);
        await bed.Silo.Commands.TellAsync(Admin, "import", id, new ImportCommand.RequestUndo(), ByAda, CancellationToken.None);
        await UntilBrokenAsync(bed);
        await bed.ReopenAsync();
        var card = await UntilAsync(bed, id, import => import.Status == "undone");

        card.Kept.Should().Be(2);
        (await UndoneAsync(bed, id)).Should().Be(998);
        (await LeadsAsync(bed)).Select(lead => lead.Name).Should().BeEquivalentTo("人3", "人997");

        void Fail(string point)
        {
            if (point == "commit" && Volatile.Read(ref isUndoing) && ++commits == 25)
            {
                throw new IOException("power cut");
            }
        }
    }

    [Fact]
    public async Task An_import_whose_file_is_gone_fails_and_says_so()
    {
        var isOpen = false;
        var commits = 0;
        await using var bed = await TestSilo.OpenAsync(Fail);
        Volatile.Write(ref isOpen, true);
        var id = await RequestAsync(bed, "name\nAda\n");
        await UntilBrokenAsync(bed);
        File.Delete(Path.Combine(bed.ImportFolder, id.ToString("D")));
        await bed.ReopenAsync();

        var card = await UntilAsync(bed, id, import => import.Status == "failed");

        card.Problems.Single().Should().BeEquivalentTo(new { Row = 0, Code = "import-failed", Message = "The uploaded file is gone." });

        void Fail(string point)
        {
            // the first is the request, the second begins the run
            if (point == "commit" && Volatile.Read(ref isOpen) && ++commits == 2)
            {
                throw new IOException("power cut");
            }
        }
    }

    [Fact]
    public async Task A_full_disk_pauses_an_import_until_there_is_room()
    {
        var full = 0;
        await using var bed = await TestSilo.OpenAsync(Fail, batchSize: 16);
        var text = new StringBuilder("姓名\n");
        for (var row = 0; row < 600; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"人{row}\n");
        }

        var id = await RequestAsync(bed, text.ToString());
        var card = await DoneAsync(bed, id);

        card.Should().BeEquivalentTo(new { Read = 600, Created = 600, Refused = 0 });
        full.Should().BeGreaterThan(20);

        void Fail(string point)
        {
            if (point == "commit" && ++full is > 10 and <= 20)
            {
                throw new SqliteException(13, "disk full");
            }
        }
    }

    [Fact]
    public async Task A_preview_shows_columns_ten_rows_and_the_mapping_and_stores_nothing()
    {
        await using var bed = await TestSilo.OpenAsync();
        var text = new StringBuilder("姓名（必填）,公司,手机,电话,意向产品,年 收入\n");
        for (var row = 0; row < 12; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"人{row},公司{row},,,,\n");
        }

        await using var file = await ReceiveAsync(bed, text.ToString());
        await DefineAsync(bed, new(new("年收入", "Income"), "number", "income"));
        var (preview, refusal) = await bed.Silo.Imports.PreviewAsync(Admin, file, "leads.csv", CancellationToken.None);

        refusal.Should().BeNull();
        preview!.Columns.Should().Equal("姓名（必填）", "公司", "手机", "电话", "意向产品", "年 收入");
        preview.Rows.Should().HaveCount(10);
        preview.RowCount.Should().Be(12);
        preview.Mapping.Should().BeEquivalentTo(new Dictionary<string, string?>
        {
            ["姓名（必填）"] = "name",
            ["公司"] = "company",
            ["手机"] = "mobile",
            ["电话"] = null,
            ["意向产品"] = "product",
            ["年 收入"] = "custom.income",
        });
        preview.Fields.Should().Equal("name", "company", "mobile", "email", "source", "region", "product", "note", "custom.income");
        bed.Silo.Store.HeadOf(TestSilo.Tenant).Should().Be(1);
    }

    private static async Task DefineAsync(TestSilo bed, FieldBookCommand.Add field) =>
        (await bed.Silo.Commands.TellAsync(Admin, "fieldbook", AccessDirectory.FieldsOf(TestSilo.Tenant, "leads").Key, field with { Slice = "leads" }, new(SenderKind.User), CancellationToken.None))
            .Refusal.Should().BeNull();

    private static GrainId GrainOf(Guid import) => new(TestSilo.Tenant, "import", import);

    private static async Task<ReceivedFile> ReceiveAsync(TestSilo bed, string text)
    {
        var file = bed.Silo.Imports.Receive(Guid.CreateVersion7());
        await file.WriteAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);
        return file;
    }

    private static async Task<Answer> TryRequestAsync(TestSilo bed, string text, ImportWish wish, Sending? sending = null)
    {
        await using var file = await ReceiveAsync(bed, text);
        return await bed.Silo.Imports.RequestAsync(Admin, file, wish, sending ?? ByAda, CancellationToken.None);
    }

    private static async Task<Guid> RequestAsync(TestSilo bed, string text, Guid? owner = null)
    {
        var answer = await TryRequestAsync(bed, text, new("leads.csv", OwnerId: owner));
        answer.Refusal.Should().BeNull();
        return answer.Id;
    }

    private static async Task<ImportCard> CardAsync(TestSilo bed, Guid id) =>
        (await bed.Silo.Cards.FindAsync<ImportCard>(Admin, bed.Silo.Slices.OfKind("import"), id, CancellationToken.None))!;

    private static Task<ImportCard> UntilAsync(TestSilo bed, Guid id, Func<ImportCard, bool> isSo) => bed.UntilAsync(() => CardAsync(bed, id), isSo);

    private static async Task<ImportCard> DoneAsync(TestSilo bed, Guid id)
    {
        var card = await UntilAsync(bed, id, import => import.Status is "done" or "failed");
        card.Status.Should().Be("done");
        return card;
    }

    private static Task UntilBrokenAsync(TestSilo bed) => TestSilo.EventuallyAsync(() => !bed.Silo.Store.IsHealthy);

    private static Task NoFileIsLeftAsync(TestSilo bed) => TestSilo.EventuallyAsync(() => !Directory.EnumerateFiles(bed.ImportFolder).Any());

    private static async Task<int> UndoneAsync(TestSilo bed, Guid id)
    {
        var history = await bed.Silo.Store.ReadHistoryAsync(GrainOf(id), null, 100, CancellationToken.None);
        var newest = history.First(entry => entry.Type == "import-undo-progressed-v1");
        return System.Text.Json.JsonDocument.Parse(newest.Payload).RootElement.GetProperty("undone").GetInt32();
    }

    private static async Task<IReadOnlyList<LeadCard>> LeadsAsync(TestSilo bed)
    {
        var slice = bed.Silo.Slices.OfKind("lead");
        var query = new CardQuery(TestSilo.Tenant, "lead", Limit: 5_000);
        var leads = new List<LeadCard>();
        CardPage page;
        do
        {
            page = await bed.Silo.Store.QueryAsync(query, CancellationToken.None);
            leads.AddRange(page.Hits.Select(hit => (LeadCard)slice.ReadCard(hit.Json)));
            query = query with { After = page.Next };
        }
        while (page.Next is not null);

        return leads;
    }
}
