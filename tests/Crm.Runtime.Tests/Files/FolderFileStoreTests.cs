using Crm.Runtime.Files;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Files;

public sealed class FolderFixture : IFileStoreFixture
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("crm-files-").FullName;

    internal FakeTime Time { get; } = new();

    public Task<IFileStore> OpenAsync() => Task.FromResult<IFileStore>(FolderFileStore.Open(Folder, Time));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

public sealed class FolderFileStoreTests : FileStoreSuite<FolderFixture>
{
    [Fact]
    public async Task A_lease_that_is_not_renewed_runs_out()
    {
        await using var first = await Store.TryLeaseAsync("x", TimeSpan.FromSeconds(20), None);
        Fixture.Time.Advance(TimeSpan.FromSeconds(15));
        (await first!.RenewAsync(None)).Should().BeTrue();
        Fixture.Time.Advance(TimeSpan.FromSeconds(15));
        (await Store.TryLeaseAsync("x", TimeSpan.FromSeconds(20), None)).Should().BeNull("it was renewed");
        Fixture.Time.Advance(TimeSpan.FromSeconds(6));

        await using var second = await Store.TryLeaseAsync("x", TimeSpan.FromSeconds(20), None);

        second.Should().NotBeNull();
        (await first.RenewAsync(None)).Should().BeFalse();
    }

    [Fact]
    public async Task What_a_crash_left_is_removed_when_it_is_a_day_old()
    {
        var part = Path.Combine(Fixture.Folder, ".parts", "left");
        await File.WriteAllTextAsync(part, "half");
        File.SetLastWriteTimeUtc(part, Fixture.Time.GetUtcNow().UtcDateTime);

        await Fixture.OpenAsync();
        File.Exists(part).Should().BeTrue("somebody may be writing it");
        Fixture.Time.Advance(TimeSpan.FromHours(25));
        await Fixture.OpenAsync();

        File.Exists(part).Should().BeFalse();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        await WriteAsync("x", "a file");

        var writing = () => WriteAsync("x/y", "below a file");

        await writing.Should().ThrowAsync<FileStoreException>();
    }
}
