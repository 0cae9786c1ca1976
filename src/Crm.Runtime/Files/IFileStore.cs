namespace Crm.Runtime.Files;

/// <summary>
/// Where bytes are kept that are too many for the journal. A path is words of <c>a-z A-Z 0-9 . _ -</c> with slashes between (see
/// <see cref="FilePath"/>); no path may be what another one has before a slash. A file is written whole or not at all: nobody ever reads half of one.
/// </summary>
/// <exception cref="FileStoreException">The store cannot be reached, or refuses us. Thrown by every method; nothing is known of what was being done.</exception>
public interface IFileStore
{
    /// <summary>Writes all of a stream under a path; what was there is replaced. It is kept for good when this returns.</summary>
    /// <param name="content">Read once, to its end. If it throws, nothing is written, and that is thrown.</param>
    /// <param name="condition">What must be true of the path at that moment.</param>
    /// <returns>The file, or null when <paramref name="condition"/> did not hold.</returns>
    Task<StoredFile?> WriteAsync(string path, Stream content, WriteCondition condition, CancellationToken cancel);

    /// <summary>Opens a file, or a part of it, for reading. One that is replaced or deleted meanwhile is read as it was, or reading it throws.</summary>
    /// <param name="offset">The first byte to read; at or beyond the end, nothing is read.</param>
    /// <param name="length">How many bytes to read at most; null for all that follow.</param>
    /// <returns>Null when there is none.</returns>
    Task<FileContent?> OpenAsync(string path, long offset, long? length, CancellationToken cancel);

    /// <summary>What is known of a file, or null when there is none.</summary>
    Task<StoredFile?> FindAsync(string path, CancellationToken cancel);

    /// <summary>The files whose paths begin so, by their paths' characters, some at a time. What is written or deleted meanwhile may be missed or shown.</summary>
    /// <param name="after">What the page before gave as <see cref="FilePage.Next"/>; null for the first.</param>
    /// <param name="limit">How many at most, 1 to 5,000. A page may have fewer and yet not be the last.</param>
    Task<FilePage> ListAsync(string prefix, string? after, int limit, CancellationToken cancel);

    /// <summary>Deletes a file.</summary>
    /// <param name="etag">Only if it is still this one; null for any.</param>
    /// <returns>Whether there was one, and it is gone.</returns>
    Task<bool> DeleteAsync(string path, string? etag, CancellationToken cancel);

    /// <summary>Takes a name for ourselves, whichever process asks; it says nothing about files.</summary>
    /// <param name="time">How long it lasts unless renewed, 15 to 60 seconds.</param>
    /// <returns>Null when somebody else has it.</returns>
    Task<IFileLease?> TryLeaseAsync(string name, TimeSpan time, CancellationToken cancel);
}

/// <summary>What is known of a file without reading it.</summary>
/// <param name="ETag">Another one each time the path is written.</param>
public sealed record StoredFile(string Path, long Length, string ETag, DateTimeOffset ModifiedAt);

/// <summary>A file that is being read; disposing it closes the stream.</summary>
/// <param name="Content">The part that was asked for; asynchronously and forward only.</param>
public sealed record FileContent(StoredFile File, Stream Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <param name="Next">Where the next page begins; null when this is the last.</param>
public sealed record FilePage(IReadOnlyList<StoredFile> Files, string? Next);

/// <summary>What must be true of a path for it to be written.</summary>
public readonly record struct WriteCondition
{
    /// <summary>Nothing.</summary>
    public static WriteCondition Always { get; }

    /// <summary>That there is no file.</summary>
    public static WriteCondition IfAbsent { get; } = new() { MustBeAbsent = true };

    public bool MustBeAbsent { get; private init; }

    public string? ETag { get; private init; }

    /// <summary>That there is still this one.</summary>
    public static WriteCondition IfMatch(string etag) => new() { ETag = etag };
}

/// <summary>A name that is ours for a while. Disposing it gives it back.</summary>
public interface IFileLease : IAsyncDisposable
{
    /// <summary>Lets it last its time anew.</summary>
    /// <returns>False when it is not ours any more.</returns>
    Task<bool> RenewAsync(CancellationToken cancel);
}

/// <summary>The place of files cannot be reached, or does not let us do this.</summary>
public sealed class FileStoreException(string message, Exception? inner = null) : IOException(message, inner);
