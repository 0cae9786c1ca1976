using System.Security.Cryptography;

namespace Crm.Silo.Imports;

/// <summary>
/// The files of imports that are not done yet, in a folder of their own. A file's name is the import's id: what its sender called it is
/// never part of a path.
/// </summary>
public sealed class ImportFiles
{
    private readonly string _folder;

    public ImportFiles(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>Begins to receive the file of an import. It is gone again when the receiver is disposed of, unless it was kept.</summary>
    public ReceivedFile Receive(Guid import) => new(this, import, new FileStream(PathOf(import), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 64 * 1_024));

    /// <summary>The file of an import, or null when there is none any more.</summary>
    public FileStream? Open(Guid import)
    {
        try
        {
            return new(PathOf(import), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1_024, FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public void Delete(Guid import) => File.Delete(PathOf(import));

    /// <summary>Removes what a crash left behind.</summary>
    public void DeleteAllBut(IEnumerable<Guid> imports)
    {
        var kept = imports.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(_folder))
        {
            if (!kept.Contains(path))
            {
                File.Delete(path);
            }
        }
    }

    private string PathOf(Guid import) => Path.Combine(_folder, import.ToString("D"));
}

/// <summary>A file on its way in. Not thread safe.</summary>
public sealed class ReceivedFile : IAsyncDisposable
{
    private readonly ImportFiles _files;
    private readonly FileStream _content;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _isKept;

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

    /// <summary>Leaves the file where it is. On disk when it returns.</summary>
    public void Keep()
    {
        _content.Flush(flushToDisk: true);
        _isKept = true;
    }

    /// <summary>Takes <see cref="Keep"/> back.</summary>
    public void Drop() => _isKept = false;

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _content.DisposeAsync();
        if (!_isKept)
        {
            _files.Delete(Import);
        }
    }
}
