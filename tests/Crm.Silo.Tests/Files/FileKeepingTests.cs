using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crm.Grains.Attachments;
using Crm.Grains.Imports;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Runtime.Files;
using Crm.Runtime.Sharing;
using Crm.Silo.Commands;
using Crm.Silo.Files;
using Crm.Silo.Rights;
using Crm.Silo.Tests.Hosting;

namespace Crm.Silo.Tests.Files;

/// <summary>That bytes and records stay together: a crash leaves bytes that nobody needs for a day, and never a record without bytes.</summary>
public sealed class FileKeepingTests
{
    private static readonly Asker System = Asker.System(TestSilo.Tenant);
    private static readonly ImportCommand.Request Waiting = new("a.csv", new('a', 64), 1, null, null, new Dictionary<string, string?>(), []);
    private static readonly Sending Sending = new(SenderKind.System, Trusted: true);

    [Fact]
    public async Task What_is_attached_is_there_as_it_was_sent()
    {
        await using var bed = await TestSilo.OpenAsync();
        var lead = await NewLeadAsync(bed);

        var answer = await AttachAsync(bed, lead, "报价.txt", "the offer");

        var file = (await ListAsync(bed, lead)).Should().ContainSingle().Subject;
        file.Should().BeEquivalentTo(new { answer.Id, Name = "报价.txt", MediaType = "text/plain", Bytes = 9, Sha256 = Convert.ToHexStringLower(SHA256.HashData("the offer"u8)) });
        (await ReadAsync(bed, file)).Should().Be("the offer");
    }

    [Fact]
    public async Task A_crash_between_bytes_and_record_leaves_nothing_for_long_and_one_between_record_and_bytes_cannot_be()
    {
        var steps = new ConcurrentBag<string>();
        var store = default(CrashingFiles);
        await using var bed = await TestSilo.OpenAsync(shape: options => options with
        {
            OpenFiles = (time, _) => ValueTask.FromResult<IFileStore>(store = new(FolderFileStore.Open(Path.Combine(options.Folder, "files"), time))),
        });
        var lead = await NewLeadAsync(bed);
        for (var round = 0; round < 100; round++)
        {
            // before the bytes, between bytes and record, after the record
            store!.CrashAt = (round % 4) switch { 0 => "write", 1 => "written", 2 => "find", _ => null };
            try
            {
                await AttachAsync(bed, lead, $"{round}.txt", $"offer {round}");
            }
            catch (CrashException)
            {
                steps.Add(store.CrashAt ?? "");
            }
        }

        store!.CrashAt = null;
        var files = await ListAsync(bed, lead);
        var kept = await CountAsync(bed);
        files.Should().HaveCount(25);
        steps.Should().HaveCount(75);
        kept.Should().BeGreaterThan(25, "crashes left some");
        (await bed.Silo.FileKeeper.ReconcileAsync(TestSilo.Tenant, CancellationToken.None)).Should().BeEquivalentTo((Removed: 0, Missing: Array.Empty<Guid>()), "they may be on their way");

        Age(bed, TimeSpan.FromHours(25));
        (await bed.Silo.FileKeeper.ReconcileAsync(TestSilo.Tenant, CancellationToken.None)).Should().BeEquivalentTo((Removed: kept - 25, Missing: Array.Empty<Guid>()));
        (await CountAsync(bed)).Should().Be(25);
        foreach (var file in files)
        {
            (await ReadAsync(bed, file)).Should().Be($"offer {Path.GetFileNameWithoutExtension(file.Name)}");
        }
    }

    [Fact]
    public async Task A_removed_file_keeps_its_bytes_until_it_cannot_be_brought_back()
    {
        await using var bed = await TestSilo.OpenAsync();
        var lead = await NewLeadAsync(bed);
        var file = (await AttachAsync(bed, lead, "a.txt", "x")).Id;
        await TellAsync(bed, file, new AttachmentCommand.Remove());
        Age(bed, TimeSpan.FromHours(25));

        (await bed.Silo.FileKeeper.ReconcileAsync(TestSilo.Tenant, CancellationToken.None)).Removed.Should().Be(0);
        await bed.Silo.Commands.TellAsync(System, "file", file, new AttachmentCommand.Purge(), Sending with { Now = DateTimeOffset.UtcNow.AddDays(31) }, CancellationToken.None);
        (await bed.Silo.FileKeeper.ReconcileAsync(TestSilo.Tenant, CancellationToken.None)).Removed.Should().Be(1);
        (await CountAsync(bed)).Should().Be(0);
    }

    [Fact]
    public async Task A_file_without_bytes_is_told()
    {
        await using var bed = await TestSilo.OpenAsync();
        var lead = await NewLeadAsync(bed);
        var file = (await AttachAsync(bed, lead, "a.txt", "x")).Id;

        await bed.Silo.FileStore.DeleteAsync(FilePlaces.Of(TestSilo.Tenant, FilePlaces.Attachments, file), null, CancellationToken.None);

        (await bed.Silo.FileKeeper.ReconcileAsync(TestSilo.Tenant, CancellationToken.None)).Missing.Should().Equal(file);
    }

