using Crm.Runtime.Archive;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.PostgreSql;
using Crm.Runtime.Tests.Sqlite;
using Crm.Runtime.Tests.Stores;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Archive;

/// <summary>Journals of every store, copied into a folder of files and brought back from it.</summary>
public abstract class JournalArchiveSuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    private const int Page = 10;

    private static readonly DateTimeOffset Ever = DateTimeOffset.MaxValue;

    private readonly string _folder = Directory.CreateTempSubdirectory("crm-archive-").FullName;

    private IFileStore Files => FolderFileStore.Open(_folder, TimeProvider.System);

    private JournalArchive Archive => new(Store, Files) { LeastBytes = 500, PageSize = Page };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_is_archived_comes_back_with_what_continues_it()
    {
        var entries = await FillAsync(47);

        var added = await Archive.WriteAsync("acme", Ever, None);

        added.Should().NotBeEmpty();
        added[0].First.Should().Be(1);
        added[^1].Last.Should().Be(40, "a segment has whole pages");
        (await ReadAsync(null)).Should().BeEquivalentTo(entries.Take(40), options => options.WithStrictOrdering());
        (await ReadAsync(entries.Skip(30))).Should().BeEquivalentTo(entries, options => options.WithStrictOrdering());
        (await Archive.WriteAsync("acme", Ever, None)).Should().BeEmpty("nothing has come since");
        var more = await FillAsync(40);
        (await Archive.WriteAsync("acme", Ever, None))[0].First.Should().Be(41);
        (await ReadAsync(more.Skip(70))).Should().BeEquivalentTo(more, options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task A_tenant_is_brought_back_as_it_was_at_a_point()
    {
        var entries = await FillAsync(47);
        await Archive.WriteAsync("acme", Ever, None);

        (await ReadAsync(entries, last: 33)).Should().HaveCount(33);
        (await ReadAsync(entries, until: entries[44].At)).Should().HaveCount(entries.Count(entry => entry.At <= entries[44].At));
        var cut = await ReadAsync(entries, last: 44);
        await Store.DeleteTenantAsync("acme", None);
        await Store.ReceiveAsync("acme", cut, [], None);

        Store.HeadOf("acme").Should().Be(44);
        (await Store.VerifyAsync("acme", None)).Should().BeNull();
        (await Store.LoadAsync(Hand.Box(1), None))!.Version.Should().Be(entries.Take(44).Count(entry => entry.Key == Hand.Box(1).Key));
    }

    [Fact]
    public async Task What_is_too_young_or_too_little_waits()
    {
        var entries = await FillAsync(30);

        (await Archive.WriteAsync("acme", entries[0].At, None)).Should().BeEmpty("all of it is younger");
        (await new JournalArchive(Store, Files) { PageSize = Page }.WriteAsync("acme", Ever, None)).Should().BeEmpty("it is no megabyte");
    }

    [Fact]
    public async Task A_segment_that_is_gone_or_changed_is_named()
    {
        var entries = await FillAsync(60);
        var added = await Archive.WriteAsync("acme", Ever, None);
        added.Count.Should().BeGreaterThan(2);
        var path = Path.Combine(_folder, added[1].Path);
        var whole = await File.ReadAllBytesAsync(path);

        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)]);
        await BrokenAsync(at => at >= added[1].First && at <= added[1].Last + 1);
        for (var i = 30; i < whole.Length - 8; i += 97)
        {
            var changed = whole.ToArray();
            changed[i] ^= 1;
            await File.WriteAllBytesAsync(path, changed);
            try
            {
                // a few bits of the compression mean nothing
                (await ReadAsync(null)).Should().BeEquivalentTo(entries, options => options.WithStrictOrdering());
            }
            catch (ArchiveBrokenException broken)
            {
                broken.Position.Should().BeGreaterThanOrEqualTo(added[1].First);
            }
        }

        File.Delete(path);
        await BrokenAsync(at => at == added[1].First);
    }

    [Fact]
    public async Task A_tail_of_another_history_is_refused()
    {
        var entries = await FillAsync(47);
        await Archive.WriteAsync("acme", Ever, None);
        var others = entries.Skip(40).Select(entry => entry with { Payload = [.. entry.Payload, 32] });

        await FluentActions.Awaiting(() => ReadAsync(others)).Should().ThrowAsync<ArchiveBrokenException>();
        await FluentActions.Awaiting(() => ReadAsync(entries.Skip(42))).Should().ThrowAsync<ArchiveBrokenException>("two are left out");
    }

    [Fact]
    public async Task What_is_erased_is_erased_from_the_archive_too()
    {
        var entries = await FillAsync(40);
        var archive = Archive;
        var segments = await archive.WriteAsync("acme", Ever, None);
        var grain = Hand.Box(1);
        var positions = entries.Where(entry => entry.Key == grain.Key).Select(entry => entry.Position).ToList();

        await Store.EraseAsync(grain, positions.Count, None);
        await archive.RefreshAsync("acme", positions, None);

        var read = await ReadAsync(null);
        read.Where(entry => entry.Key == grain.Key).Should().OnlyContain(entry => entry.Payload.Length == 0);
        read.Where(entry => entry.Key != grain.Key).Should().OnlyContain(entry => entry.Payload.Length > 0);
        (await archive.ListAsync("acme", None)).Should().Equal(segments, "the chain stands where it stood");
    }

    private async Task<IReadOnlyList<JournalEntry>> FillAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Hand.TellAsync(Hand.Box(i % 3), new BoxCommand.Add(1));
        }

        return await Store.ReadJournalAsync("acme", 0, 1_000, null, None);
    }

    private async Task<List<JournalEntry>> ReadAsync(IEnumerable<JournalEntry>? tail, DateTimeOffset? until = null, long? last = null)
    {
        var all = new List<JournalEntry>();
        await foreach (var entry in Archive.ReadAsync("acme", tail?.ToAsyncEnumerable(), until, last, None))
        {
            all.Add(entry);
        }

        return all;
    }

    private async Task BrokenAsync(Func<long, bool> isThere)
    {
        var reading = () => ReadAsync(null);
        var broken = (await reading.Should().ThrowAsync<ArchiveBrokenException>()).Which;
        isThere(broken.Position).Should().BeTrue(broken.Message);
    }
}

public sealed class SqliteArchiveTests : JournalArchiveSuite<SqliteFixture>;

public sealed class PostgreSqlArchiveTests : JournalArchiveSuite<PostgreSqlFixture>;
