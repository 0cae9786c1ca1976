namespace Crm.Silo.Imports.Files;

/// <summary>How many bytes the parts of one archive may still inflate to, together.</summary>
internal sealed class InflationBudget(long bytes)
{
    public long Left { get; set; } = bytes;
}

/// <summary>
/// Counts what really comes out of a compressed XML part. Ends the reading when it is too much, or when there is no markup for so long
/// that the XML reader would have to hold a huge name, attribute or run of spaces in memory.
/// </summary>
internal sealed class GuardedStream(Stream inflated, long compressedBytes, int maxRatio, InflationBudget budget) : Stream
{
    /// <summary>Below this much, a high ratio is no danger, and common in small parts.</summary>
    private const long RatioCountsFromBytes = 1_000_000;

    /// <summary>The longest honest stretch is a full cell of 32,767 characters, each written as an entity.</summary>
    private const int MaxBytesBetweenTags = 512 * 1_024;

    private long _read;
    private int _sinceTag;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var length = inflated.Read(buffer);
        _read += length;
        budget.Left -= length;
        if (budget.Left < 0)
        {
            throw XlsxDefect.Unsafe("The archive unpacks to too many bytes.");
        }

        if (_read > RatioCountsFromBytes && _read / maxRatio > compressedBytes)
        {
            throw XlsxDefect.Unsafe($"The archive unpacks to more than {maxRatio} times its size.");
        }

        WatchTags(buffer[..length]);
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inflated.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Only &lt; counts: inside an attribute it cannot stand, while &gt; can, as often as an attacker likes.</summary>
    private void WatchTags(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOf((byte)'<');
        _sinceTag += first < 0 ? bytes.Length : first;
        if (_sinceTag > MaxBytesBetweenTags)
        {
            throw XlsxDefect.Unsafe("The workbook has a tag or a text that is too long.");
        }

        if (first >= 0)
        {
            // What lies between two < of one read is shorter than the read buffer, so only its two ends matter.
            _sinceTag = bytes.Length - 1 - bytes.LastIndexOf((byte)'<');
        }
    }
}
