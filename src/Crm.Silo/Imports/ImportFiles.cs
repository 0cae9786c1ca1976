using System.Security.Cryptography;
using Crm.Runtime;
using Crm.Runtime.Files;
using Crm.Silo.Files;

namespace Crm.Silo.Imports;

/// <summary>
/// The files of imports that are not done yet: received into a file of this process, and kept where every process finds them. What their
/// sender called them is never part of a path.
/// </summary>
public sealed class ImportFiles(IFileStore files, Scratch scratch)
{
    /// <summary>Begins to receive the file of an import.</summary>
    public ReceivedFile Receive(Guid import) => new(this, import, scratch.Make());

    /// <summary>A copy of the file of an import that can be sought in, or null when there is none any more.</summary>
    /// <exception cref="FileStoreException">It cannot be reached.</exception>
    public Task<FileStream?> OpenAsync(GrainId import, CancellationToken cancel) => scratch.FetchAsync(files, PathOf(import), cancel);

    public Task DeleteAsync(GrainId import, CancellationToken cancel) => files.DeleteAsync(PathOf(import), null, cancel);

    internal Task KeepAsync(GrainId import, Stream content, CancellationToken cancel) => files.WriteAsync(PathOf(import), content, WriteCondition.Always, cancel);

    private static string PathOf(GrainId import) => FilePlaces.Of(import.Tenant, FilePlaces.Imports, import.Key);
}

/// <summary>A file on its way in; gone when it is disposed of, but for what was kept of it. Not thread safe.</summary>
public sealed class ReceivedFile : IAsyncDisposable
{
    private readonly ImportFiles _files;
    private readonly FileStream _content;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal ReceivedFile(ImportFiles files, Guid import, FileStream content) => (_files, Import, _content) = (files, import, content);

    public Guid Import { get; }

    public long Length => _content.Length;

    /// <summary>What has been received so far; can seek.</summary>
    public Stream Content => _content;

    /// <summary>SHA-256 of all that was written.</summary>
    public byte[] Hash() => _hash.GetCurrentHash();

    /// <exception cref="IOException">The disk is full or broken.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        _hash.AppendData(bytes.Span);
        await _content.WriteAsync(bytes, cancel);
    }

    /// <summary>Keeps what was received for the import, for good.</summary>
    /// <exception cref="FileStoreException">It could not be.</exception>
    public Task KeepAsync(string tenant, CancellationToken cancel)
    {
        _content.Position = 0;
        return _files.KeepAsync(new(tenant, "import", Import), _content, cancel);
    }

    /// <summary>Takes <see cref="KeepAsync"/> back.</summary>
    public Task DropAsync(string tenant) => _files.DeleteAsync(new(tenant, "import", Import), CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _hash.Dispose();
        return _content.DisposeAsync();
    }
}
