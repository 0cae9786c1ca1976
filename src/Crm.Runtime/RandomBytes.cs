using System.Security.Cryptography;

namespace Crm.Runtime;

/// <summary>Random bytes for salts and keys, fetched for many at once: a call of the generator costs as much as what it is for.</summary>
public static class RandomBytes
{
    /// <summary>How many there are at a time.</summary>
    public const int Size = 16;

    private const int Fetched = 64 * Size;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    /// <returns>Good until the next call on this thread.</returns>
    public static ReadOnlySpan<byte> Next()
    {
        if (_random is null || _used == Fetched)
        {
            RandomNumberGenerator.Fill(_random ??= new byte[Fetched]);
            _used = 0;
        }

        var next = _random.AsSpan(_used, Size);
        _used += Size;
        return next;
    }
}
