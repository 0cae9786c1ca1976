using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Crm.Runtime.Files.Azure;

/// <summary>Files as block blobs in one container of an Azure storage account. A client of the service's documented REST API.</summary>
public sealed class AzureBlobStore : IFileStore
{
    private const string Leases = ".leases/";

    /// <summary>Names who wrote a blob, so that a try whose answer was lost is known again.</summary>
    private const string Writing = "x-ms-meta-writing";

    private readonly BlobWire _wire;
    private readonly BlobStoreOptions _options;
    private readonly TimeProvider _time;

    private AzureBlobStore(BlobWire wire, BlobStoreOptions options, TimeProvider time) => (_wire, _options, _time) = (wire, options, time);

    /// <summary>Reaches the service and makes the container if it is not there.</summary>
    /// <param name="http">Sends the requests; not disposed.</param>
    /// <exception cref="FileStoreException">It cannot be reached, or does not let us in.</exception>
    public static async Task<AzureBlobStore> OpenAsync(HttpClient http, BlobAccount account, BlobStoreOptions options, TimeProvider time, CancellationToken cancel)
    {
        var wire = new BlobWire(http, account, options, time);
        var store = new AzureBlobStore(wire, options, time);
        try
        {
            using var made = await wire.SendAsync(new(HttpMethod.Put, options.Container, [("restype", "container")], []), cancel);
            return made.Status is HttpStatusCode.Created or HttpStatusCode.Conflict ? store : throw BlobWire.Unexpected("making the container", made);
        }
        catch (FileStoreException) when (account.Signature is not null)
        {
            // a signature for one container may not make it; then it must be there
            await store.ListAsync("", null, 1, cancel);
            return store;
        }
    }

