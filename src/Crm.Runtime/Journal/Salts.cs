using System.Security.Cryptography;

namespace Crm.Runtime.Journal;

/// <summary>Salts for payloads. Random bytes are fetched for many at once: a call of the generator costs as much as the hash it is for.</summary>
public static class Salts
{
    public const int Size = 16;
    private const int Fetched = 64 * Size;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    public static byte[] Next()
    {
        if (_random is null || _used == Fetched)
        {
            RandomNumberGenerator.Fill(_random ??= new byte[Fetched]);
            _used = 0;
        }

        var salt = _random.AsSpan(_used, Size).ToArray();
        _used += Size;
        return salt;
    }
}
