using Crm.Runtime.Files;

namespace Crm.Runtime.Tests.Files;

/// <summary>A sender whose bytes come in pieces of odd sizes, and who may break off.</summary>
public sealed class Trickle(byte[] bytes, int? breakAt = null, Action<int>? onRead = null) : ForwardStream
{
    private int _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        if (_position >= breakAt)
        {
            throw new EndOfStreamException("The sender broke off.");
        }

        var read = Math.Min(Math.Min(buffer.Length, 7_777), bytes.Length - _position);
        bytes.AsSpan(_position, read).CopyTo(buffer.Span);
        _position += read;
        onRead?.Invoke(_position);
        return read;
    }
}
