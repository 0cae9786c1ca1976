namespace Crm.Runtime.Files.Azure;

/// <summary>A lease of an empty blob that stands for a name.</summary>
internal sealed class BlobLease(AzureBlobStore store, string path, string id) : IFileLease
{
    public Task<bool> RenewAsync(CancellationToken cancel) => store.ChangeLeaseAsync(path, id, "renew", cancel);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await store.ChangeLeaseAsync(path, id, "release", CancellationToken.None);
        }
        catch (FileStoreException)
        {
            // it runs out by itself
        }
    }
}
