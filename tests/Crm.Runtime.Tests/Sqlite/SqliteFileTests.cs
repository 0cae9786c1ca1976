using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Sqlite;

/// <summary>What is the SQLite store's own: its file, its lock, and a disk that is full.</summary>
public sealed partial class SqliteFileTests : IAsyncDisposable
{
    private readonly SqliteFixture _fixture = new();
    private long _emptyPages;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_second_store_on_the_same_folder_is_refused_until_the_first_is_closed()
    {
        await using (_fixture.Open())
        {
            FluentActions.Invoking(() => _fixture.Open()).Should().Throw<DataDirectoryInUseException>().WithMessage("data-directory-in-use*");
        }

        await using var again = _fixture.Open();
        again.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public async Task Data_of_a_newer_program_is_refused_and_left_alone()
    {
        await using (_fixture.Open())
        {
        }

        RawSqlite.Execute(_fixture.File, "pragma user_version=999");
        for (var i = 0; i < 2; i++)
        {
            FluentActions.Invoking(() => _fixture.Open()).Should().Throw<SchemaTooNewException>().WithMessage("schema-too-new*999*");
        }

        RawSqlite.Read(_fixture.File, "pragma user_version").Should().Equal("999");
    }

    [Fact]
    public async Task It_says_what_it_is_and_waits_for_the_disk_unless_told_otherwise()
    {
        new SqliteOptions { Folder = "x" }.Synchronous.Should().Be("FULL");
        await using var store = _fixture.Open();
        store.Describe().Should().Contain("journalMode", "wal").And.Contain("synchronous", "OFF").And.ContainKey("store");
        FluentActions.Invoking(() => SqliteFixture.OpenWith(new() { Folder = Path.Combine(_fixture.Folder, "other"), Synchronous = "FULL; drop" })).Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_half_does_none_and_takes_them_again_when_there_is_room()
    {
        var answered = new Dictionary<GrainId, long>();
        var isFull = false;
        await using (var store = await OpenWithRoomAsync(40))
        {
            var hand = new Hand(store);
            for (var i = 0; i < 2_000 && !isFull; i += 10)
            {
                var writes = await JudgeAsync(hand, i);
                await Task.WhenAll(writes.Select(hand.WriteAsync));
                foreach (var write in writes.Where(write => write.Result == WriteResult.Stored))
                {
                    answered[write.Grain] = write.LastPosition;
                }

                isFull = writes.Exists(write => write.Result == WriteResult.StorageFull);
                writes.Should().OnlyContain(write => write.Result == WriteResult.Stored || write.Result == WriteResult.StorageFull);
            }

            isFull.Should().BeTrue();
            store.IsHealthy.Should().BeTrue();
            await CheckAsync(store, answered);
            (await hand.TellAsync(Hand.Box(9_999, "new"), new BoxCommand.Fill(Large(9_999)))).Result.Should().Be(WriteResult.StorageFull);
            store.HeadOf("new").Should().Be(0);
        }

        await using (var store = await OpenWithRoomAsync(400))
        {
            await CheckAsync(store, answered);
            var hand = new Hand(store);
            foreach (var write in await JudgeAsync(hand, 5_000))
            {
                (await hand.WriteAsync(write)).Result.Should().Be(WriteResult.Stored);
                answered[write.Grain] = write.LastPosition;
            }

            await CheckAsync(store, answered);
        }
    }

    [Fact]
    public async Task A_tenant_that_was_new_when_the_disk_was_full_shares_nothing_with_the_next()
    {
        await using var store = await OpenWithRoomAsync(4);
        var hand = new Hand(store);
        (await hand.TellAsync(Hand.Box(1, "first"), new BoxCommand.Fill(Large(100_000)))).Result.Should().Be(WriteResult.StorageFull);
        store.Tenants.Should().NotContain("first");
        (await hand.TellAsync(Hand.Box(1, "second"), new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
        (await hand.TellAsync(Hand.Box(1, "first"), new BoxCommand.Add(1))).Result.Should().Be(WriteResult.Stored);
        foreach (var tenant in new[] { "first", "second" })
        {
            (await store.ReadJournalAsync(tenant, 0, 10, null, CancellationToken.None)).Should().ContainSingle().Which.Key.Should().Be(Hand.Box(1, tenant).Key);
            (await store.VerifyAsync(tenant, CancellationToken.None)).Should().BeNull();
        }
    }

    [Fact]
    public async Task Cursors_and_secrets_fail_alone_while_the_disk_is_full()
    {
        await using var store = await OpenWithRoomAsync(1);
        await FluentActions.Awaiting(() => store.WriteSecretAsync("large", new byte[100_000], CancellationToken.None)).Should().ThrowAsync<SqliteException>();
        await store.WriteSecretAsync("small", [1], CancellationToken.None);
        (await store.ReadSecretAsync("small", CancellationToken.None)).Should().Equal(1);
        (await store.ReadSecretAsync("large", CancellationToken.None)).Should().BeNull();
    }

    [Fact]
    public async Task Data_of_the_first_schema_is_brought_up_to_date_when_opened()
    {
        await using (var store = _fixture.Open())
        {
            await new Hand(store).FillAsync(Hand.Box(1), new() { Terms = "word", Group = "g", Amount = 1, Keys = ["k"] });
            await new Hand(store).FillAsync(Hand.Box(2, "bolt"), new() { Terms = "word other" });
        }

        var before = _fixture.Dump();
        RawSqlite.Execute(_fixture.File, "delete from s_box");
        RawSqlite.Execute(_fixture.File, "insert into s_box(rowid, terms) values(1, 'word'), (2, 'word other')");
        RawSqlite.Execute(_fixture.File, "pragma user_version=1");
        await using (var store = _fixture.Open())
        {
            (await store.QueryAsync(new("acme", "box", Match: "word"), CancellationToken.None)).Hits.Select(hit => hit.Key).Should().Equal(Hand.Box(1).Key);
            (await store.QueryAsync(new("bolt", "box", Match: "\"word oth\"*"), CancellationToken.None)).Hits.Select(hit => hit.Key).Should().Equal(Hand.Box(2, "bolt").Key);
            store.Tallies.Read("acme", "box").Should().ContainSingle().Which.Value.Count.Should().Be(1);
        }

        _fixture.Dump().Should().Equal(before);
        RawSqlite.Read(_fixture.File, "pragma user_version").Should().Equal("4");
    }

    [Fact]
    public void Only_the_writer_opens_the_file_to_write()
    {
        var source = new DirectoryInfo(AppContext.BaseDirectory);
        while (source is not null && !File.Exists(Path.Combine(source.FullName, "Crm.sln")))
        {
            source = source.Parent;
        }

        var files = Directory.EnumerateFiles(Path.Combine(source!.FullName, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText).ToList();
        files.Sum(text => WritableSession().Count(text)).Should().Be(1, "a second writer or checkpointer can lose committed pages");
        files.Sum(text => OpenCall().Count(text)).Should().Be(1, "and every session is made in one place");
    }

    [GeneratedRegex("readOnly: false")]
    private static partial Regex WritableSession();

    [GeneratedRegex("sqlite3_open|new SqliteConnection")]
    private static partial Regex OpenCall();

    /// <summary>Opens the store with room for so many pages beside the tables.</summary>
    private async Task<IGrainStore> OpenWithRoomAsync(int pages)
    {
        await using (_fixture.Open())
        {
            _emptyPages = _emptyPages == 0 ? long.Parse(RawSqlite.Read(_fixture.File, "pragma page_count")[0], CultureInfo.InvariantCulture) : _emptyPages;
        }

        return SqliteFixture.OpenWith(_fixture.Options with { MaxPages = _emptyPages + pages });
    }

    private static Look Large(int size) => new() { Name = new string('x', size), Group = "g", Amount = 1, Terms = $"word{size}" };

    private static async Task<List<GrainWrite>> JudgeAsync(Hand hand, int from)
    {
        var writes = new List<GrainWrite>();
        for (var i = from; i < from + 10; i++)
        {
            writes.Add((await hand.JudgeAsync(Hand.Box(i), new BoxCommand.Fill(Large(500) with { Keys = [$"{i}"] }), $"id-{i}")).Write);
        }

        return writes;
    }

    /// <summary>All that was answered is there, and nothing else.</summary>
    private static async Task CheckAsync(IGrainStore store, Dictionary<GrainId, long> answered)
    {
        (await store.VerifyAsync("acme", CancellationToken.None)).Should().BeNull();
        var entries = await store.ReadJournalAsync("acme", 0, 10_000, null, CancellationToken.None);
        entries.Select(entry => (entry.Key, entry.Position)).Should().BeEquivalentTo(answered.Select(write => (write.Key.Key, write.Value)));
        store.HeadOf("acme").Should().Be(answered.Count);
        (await store.CountAsync(new("acme", "box"), 10_000, CancellationToken.None)).Should().Be(answered.Count);
        store.Tallies.Read("acme", "box").Should().ContainSingle().Which.Value.Count.Should().Be(answered.Count);
        foreach (var (grain, position) in answered)
        {
            (await store.LoadAsync(grain, CancellationToken.None))!.Row.LastPosition.Should().Be(position);
        }
    }
}
