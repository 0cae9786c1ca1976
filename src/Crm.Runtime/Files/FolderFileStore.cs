using System.Buffers;

namespace Crm.Runtime.Files;

/// <summary>
/// Files in a folder. A file is written beside its place, synced, and moved there. Several processes may share the folder, as on a network
/// volume; then <see cref="WriteCondition.IfMatch"/> and conditional deletes are only sure within each of them.
/// </summary>
public sealed class FolderFileStore : IFileStore
{
    private const string Parts = ".parts";
    private const string Leases = ".leases";
    private const int BufferSize = 128 * 1_024;

    /// <summary>A part that nobody has written to for so long was left behind by a crash.</summary>
    private static readonly TimeSpan PartLifetime = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly TimeProvider _time;
    // what looks at a path and then changes it is one step for each path
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    private FolderFileStore(string root, TimeProvider time) => (_root, _time) = (root, time);

    /// <summary>Opens the store in a folder, which is made if it is not there, and removes what crashes left of unfinished files.</summary>
    public static FolderFileStore Open(string folder, TimeProvider time)
    {
        var root = Path.GetFullPath(folder);
        Directory.CreateDirectory(Path.Combine(root, Parts));
        Directory.CreateDirectory(Path.Combine(root, Leases));
        foreach (var part in Directory.EnumerateFiles(Path.Combine(root, Parts)))
        {
            if (time.GetUtcNow() - File.GetLastWriteTimeUtc(part) > PartLifetime)
            {
                File.Delete(part);
            }
        }

        return new(root, time);
    }