    public async Task<StoredFile?> WriteAsync(string path, Stream content, WriteCondition condition, CancellationToken cancel)
    {
        FilePath.Checked(path);
        var writing = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N");
        var headers = new List<(string, string)> { (Writing, writing) };
        headers.AddRange(condition.MustBeAbsent ? [("if-none-match", "*")] : condition.ETag is { } etag ? [("if-match", etag)] : []);
        var block = ArrayPool<byte>.Shared.Rent(_options.BlockSize);
        try
        {
            var read = await ReadBlockAsync(content, block, cancel);
            if (read < _options.BlockSize)
            {
                var put = Blob(HttpMethod.Put, path, [], [.. headers, ("x-ms-blob-type", "BlockBlob")], block.AsMemory(0, read));
                return await FinishAsync(path, put, read, writing, condition, cancel);
            }

            var length = 0L;
            var ids = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
            for (var number = 0; read > 0; number++, read = await ReadBlockAsync(content, block, cancel))
            {
                var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{writing}-{number:d6}")));
                using var stored = await _wire.SendAsync(Blob(HttpMethod.Put, path, [("comp", "block"), ("blockid", id)], [], block.AsMemory(0, read)), cancel);
                if (stored.Status != HttpStatusCode.Created)
                {
                    throw BlobWire.Unexpected("sending a block", stored);
                }

                ids.Append("<Uncommitted>").Append(id).Append("</Uncommitted>");
                length += read;
            }

            ids.Append("</BlockList>");
            var commit = Blob(HttpMethod.Put, path, [("comp", "blocklist")], headers, Encoding.ASCII.GetBytes(ids.ToString()));
            return await FinishAsync(path, commit, length, writing, condition, cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    public async Task<FileContent?> OpenAsync(string path, long offset, long? length, CancellationToken cancel)
    {
        FilePath.Checked(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        if (length != 0)
        {
            var answer = await _wire.SendAsync(ReadRequest(path, offset, length, null), cancel);
            switch (answer.Status)
            {
                case HttpStatusCode.OK or HttpStatusCode.PartialContent when TotalOf(answer) is { } total && total > offset:
                    var file = new StoredFile(path, total, answer.ETag, answer.ModifiedAt);
                    return new(file, await BlobReadStream.OpenAsync(this, file, answer, offset, Math.Min(length ?? long.MaxValue, total - offset), cancel));
                case HttpStatusCode.NotFound:
                    answer.Dispose();
                    return null;
                // there is nothing so far behind; Azurite says so by an empty part
                case HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.OK or HttpStatusCode.PartialContent:
                    answer.Dispose();
                    break;
                default:
                    using (answer)
                    {
                        throw BlobWire.Unexpected("opening a file", answer);
                    }
            }
        }

        return await FindAsync(path, cancel) is { } known ? new(known, Stream.Null) : null;
    }

    public async Task<StoredFile?> FindAsync(string path, CancellationToken cancel)
    {
        using var answer = await HeadAsync(FilePath.Checked(path), cancel);
        return answer is null ? null : new(path, LengthOf(answer), answer.ETag, answer.ModifiedAt);
    }

    public async Task<FilePage> ListAsync(string prefix, string? after, int limit, CancellationToken cancel)
    {
        FilePath.CheckedPrefix(prefix);
        ArgumentOutOfRangeException.ThrowIfNotEqual(limit is >= 1 and <= 5_000, true);
        var query = new List<(string, string)> { ("restype", "container"), ("comp", "list"), ("maxresults", limit.ToString(CultureInfo.InvariantCulture)) };
        query.AddRange(prefix.Length == 0 ? [] : [("prefix", prefix)]);
        query.AddRange(after is null ? [] : [("marker", after)]);
        using var answer = await _wire.SendAsync(new(HttpMethod.Get, _options.Container, query, []), cancel);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw BlobWire.Unexpected("listing files", answer);
        }

        return await BlobList.ReadAsync(answer, cancel);
    }

    public async Task<bool> DeleteAsync(string path, string? etag, CancellationToken cancel)
    {
        using var answer = await _wire.SendAsync(Blob(HttpMethod.Delete, FilePath.Checked(path), [], etag is null ? [] : [("if-match", etag)]), cancel);
        return answer.Status switch
        {
            HttpStatusCode.Accepted => true,
            // an earlier try has done it
            HttpStatusCode.NotFound => answer.Tries > 1,
            HttpStatusCode.PreconditionFailed => false,
            _ => throw BlobWire.Unexpected("deleting a file", answer),
        };
    }

    public async Task<IFileLease?> TryLeaseAsync(string name, TimeSpan time, CancellationToken cancel)
    {
        var path = Leases + FilePath.Checked(name);
        ArgumentOutOfRangeException.ThrowIfNotEqual(time.TotalSeconds is >= 15 and <= 60, true);
        // our own id, so that a try whose answer was lost can be repeated
        var id = Guid.CreateVersion7(_time.GetUtcNow()).ToString("D");
        var take = Blob(HttpMethod.Put, path, [("comp", "lease")],
            [("x-ms-lease-action", "acquire"), ("x-ms-proposed-lease-id", id), ("x-ms-lease-duration", ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture))]);
        for (var isSecond = false; ; isSecond = true)
        {
            using var taken = await _wire.SendAsync(take, cancel);
            switch (taken.Status)
            {
                case HttpStatusCode.Created or HttpStatusCode.OK:
                    return new BlobLease(this, path, id);
                case HttpStatusCode.Conflict:
                    return null;
                case HttpStatusCode.NotFound when !isSecond:
                    using (await _wire.SendAsync(Blob(HttpMethod.Put, path, [], [("if-none-match", "*"), ("x-ms-blob-type", "BlockBlob")]), cancel))
                    {
                        // whoever made it, it is there now
                    }

                    break;
                default:
                    throw BlobWire.Unexpected("taking a lease", taken);
            }
        }
    }

    /// <summary>Does something to a lease that we have.</summary>
    /// <returns>Whether it was ours.</returns>
    internal async Task<bool> ChangeLeaseAsync(string path, string id, string action, CancellationToken cancel)
    {
        using var answer = await _wire.SendAsync(Blob(HttpMethod.Put, path, [("comp", "lease")], [("x-ms-lease-action", action), ("x-ms-lease-id", id)]), cancel);
        return answer.Status is HttpStatusCode.OK;
    }

    /// <summary>Asks anew for what is left to read of a file.</summary>
    internal Task<BlobAnswer> ContinueAsync(StoredFile file, long offset, long length, CancellationToken cancel) =>
        _wire.SendAsync(ReadRequest(file.Path, offset, length, file.ETag), cancel);

    internal Task PauseAsync(int tries, CancellationToken cancel) => _wire.PauseAsync(tries, null, cancel);

    private async Task<StoredFile?> FinishAsync(string path, BlobRequest request, long length, string writing, WriteCondition condition, CancellationToken cancel)
    {
        using var answer = await _wire.SendAsync(request, cancel);
        if (answer.Status == HttpStatusCode.Created)
        {
            return new(path, length, answer.ETag, answer.ModifiedAt);
        }

        var isTaken = answer.Status is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed;
        // while a blob is being made, another commit throws away the blocks that we sent
        if (!isTaken && answer.Code != "InvalidBlockList" && !(answer.Status == HttpStatusCode.NotFound && condition.ETag is not null))
        {
            throw BlobWire.Unexpected("writing a file", answer);
        }

        using var there = await HeadAsync(path, cancel);
        if (there is not null && there.Message.Headers.TryGetValues(Writing, out var writers) && writers.Contains(writing))
        {
            // an earlier try has done it, and its answer was lost
            return new(path, LengthOf(there), there.ETag, there.ModifiedAt);
        }

        return isTaken || condition.ETag is not null || (condition.MustBeAbsent && there is not null) ? null
            : throw new FileStoreException($"Somebody else wrote '{path}' at the same time.");
    }

    private async Task<BlobAnswer?> HeadAsync(string path, CancellationToken cancel)
    {
        var answer = await _wire.SendAsync(Blob(HttpMethod.Head, path, [], []), cancel);
        if (answer.Status == HttpStatusCode.OK)
        {
            return answer;
        }

        using (answer)
        {
            return answer.Status == HttpStatusCode.NotFound ? null : throw BlobWire.Unexpected("looking for a file", answer);
        }
    }

    private BlobRequest ReadRequest(string path, long offset, long? length, string? etag)
    {
        var headers = new List<(string, string)>();
        if (offset > 0 || length is not null)
        {
            headers.Add(("x-ms-range", new RangeHeaderValue(offset, length is { } most ? offset + most - 1 : null).ToString()));
        }

        headers.AddRange(etag is null ? [] : [("if-match", etag)]);
        return Blob(HttpMethod.Get, path, [], headers);
    }

    private BlobRequest Blob(HttpMethod method, string path, IReadOnlyList<(string Name, string Value)> query, IReadOnlyList<(string Name, string Value)> headers, ReadOnlyMemory<byte> body = default) =>
        new(method, $"{_options.Container}/{path}", query, headers, body);

    private async Task<int> ReadBlockAsync(Stream content, byte[] block, CancellationToken cancel) =>
        await content.ReadAtLeastAsync(block.AsMemory(0, _options.BlockSize), _options.BlockSize, throwOnEndOfStream: false, cancel);

    /// <summary>How long the whole file is, of which an answer has a part.</summary>
    private static long? TotalOf(BlobAnswer answer) => answer.Status == HttpStatusCode.OK ? LengthOf(answer) : answer.Message.Content.Headers.ContentRange?.Length;

    private static long LengthOf(BlobAnswer answer) => answer.Message.Content.Headers.ContentLength ?? throw new FileStoreException("Azure Blob gave no length.");
}
