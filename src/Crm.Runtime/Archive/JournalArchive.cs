using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Archive;

/// <summary>A piece of a journal in the file store.</summary>
/// <param name="First">The position of its first entry.</param>
/// <param name="Last">And of its last.</param>
/// <param name="Head">The first 16 hexadecimal digits of the hash of its last entry: where the chain stood.</param>
public sealed record ArchiveSegment(string Path, long First, long Last, string Head);

/// <summary>The archive, or what is to continue it, is not what the chain says. <see cref="Position"/> is the first entry that is wrong or missing.</summary>
public sealed class ArchiveBrokenException(string tenant, long position, string reason) : Exception($"The archive of '{tenant}' is broken at {position}: {reason}.")
{
    public long Position => position;
}

/// <summary>
/// Copies of journals in a file store, in segments: lines of JSON, compressed, whose name says which entries they hold and where the chain
/// stood. A segment is written once, when its entries are old enough and enough for one; only erasing changes it.
/// </summary>
public sealed class JournalArchive(IGrainStore store, IFileStore files, string folder = "archive")
{
    /// <summary>A segment is at least so large, compressed: small files cost as much as large ones.</summary>
    public const int SegmentBytes = 1_024 * 1_024;

    private const int HeadDigits = 16;

    /// <summary>How large a segment is at least, in bytes; less than <see cref="SegmentBytes"/> only in tests.</summary>
    public int LeastBytes { get; init; } = SegmentBytes;

    /// <summary>A segment has whole pages of so many entries: whoever writes it, it ends at the same place.</summary>
    public int PageSize { get; init; } = 2_000;

    /// <summary>The segments of a tenant, oldest first, without gaps.</summary>
    /// <exception cref="ArchiveBrokenException">There is a gap.</exception>
    public async Task<IReadOnlyList<ArchiveSegment>> ListAsync(string tenant, CancellationToken cancel)
    {
        var segments = new List<ArchiveSegment>();
        var expected = 1L;
        string? after = null;
        do
        {
            var page = await files.ListAsync(PrefixOf(tenant), after, 1_000, cancel);
            foreach (var segment in page.Files.Select(file => SegmentOf(file.Path)).OfType<ArchiveSegment>())
            {
                if (segment.First != expected)
                {
                    throw new ArchiveBrokenException(tenant, expected, "the segment that begins there is missing");
                }

                segments.Add(segment);
                expected = segment.Last + 1;
            }

            after = page.Next;
        }
        while (after is not null);

        return segments;
    }

    /// <summary>Writes what is old enough and enough for a segment. By one process at a time.</summary>
    /// <param name="olderThan">Entries from this moment on wait.</param>
    /// <returns>The segments that were added.</returns>
    public async Task<IReadOnlyList<ArchiveSegment>> WriteAsync(string tenant, DateTimeOffset olderThan, CancellationToken cancel)
    {
        var added = new List<ArchiveSegment>();
        var known = await ListAsync(tenant, cancel);
        var position = known.Count == 0 ? 0 : known[^1].Last;
        while (await ReadSegmentAsync(tenant, position, long.MaxValue, olderThan, cancel) is var (content, last, hash) && content.Length >= LeastBytes)
        {
            await using (content)
            {
                var segment = Named(tenant, position + 1, last, hash);
                // absent, or one that was written and not heard of
                await files.WriteAsync(segment.Path, content, WriteCondition.IfAbsent, cancel);
                added.Add(segment);
                position = last;
            }
        }

        return added;
    }

    /// <summary>Writes the segments anew that hold entries whose payloads were erased. The chain stays as it is: it covers what is left of them.</summary>
    public async Task RefreshAsync(string tenant, IEnumerable<long> positions, CancellationToken cancel)
    {
        var segments = await ListAsync(tenant, cancel);
        foreach (var segment in positions.Select(position => segments.FirstOrDefault(segment => position >= segment.First && position <= segment.Last)).OfType<ArchiveSegment>().Distinct())
        {
            var (content, _, _) = await ReadSegmentAsync(tenant, segment.First - 1, segment.Last, DateTimeOffset.MaxValue, cancel);
            await using (content)
            {
                await files.WriteAsync(segment.Path, content, WriteCondition.Always, cancel);
            }
        }
    }