    public async Task<StoredFile?> WriteAsync(string path, Stream content, WriteCondition condition, CancellationToken cancel)
    {
        var place = PlaceOf(path);
        var part = Path.Combine(_root, Parts, Guid.CreateVersion7(_time.GetUtcNow()).ToString("N"));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        // what the sender's side throws is not ours to explain
        var isReading = false;
        try
        {
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
            {
                while (true)
                {
                    isReading = true;
                    var read = await content.ReadAsync(buffer, cancel);
                    isReading = false;
                    if (read == 0)
                    {
                        break;
                    }

                    await file.WriteAsync(buffer.AsMemory(0, read), cancel);
                }

                file.Flush(flushToDisk: true);
            }

            return await InTurnAsync(path, () => Place(path, part, place, condition), cancel);
        }
        catch (Exception failure) when (!isReading && (failure is IOException or UnauthorizedAccessException))
        {
            throw Failed(failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            File.Delete(part);
        }
    }

    public Task<FileContent?> OpenAsync(string path, long offset, long? length, CancellationToken cancel)
    {
        var place = PlaceOf(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        FileStream? file = null;
        try
        {
            file = new(place, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan);
            var known = new StoredFile(path, file.Length, ETagOf(File.GetLastWriteTimeUtc(file.SafeFileHandle), file.Length), File.GetLastWriteTimeUtc(file.SafeFileHandle));
            file.Position = Math.Min(offset, file.Length);
            return Task.FromResult<FileContent?>(new(known, new PartStream(file, length ?? long.MaxValue)));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException || IsFolder(missing, place))
        {
            file?.Dispose();
            return Task.FromResult<FileContent?>(null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw Failed(failure);
        }
    }

    public Task<StoredFile?> FindAsync(string path, CancellationToken cancel) => Task.FromResult(Find(path, PlaceOf(path)));

    public Task<FilePage> ListAsync(string prefix, string? after, int limit, CancellationToken cancel)
    {
        FilePath.CheckedPrefix(prefix);
        ArgumentOutOfRangeException.ThrowIfNotEqual(limit is >= 1 and <= 5_000, true);
        var files = new List<StoredFile>();
        try
        {
            foreach (var path in Walk("", prefix, after))
            {
                cancel.ThrowIfCancellationRequested();
                if (files.Count == limit)
                {
                    return Task.FromResult(new FilePage(files, files[^1].Path));
                }

                if (Find(path, Path.Combine(_root, path)) is { } file)
                {
                    files.Add(file);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed(failure);
        }

        return Task.FromResult(new FilePage(files, null));
    }

    public async Task<bool> DeleteAsync(string path, string? etag, CancellationToken cancel)
    {
        var place = PlaceOf(path);
        return await InTurnAsync(path, Delete, cancel);

        bool Delete()
        {
            if (Find(path, place) is not { } file || (etag is not null && file.ETag != etag))
            {
                return false;
            }

            try
            {
                File.Delete(place);
                FolderSync.Sync(Path.GetDirectoryName(place)!); // a file is in a folder
                return true;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw Failed(failure);
            }
        }
    }

    public Task<IFileLease?> TryLeaseAsync(string name, TimeSpan time, CancellationToken cancel)
    {
        FilePath.Checked(name);
        ArgumentOutOfRangeException.ThrowIfNotEqual(time.TotalSeconds is >= 15 and <= 60, true);
        try
        {
            // the system gives it up when the process ends, however it ends
            var held = new FileStream(Path.Combine(_root, Leases, name.Replace('/', '~')), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return Task.FromResult<IFileLease?>(new FolderLease(held, time, _time));
        }
        catch (IOException)
        {
            return Task.FromResult<IFileLease?>(null);
        }
    }

    private StoredFile? Place(string path, string part, string place, WriteCondition condition)
    {
        var before = Find(path, place);
        if (condition.MustBeAbsent ? before is not null : condition.ETag is { } etag && before?.ETag != etag)
        {
            return null;
        }

        // the clock of a file system may stand still for milliseconds; an ETag must not
        var now = _time.GetUtcNow();
        var at = before is null || now > before.ModifiedAt ? now : before.ModifiedAt.AddTicks(1);
        File.SetLastWriteTimeUtc(part, at.UtcDateTime);
        var folder = Path.GetDirectoryName(place)!; // a file is in a folder
        MakeFolder(folder);
        try
        {
            File.Move(part, place, overwrite: !condition.MustBeAbsent);
        }
        catch (IOException) when (condition.MustBeAbsent && File.Exists(place))
        {
            return null;
        }

        FolderSync.Sync(folder);
        return Find(path, place);
    }

    /// <summary>Makes a folder and those it is in; on disk when it returns.</summary>
    private void MakeFolder(string folder)
    {
        if (folder.Length <= _root.Length || Directory.Exists(folder))
        {
            return;
        }

        var above = Path.GetDirectoryName(folder)!; // below the root
        MakeFolder(above);
        Directory.CreateDirectory(folder);
        FolderSync.Sync(above);
    }

    private static StoredFile? Find(string path, string place)
    {
        var file = new FileInfo(place);
        return file.Exists ? new(path, file.Length, ETagOf(file.LastWriteTimeUtc, file.Length), file.LastWriteTimeUtc) : null;
    }

    /// <summary>Paths by their characters, where those in a folder come where "folder/" comes. Folders that cannot have any are not entered.</summary>
    private IEnumerable<string> Walk(string folder, string prefix, string? after)
    {
        var entries = new DirectoryInfo(Path.Combine(_root, folder));
        if (!entries.Exists)
        {
            yield break;
        }

        var names = entries.EnumerateFileSystemInfos().Where(entry => entry.Name[0] != '.')
            .Select(entry => folder + entry.Name + ((entry.Attributes & FileAttributes.Directory) != 0 ? "/" : ""))
            .Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!name.EndsWith('/'))
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(name, after) > 0))
                {
                    yield return name;
                }
            }
            else if ((name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name, StringComparison.Ordinal))
                && (after is null || string.CompareOrdinal(name, after) > 0 || after.StartsWith(name, StringComparison.Ordinal)))
            {
                foreach (var path in Walk(name, prefix, after))
                {
                    yield return path;
                }
            }
        }
    }

    private async Task<T> InTurnAsync<T>(string path, Func<T> work, CancellationToken cancel)
    {
        var turn = _turns[(string.GetHashCode(path, StringComparison.Ordinal) & int.MaxValue) % _turns.Length];
        await turn.WaitAsync(cancel);
        try
        {
            return work();
        }
        finally
        {
            turn.Release();
        }
    }

    private string PlaceOf(string path) => Path.Combine(_root, FilePath.Checked(path));

    private static string ETagOf(DateTime modified, long length) => $"{modified.Ticks:x}-{length:x}";

    private static bool IsFolder(Exception failure, string place) => failure is UnauthorizedAccessException && Directory.Exists(place);

    private static FileStoreException Failed(Exception failure) => new($"The folder of files: {failure.Message}", failure);
}
