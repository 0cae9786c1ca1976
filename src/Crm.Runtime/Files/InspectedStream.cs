using System.Security.Cryptography;

namespace Crm.Runtime.Files;

/// <summary>
/// Looks at what somebody sends while it is passed on: how long it is, its SHA-256, its first bytes. Reading throws
/// <see cref="TooLongException"/> as soon as it is longer than allowed. Does not close what it reads.
/// </summary>
public sealed class InspectedStream(Stream inner, long longest) : ForwardStream
{
    /// <summary>How many of the first bytes are kept.</summary>
    public const int HeadLength = 4_096;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _head = new byte[HeadLength];

    /// <summary>The bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The first of them.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, (int)Math.Min(BytesRead, HeadLength));

    /// <summary>The SHA-256 of the bytes read so far, in lower-case hexadecimal digits.</summary>
    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Note(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Note(ReadOnlySpan<byte> bytes)
    {
        if (BytesRead + bytes.Length > longest)
        {
            throw new TooLongException(longest);
        }

        if (BytesRead < HeadLength)
        {
            bytes[..(int)Math.Min(bytes.Length, HeadLength - BytesRead)].CopyTo(_head.AsSpan((int)BytesRead));
        }

        _hash.AppendData(bytes);
        BytesRead += bytes.Length;
    }
}

/// <summary>What is sent is longer than allowed.</summary>
public sealed class TooLongException(long longest) : Exception($"It is longer than the {longest} bytes that are allowed.")
{
    public long Longest => longest;
}
