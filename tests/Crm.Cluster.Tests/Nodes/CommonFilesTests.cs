using Crm.Orleans.Hosting;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Sqlite;

namespace Crm.Cluster.Tests.Nodes;

/// <summary>The nodes of a cluster keep files in one place, or do not begin.</summary>
public sealed class CommonFilesTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folders = Directory.CreateTempSubdirectory("crm-places-");
    private readonly SqliteFixture _fixture = new();
    private readonly IGrainStore _store;

    public CommonFilesTests() => _store = _fixture.Open();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _fixture.DisposeAsync();
        _folders.Delete(recursive: true);
    }

    [Fact]
    public async Task Nodes_that_see_one_folder_begin()
    {
        await CheckAsync("shared");
        await CheckAsync("shared");
    }

    [Fact]
    public async Task A_node_with_a_folder_of_its_own_does_not_begin_and_says_what_to_set()
    {
        await CheckAsync("first");

        (await FluentActions.Awaiting(() => CheckAsync("second")).Should().ThrowAsync<FileStoreException>())
            .WithMessage("files-not-shared: the folder 'second' is not where*Crm:Files:Store 'AzureBlob'*Crm:Files:Path*");
        // and it has changed nothing
        await CheckAsync("first");
    }

    [Fact]
    public async Task A_folder_of_another_installation_is_not_taken_for_ours()
    {
        await CheckAsync("ours");
        await using var otherFixture = new SqliteFixture();
        await using var other = otherFixture.Open();
        await CheckAsync("theirs", other);

        await FluentActions.Awaiting(() => CheckAsync("theirs")).Should().ThrowAsync<FileStoreException>();
    }

    [Fact]
    public async Task A_copy_of_the_folder_is_as_good()
    {
        await CheckAsync("before");
        _folders.CreateSubdirectory("after");
        File.Copy(Path.Combine(_folders.FullName, "before", CommonFiles.MarkPath), Path.Combine(_folders.FullName, "after", CommonFiles.MarkPath));

        await CheckAsync("after");
    }

    [Fact]
    public async Task A_node_that_dies_between_the_marks_stops_nobody()
    {
        await CheckAsync("marked");
        await _store.WriteSecretAsync(CommonFiles.SecretName, null, CancellationToken.None);

        await CheckAsync("marked");
        await CheckAsync("marked");
    }

    [Fact]
    public async Task A_node_with_files_apart_ends_by_itself_and_the_others_do_not_mind()
    {
        await using var group = await NodeGroup.StartAsync(["both"]);
        await using var apart = new NodeProcess(1, _folders.FullName, group.Connection, "both", null);
        apart.Start();

        (await apart.EndAsync()).Should().Be(2);
        File.ReadAllText(apart.LogFile).Should().Contain($"files-not-shared: the folder '{Path.Combine(_folders.FullName, "data", "files")}'");
        (await group.All[0].IsReadyAsync()).Should().BeTrue();
    }

    private async Task CheckAsync(string folder, IGrainStore? store = null) => await CommonFiles.CheckAsync(
        FolderFileStore.Open(Path.Combine(_folders.FullName, folder), TimeProvider.System), $"the folder '{folder}'", store ?? _store, TimeProvider.System, CancellationToken.None);
}
