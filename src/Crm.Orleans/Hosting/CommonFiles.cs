using System.Text;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;

namespace Crm.Orleans.Hosting;

/// <summary>
/// Holds a node to the place of files that the others have. A mark lies in the place and in the store: a node whose place lacks it would keep
/// files that nobody else finds.
/// </summary>
internal static class CommonFiles
{
    /// <summary>Where the mark is among the files. No tenant's files are beside it: theirs have a folder.</summary>
    public const string MarkPath = "place.txt";

    /// <summary>The mark's name in the store.</summary>
    public const string SecretName = "file-place";

    private const int MarkLength = 32;

    /// <summary>Holds this node's place against the store's mark; the first node makes it. By one node at a time.</summary>
    /// <param name="place">What the place is called, for whoever set it.</param>
    /// <exception cref="FileStoreException">It is not the place of the others, or cannot be reached.</exception>
    public static async Task CheckAsync(IFileStore files, string place, IGrainStore store, TimeProvider time, CancellationToken cancel)
    {
        var expected = await store.ReadSecretAsync(SecretName, cancel) is { } secret ? Encoding.ASCII.GetString(secret) : null;
        var found = await ReadAsync(files, cancel);
        if (expected is not null)
        {
            if (found != expected)
            {
                throw new FileStoreException(
                    $"files-not-shared: {place} is not where the other nodes of this cluster keep files. All must have the same: Crm:Files:Store 'AzureBlob' with one account and container, or a folder that each of them sees as Crm:Files:Path (docs/CLUSTER.md).");
            }

            return;
        }

        // first the place, then the store: whoever dies in between has only marked a place
        await store.WriteSecretAsync(SecretName, Encoding.ASCII.GetBytes(found ?? await MarkAsync(files, time, cancel)), cancel);
    }

    private static async Task<string> MarkAsync(IFileStore files, TimeProvider time, CancellationToken cancel)
    {
        var mark = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        await files.WriteAsync(MarkPath, new MemoryStream(Encoding.ASCII.GetBytes(mark)), WriteCondition.Always, cancel);
        return mark;
    }

    /// <returns>Null when there is none, or something else.</returns>
    private static async Task<string?> ReadAsync(IFileStore files, CancellationToken cancel)
    {
        await using var file = await files.OpenAsync(MarkPath, 0, MarkLength, cancel);
        if (file is null)
        {
            return null;
        }

        using var reader = new StreamReader(file.Content, Encoding.ASCII);
        var text = await reader.ReadToEndAsync(cancel);
        return text.Length == MarkLength ? text : null;
    }
}
