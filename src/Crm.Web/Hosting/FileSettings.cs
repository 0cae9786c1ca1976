using Crm.Runtime.Files;
using Crm.Runtime.Files.Azure;

namespace Crm.Web.Hosting;

/// <summary>Where files are kept for good, and how large they may be.</summary>
public sealed record FileSettings
{
    /// <summary><c>Folder</c> (default) or <c>AzureBlob</c>.</summary>
    public required FileStoreKind Store { get; init; }

    /// <summary>The folder; in a cluster one that every process sees. Default <c>files</c> in the folder of all data.</summary>
    public required string? Path { get; init; }

    /// <summary>Opens the Azure storage account; needed with that store. A key or a shared access signature, as Azure shows it.</summary>
    public required BlobAccount? Account { get; init; }

    /// <summary>The Blob container. Default <c>crm</c>.</summary>
    public required string Container { get; init; }

    /// <summary>Largest file of a record, in MB of 1,048,576 bytes. Default 25.</summary>
    public required int LargestMegabytes { get; init; }

    /// <summary>How much the files of a tenant may take that has no limit of its own, in MB; 0 (default) for no limit.</summary>
    public required int TenantMegabytes { get; init; }

    /// <exception cref="WrongSettingException"/>
    public static FileSettings Read(IConfigurationSection crm)
    {
        var store = CrmSettings.OneOf(crm, "Files:Store", "FOLDER", "AZUREBLOB") == "FOLDER" ? FileStoreKind.Folder : FileStoreKind.AzureBlob;
        var connection = crm["Files:ConnectionString"];
        var container = crm["Files:Container"] is { Length: > 0 } named ? named : "crm";
        if (store == FileStoreKind.AzureBlob && string.IsNullOrWhiteSpace(connection))
        {
            throw new WrongSettingException("The setting Crm:Files:Store is 'AzureBlob'; then Crm:Files:ConnectionString must say where, as in 'AccountName=…;AccountKey=…'.");
        }

        return new()
        {
            Store = store,
            Path = crm["Files:Path"] is { Length: > 0 } path ? path : null,
            Account = store == FileStoreKind.AzureBlob ? AccountOf(connection!) : null, // checked above
            Container = container.Length is >= 3 and <= 63 && container.All(one => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one) || one == '-') && container[0] != '-' && container[^1] != '-' && !container.Contains("--", StringComparison.Ordinal)
                ? container : throw CrmSettings.Wrong("Files:Container", container, "3 to 63 lower-case letters, digits and single hyphens"),
            LargestMegabytes = CrmSettings.Number(crm, "Files:LargestMegabytes", otherwise: 25, least: 1, most: 4_096),
            TenantMegabytes = CrmSettings.Number(crm, "Files:TenantMegabytes", otherwise: 0, least: 0, most: Grains.Tenants.TenantRules.MostFileMegabytes),
        };
    }

    /// <summary>Opens the place.</summary>
    /// <exception cref="FileStoreException">It cannot be reached.</exception>
    public async Task<IFileStore> OpenAsync(string dataPath, TimeProvider time, CancellationToken cancel)
    {
        if (Account is null)
        {
            return FolderFileStore.Open(FolderIn(dataPath), time);
        }

        // for the life of the process; one name stands for addresses that change
        var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
        return await AzureBlobStore.OpenAsync(http, Account, new() { Container = Container }, time, cancel);
    }

    /// <summary>What the place is called, for whoever set it.</summary>
    public string PlaceIn(string dataPath) => Account is null ? $"the folder '{FolderIn(dataPath)}'" : $"the container '{Container}' of the account {Account}";

    private string FolderIn(string dataPath) => System.IO.Path.GetFullPath(Path ?? System.IO.Path.Combine(dataPath, "files"));

    private static BlobAccount AccountOf(string connection)
    {
        try
        {
            return BlobAccount.Parse(connection);
        }
        catch (FormatException wrong)
        {
            throw new WrongSettingException($"The setting Crm:Files:ConnectionString cannot be used. {wrong.Message}");
        }
    }
}

/// <summary>What keeps files.</summary>
public enum FileStoreKind
{
    Folder,
    AzureBlob,
}
