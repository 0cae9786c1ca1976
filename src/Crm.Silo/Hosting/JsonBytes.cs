using System.Buffers;
using System.Text.Json;

namespace Crm.Silo.Hosting;

/// <summary>Writes JSON into a buffer that each thread keeps, so that only the bytes asked for are made.</summary>
internal static class JsonBytes
{
    private const int MostKept = 64 * 1024;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? _kept;

    /// <param name="write">Must not write JSON by this class itself.</param>
    public static byte[] Of<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var (buffer, writer) = _kept ??= Make();
        try
        {
            write(writer, value);
            writer.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            if (buffer.Capacity > MostKept)
            {
                _kept = null;
            }
            else
            {
                buffer.ResetWrittenCount();
                writer.Reset();
            }
        }
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) Make()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new(buffer, new() { Encoder = SiloJson.Cards.Encoder, SkipValidation = true }));
    }
}