    /// <summary>Every entry of a tenant up to a point, from the archive and what continues it, each checked to follow the one before.</summary>
    /// <param name="tail">Entries after the archive's, or more of them; null for none.</param>
    /// <param name="until">No entry after this moment; null for all.</param>
    /// <param name="last">No entry after this position; null for all.</param>
    /// <exception cref="ArchiveBrokenException">The chain does not hold. What was given out before is whole in itself.</exception>
    public async IAsyncEnumerable<JournalEntry> ReadAsync(string tenant, IAsyncEnumerable<JournalEntry>? tail, DateTimeOffset? until, long? last, [EnumeratorCancellation] CancellationToken cancel)
    {
        var walk = new ChainWalk(tenant);
        var reached = 0L;
        await foreach (var entry in ReadAsync(tenant, tail, cancel))
        {
            if (entry.Position <= reached)
            {
                continue; // the tail begins before the archive ends
            }

            if (entry.At > until || entry.Position > last)
            {
                yield break;
            }

            if (walk.Next(entry) is { } fault)
            {
                throw new ArchiveBrokenException(tenant, fault.Position, fault.Reason);
            }

            reached = entry.Position;
            yield return entry;
        }
    }

    private async IAsyncEnumerable<JournalEntry> ReadAsync(string tenant, IAsyncEnumerable<JournalEntry>? tail, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var segment in await ListAsync(tenant, cancel))
        {
            JournalEntry? newest = null;
            await foreach (var entry in ReadAsync(tenant, segment, cancel))
            {
                newest = entry;
                yield return entry;
            }

            if (newest?.Position != segment.Last || HeadOf(newest.Hash) != segment.Head)
            {
                throw new ArchiveBrokenException(tenant, newest?.Position ?? segment.First, "its segment does not end where its name says");
            }
        }

        await foreach (var entry in tail ?? AsyncEnumerable.Empty<JournalEntry>())
        {
            yield return entry;
        }
    }

    private async IAsyncEnumerable<JournalEntry> ReadAsync(string tenant, ArchiveSegment segment, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var file = await files.OpenAsync(segment.Path, 0, null, cancel) ?? throw new ArchiveBrokenException(tenant, segment.First, "its segment is gone");
        await using var plain = new GZipStream(file.Content, CompressionMode.Decompress);
        using var lines = new StreamReader(plain, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var position = segment.First;
        while (true)
        {
            string? line;
            try
            {
                line = await lines.ReadLineAsync(cancel);
            }
            catch (Exception broken) when (broken is InvalidDataException or DecoderFallbackException)
            {
                throw new ArchiveBrokenException(tenant, position, "its segment cannot be read");
            }

            if (line is null)
            {
                yield break;
            }

            yield return JournalLines.Read(tenant, line) ?? throw new ArchiveBrokenException(tenant, position, "a line of its segment is none");
            position++;
        }
    }

    /// <summary>A segment's content after a position: as much as makes one, or less when there is no more.</summary>
    private async Task<(MemoryStream Content, long Last, byte[] Hash)> ReadSegmentAsync(string tenant, long after, long last, DateTimeOffset olderThan, CancellationToken cancel)
    {
        var content = new MemoryStream();
        var (reached, hash) = (after, Array.Empty<byte>());
        await using (var pressed = new GZipStream(content, CompressionLevel.Optimal, leaveOpen: true))
        {
            var isFull = false;
            while (!isFull && reached < last)
            {
                var page = await store.ReadJournalAsync(tenant, reached, (int)Math.Min(PageSize, last - reached), null, cancel);
                if (page.Count < Math.Min(PageSize, last - reached) || page.Any(entry => entry.At >= olderThan))
                {
                    break;
                }

                foreach (var entry in page)
                {
                    JournalLines.Write(pressed, entry);
                    (reached, hash) = (entry.Position, entry.Hash);
                }

                await pressed.FlushAsync(cancel);
                // with a last entry it is that which ends it
                isFull = last == long.MaxValue && content.Length >= LeastBytes;
            }
        }

        content.Position = 0;
        return (content, reached, hash);
    }

    private string PrefixOf(string tenant) => $"{tenant}/{folder}/";

    private ArchiveSegment Named(string tenant, long first, long last, byte[] hash) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(tenant)}{first:d15}-{last:d15}-{HeadOf(hash)}.jsonl.gz"), first, last, HeadOf(hash));

    private static string HeadOf(byte[] hash) => Convert.ToHexStringLower(hash)[..HeadDigits];

    private static ArchiveSegment? SegmentOf(string path) =>
        path[(path.LastIndexOf('/') + 1)..].Split('-') is [{ Length: 15 } first, { Length: 15 } last, { Length: HeadDigits + 9 } head] && head.EndsWith(".jsonl.gz", StringComparison.Ordinal)
        && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from) && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            ? new(path, from, to, head[..HeadDigits]) : null;
}