    [Fact]
    public async Task An_erased_persons_files_go_at_once()
    {
        await using var bed = await TestSilo.OpenAsync();
        var lead = await NewLeadAsync(bed);
        await AttachAsync(bed, lead, "the passport of Ada.txt", "secret");
        var card = await bed.Silo.Cards.FindAsync<object>(System, bed.Silo.Slices.OfKind("lead"), lead, CancellationToken.None);

        var answer = await bed.Silo.Commands.TellAsync(System, "lead", lead, Silo.Privacy.Erasures.CommandFor(card!)!, Sending, CancellationToken.None); // it is there, and about a person

        answer.Refusal.Should().BeNull();
        await TestSilo.EventuallyAsync(() => !Directory.EnumerateFiles(bed.Folder, "*", SearchOption.AllDirectories).Any(path => path.Contains("/files/demo/files/", StringComparison.Ordinal)));
        (await ListAsync(bed, lead)).Should().BeEmpty();
        await bed.UntilAsync(
            async () => await bed.Silo.Store.ReadJournalAsync(TestSilo.Tenant, 0, 100, null, CancellationToken.None),
            entries => entries.Any(entry => entry.Type == "file-erased-v1") && entries.All(entry => !Encoding.UTF8.GetString(entry.Payload).Contains("passport", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_imports_file_stays_as_long_as_the_import_needs_it()
    {
        // no runner of this process takes them up
        await using var bed = await TestSilo.OpenAsync(shape: options => options with { MakeShare = (_, _) => new NoImports() });
        var ids = new[] { Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7() };
        foreach (var id in ids)
        {
            await bed.Silo.FileStore.WriteAsync(FilePlaces.Of(TestSilo.Tenant, FilePlaces.Imports, id), new MemoryStream([1]), WriteCondition.Always, CancellationToken.None);
        }

        // one waits, one has failed, the third has no record at all
        await TellAsync(bed, "import", ids[0], Waiting);
        await TellAsync(bed, "import", ids[1], Waiting with { ContentHash = new('b', 64) });
        await TellAsync(bed, "import", ids[1], new ImportCommand.Fail("x"));
        Age(bed, TimeSpan.FromHours(25));

        (await bed.Silo.FileKeeper.ReconcileAsync(TestSilo.Tenant, CancellationToken.None)).Removed.Should().Be(2);
        var left = await bed.Silo.FileStore.ListAsync(FilePlaces.PrefixOf(TestSilo.Tenant, FilePlaces.Imports), null, 10, CancellationToken.None);
        left.Files.Should().ContainSingle().Which.Path.Should().EndWith(ids[0].ToString("D"));
    }

    private static async Task<Guid> NewLeadAsync(TestSilo bed) =>
        (await bed.Silo.Commands.TellAsync(System, "lead", Guid.CreateVersion7(), new LeadCommand.Capture("Ada"), Sending, CancellationToken.None)).Id;

    private static async Task<Answer> AttachAsync(TestSilo bed, Guid lead, string name, string text)
    {
        var answer = await bed.Silo.Files.AttachAsync(System, bed.Silo.Slices.OfKind("lead"), lead, name, null, new MemoryStream(Encoding.UTF8.GetBytes(text)), Sending, CancellationToken.None);
        answer.Refusal.Should().BeNull();
        return answer;
    }

    private static Task TellAsync(TestSilo bed, Guid file, AttachmentCommand command) => TellAsync(bed, "file", file, command);

    private static async Task TellAsync(TestSilo bed, string kind, Guid id, object command) =>
        (await bed.Silo.Commands.TellAsync(System, kind, id, command, Sending, CancellationToken.None)).Refusal.Should().BeNull();

    private static async Task<IReadOnlyList<AttachmentCard>> ListAsync(TestSilo bed, Guid lead) =>
        (await bed.Silo.Files.ListAsync(System, bed.Silo.Slices.OfKind("lead"), lead, CancellationToken.None))!; // the lead is there

    private static async Task<string> ReadAsync(TestSilo bed, AttachmentCard file)
    {
        await using var content = await bed.Silo.Files.OpenAsync(TestSilo.Tenant, file, 0, null, CancellationToken.None);
        using var text = new StreamReader(content!.Content);
        return await text.ReadToEndAsync();
    }

    private static async Task<int> CountAsync(TestSilo bed) =>
        (await bed.Silo.FileStore.ListAsync(FilePlaces.PrefixOf(TestSilo.Tenant, FilePlaces.Attachments), null, 1_000, CancellationToken.None)).Files.Count;

    private static void Age(TestSilo bed, TimeSpan by)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(bed.Folder, "files", TestSilo.Tenant), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow - by);
        }
    }

    /// <summary>All work but that of imports.</summary>
    private sealed class NoImports : IWorkShare
    {
        public bool IsAlone => false;

        public event Action? Changed
        {
            add { }
            remove { }
        }

        public bool IsOurs(string work, string tenant) => work != "imports";
    }

    private sealed class CrashException : Exception;

    /// <summary>A store on which the process ends at a chosen step: nothing that follows happens, the removal of what was begun included.</summary>
    private sealed class CrashingFiles(IFileStore inner) : IFileStore
    {
        public string? CrashAt { get; set; }

        public async Task<StoredFile?> WriteAsync(string path, Stream content, WriteCondition condition, CancellationToken cancel)
        {
            At("write");
            var written = await inner.WriteAsync(path, content, condition, cancel);
            At("written");
            return written;
        }

        public Task<FileContent?> OpenAsync(string path, long offset, long? length, CancellationToken cancel) => inner.OpenAsync(path, offset, length, cancel);

        public Task<StoredFile?> FindAsync(string path, CancellationToken cancel)
        {
            At("find");
            return inner.FindAsync(path, cancel);
        }

        public Task<FilePage> ListAsync(string prefix, string? after, int limit, CancellationToken cancel) => inner.ListAsync(prefix, after, limit, cancel);

        public Task<bool> DeleteAsync(string path, string? etag, CancellationToken cancel) => CrashAt is null ? inner.DeleteAsync(path, etag, cancel) : throw new CrashException();

        public Task<IFileLease?> TryLeaseAsync(string name, TimeSpan time, CancellationToken cancel) => inner.TryLeaseAsync(name, time, cancel);

        private void At(string step)
        {
            if (CrashAt == step)
            {
                throw new CrashException();
            }
        }
    }
}
