using System.Security.Cryptography;
using System.Text;
using Crm.Runtime.Files;

namespace Crm.Runtime.Tests.Files;

/// <summary>An empty place for files. A store that passes the suite supplies one.</summary>
public interface IFileStoreFixture : IAsyncDisposable
{
    Task<IFileStore> OpenAsync();
}

/// <summary>What every file store does.</summary>
public abstract class FileStoreSuite<TFixture> : IAsyncLifetime where TFixture : IFileStoreFixture, new()
{
    /// <summary>Some blocks, and some more.</summary>
    private const int Large = 700_001;

    private IFileStore? _store;

    protected static CancellationToken None => CancellationToken.None;

    protected TFixture Fixture { get; } = new();

    protected IFileStore Store => _store ?? throw new InvalidOperationException("Not open yet.");

    public async ValueTask InitializeAsync() => _store = await Fixture.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(Large)]
    public async Task A_file_is_read_as_it_was_written(int length)
    {
        var bytes = Bytes(length);

        var written = await Store.WriteAsync("acme/files/one", new Trickle(bytes), WriteCondition.Always, None);

        written!.Length.Should().Be(length);
        (await ReadAsync("acme/files/one")).Should().Equal(bytes);
        var found = await Store.FindAsync("acme/files/one", None);
        found.Should().BeEquivalentTo(written, file => file.Excluding(facts => facts.ModifiedAt));
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        await WriteAsync("a/b", "x");

        (await Store.OpenAsync("a/c", 0, null, None)).Should().BeNull();
        (await Store.FindAsync("a/c", None)).Should().BeNull();
        (await Store.FindAsync("a", None)).Should().BeNull("the beginning of a path is no file");
        (await Store.OpenAsync("a", 0, null, None)).Should().BeNull();
        (await Store.DeleteAsync("a/c", null, None)).Should().BeFalse();
    }

    [Theory]
    [InlineData(0, 5L, "01234")]
    [InlineData(3, 4L, "3456")]
    [InlineData(7, null, "789")]
    [InlineData(7, 100L, "789")]
    [InlineData(10, null, "")]
    [InlineData(11, 5L, "")]
    [InlineData(2, 0L, "")]
    public async Task A_part_is_read_alone(long offset, long? length, string expected)
    {
        await WriteAsync("digits", "0123456789");

        await using var part = await Store.OpenAsync("digits", offset, length, None);

        part!.File.Length.Should().Be(10, "it is the file's and not the part's");
        using var text = new StreamReader(part.Content);
        (await text.ReadToEndAsync()).Should().Be(expected);
    }

    [Fact]
    public async Task A_part_of_a_large_file_is_read_alone()
    {
        var bytes = Bytes(Large);
        await Store.WriteAsync("large", new MemoryStream(bytes), WriteCondition.Always, None);

        await using var part = await Store.OpenAsync("large", 300_000, 200_000, None);

        (await AllAsync(part!.Content)).Should().Equal(bytes[300_000..500_000]);
    }

    [Fact]
    public async Task Writing_again_replaces_all_of_it_and_changes_its_tag()
    {
        var first = await WriteAsync("x", "a long first one");
        var second = await WriteAsync("x", "short");
        var third = await WriteAsync("x", "shorx");

        Text(await ReadAsync("x")).Should().Be("shorx");
        new[] { first!.ETag, second!.ETag, third!.ETag }.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task If_absent_is_written_once()
    {
        (await WriteAsync("x", "first", WriteCondition.IfAbsent)).Should().NotBeNull();
        (await WriteAsync("x", "second", WriteCondition.IfAbsent)).Should().BeNull();

        Text(await ReadAsync("x")).Should().Be("first");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Large)]
    public async Task Of_many_who_write_if_absent_one_does(int length)
    {
        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
            (number, Written: await Store.WriteAsync("x", new MemoryStream([.. Enumerable.Repeat((byte)number, length)]), WriteCondition.IfAbsent, None))));

        var winner = tries.Single(attempt => attempt.Written is not null);
        (await ReadAsync("x")).Should().HaveCount(length).And.OnlyContain(one => one == winner.number);
    }

    [Fact]
    public async Task If_it_is_still_this_one_it_is_replaced()
    {
        var first = await WriteAsync("x", "first");
        var second = await WriteAsync("x", "second", WriteCondition.IfMatch(first!.ETag));

        second.Should().NotBeNull();
        (await WriteAsync("x", "third", WriteCondition.IfMatch(first.ETag))).Should().BeNull();
        (await WriteAsync("y", "none", WriteCondition.IfMatch(first.ETag))).Should().BeNull();
        Text(await ReadAsync("x")).Should().Be("second");
        (await Store.FindAsync("y", None)).Should().BeNull();
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(Large)]
    public async Task A_sender_who_breaks_off_leaves_what_was_there(int at)
    {
        await WriteAsync("x", "before");
        var broken = new Trickle(Bytes(Large), breakAt: at);

        var writing = () => Store.WriteAsync("x", broken, WriteCondition.Always, None);

        await writing.Should().ThrowAsync<EndOfStreamException>("what the sender's side throws is what is thrown");
        Text(await ReadAsync("x")).Should().Be("before");
        (await Store.ListAsync("", null, 10, None)).Files.Should().ContainSingle();
    }

    [Fact]
    public async Task A_cancelled_write_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        var content = new Trickle(Bytes(Large), onRead: read => { if (read > Large / 2) { stop.Cancel(); } });

        var writing = () => Store.WriteAsync("x", content, WriteCondition.Always, stop.Token);

        await writing.Should().ThrowAsync<OperationCanceledException>();
        (await Store.FindAsync("x", None)).Should().BeNull();
    }

    [Fact]
    public async Task A_reader_never_sees_two_files_in_one()
    {
        await Store.WriteAsync("x", new MemoryStream([.. Enumerable.Repeat((byte)1, Large)]), WriteCondition.Always, None);
        await using var reading = await Store.OpenAsync("x", 0, null, None);
        var start = new byte[1_000];
        await reading!.Content.ReadExactlyAsync(start);

        await Store.WriteAsync("x", new MemoryStream([.. Enumerable.Repeat((byte)2, Large)]), WriteCondition.Always, None);

        try
        {
            (await AllAsync(reading.Content)).Should().OnlyContain(one => one == 1).And.HaveCount(Large - 1_000);
        }
        catch (FileStoreException)
        {
            // allowed: it says so
        }
    }

    [Fact]
    public async Task A_deleted_file_is_gone()
    {
        var first = await WriteAsync("x", "first");
        await WriteAsync("x", "second");

        (await Store.DeleteAsync("x", first!.ETag, None)).Should().BeFalse("it is another one now");
        (await Store.DeleteAsync("x", null, None)).Should().BeTrue();
        (await Store.DeleteAsync("x", null, None)).Should().BeFalse();
        (await Store.FindAsync("x", None)).Should().BeNull();
        (await WriteAsync("x", "again", WriteCondition.IfAbsent)).Should().NotBeNull();
    }

    [Fact]
    public async Task Files_are_listed_page_by_page_by_their_characters()
    {
        string[] paths = ["a-b/1", "a.b", "a/1", "a/10", "a/2", "a/b/c/d", "a0", "b/1", "b/2"];
        foreach (var path in paths.Reverse())
        {
            await WriteAsync(path, path);
        }

        (await ListAsync("", 2)).Should().Equal(paths);
        (await ListAsync("a/", 1)).Should().Equal("a/1", "a/10", "a/2", "a/b/c/d");
        (await ListAsync("a/1", 100)).Should().Equal("a/1", "a/10");
        (await ListAsync("a", 3)).Should().Equal(paths[..7]);
        (await ListAsync("c", 3)).Should().BeEmpty();
        var first = (await Store.ListAsync("b/", null, 1, None)).Files.Single();
        first.Should().BeEquivalentTo(await Store.FindAsync("b/1", None), "a list says what is known of each");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("x/")]
    [InlineData("x//y")]
    [InlineData("../x")]
    [InlineData("x/../y")]
    [InlineData("x/.y")]
    [InlineData("x.")]
    [InlineData("x\\y")]
    [InlineData("x y")]
    [InlineData("x%2e")]
    [InlineData("x?y")]
    [InlineData("报价")]
    [InlineData("a/b/c/d/e/f/g/h/i/j/k/l/m")]
    public async Task What_is_no_path_is_refused(string path)
    {
        await ((Func<Task>)(() => WriteAsync(path, "x"))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => Store.OpenAsync(path, 0, null, None))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => Store.FindAsync(path, None))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => Store.DeleteAsync(path, null, None))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => Store.TryLeaseAsync(path, TimeSpan.FromSeconds(15), None))).Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task A_lease_has_one_holder()
    {
        var time = TimeSpan.FromSeconds(15);
        var leases = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Store.TryLeaseAsync("archive/acme", time, None)));

        var held = leases.Where(lease => lease is not null).Should().ContainSingle().Subject;
        (await held!.RenewAsync(None)).Should().BeTrue();
        await using (var other = await Store.TryLeaseAsync("archive/zenith", time, None))
        {
            other.Should().NotBeNull("it is another name");
        }

        await held.DisposeAsync();
        (await held.RenewAsync(None)).Should().BeFalse("it was given back");
        await using var next = await Store.TryLeaseAsync("archive/acme", time, None);
        next.Should().NotBeNull();
        (await Store.ListAsync("", null, 10, None)).Files.Should().BeEmpty("leases are no files");
    }

    [Fact]
    public async Task What_passes_through_is_measured()
    {
        var bytes = Bytes(Large);
        await using var inspected = new InspectedStream(new Trickle(bytes), Large);

        await Store.WriteAsync("x", inspected, WriteCondition.Always, None);

        inspected.BytesRead.Should().Be(Large);
        inspected.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        inspected.Head.ToArray().Should().Equal(bytes[..InspectedStream.HeadLength]);
    }

    [Fact]
    public async Task What_is_too_long_is_not_written()
    {
        await using var inspected = new InspectedStream(new Trickle(Bytes(Large)), Large - 1);

        var writing = () => Store.WriteAsync("x", inspected, WriteCondition.Always, None);

        await writing.Should().ThrowAsync<TooLongException>();
        (await Store.FindAsync("x", None)).Should().BeNull();
    }

    protected Task<StoredFile?> WriteAsync(string path, string text, WriteCondition condition = default) =>
        Store.WriteAsync(path, new MemoryStream(Encoding.UTF8.GetBytes(text)), condition, None);

    protected async Task<byte[]> ReadAsync(string path)
    {
        await using var file = await Store.OpenAsync(path, 0, null, None);
        return await AllAsync(file!.Content);
    }

    protected static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>Always the same ones.</summary>
    protected static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> AllAsync(Stream content)
    {
        using var all = new MemoryStream();
        await content.CopyToAsync(all);
        return all.ToArray();
    }

    private async Task<List<string>> ListAsync(string prefix, int limit)
    {
        var paths = new List<string>();
        string? after = null;
        do
        {
            var page = await Store.ListAsync(prefix, after, limit, None);
            page.Files.Count.Should().BeLessThanOrEqualTo(limit);
            paths.AddRange(page.Files.Select(file => file.Path));
            after = page.Next;
        }
        while (after is not null);
        return paths;
    }
}
