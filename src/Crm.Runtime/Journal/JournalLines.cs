using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crm.Runtime.Journal;

/// <summary>Entries of a journal as lines of JSON, each with all that its hash covers: what archives are made of.</summary>
public static class JournalLines
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an entry and the end of its line.</summary>
    public static void Write(Stream lines, JournalEntry entry)
    {
        using (var writer = new Utf8JsonWriter(lines, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("position"u8, entry.Position);
            writer.WriteNumber("at"u8, entry.At.ToUnixTimeMilliseconds());
            writer.WriteString("kind"u8, entry.Kind);
            writer.WriteString("key"u8, entry.Key);
            writer.WriteNumber("version"u8, entry.Version);
            writer.WriteString("type"u8, entry.Type);
            writer.WriteNumber("byKind"u8, (int)entry.ByKind);
            writer.WriteString("by"u8, entry.By);
            writer.WriteString("command"u8, entry.CommandId);
            writer.WriteNumber("previous"u8, entry.Previous);
            writer.WriteBase64String("salt"u8, entry.Salt);
            // as text and not as JSON of the line: its bytes are hashed, and must come back as they were
            writer.WriteString("payload"u8, entry.Payload);
            writer.WriteBase64String("payloadHash"u8, entry.PayloadHash);
            writer.WriteBase64String("hash"u8, entry.Hash);
            writer.WriteEndObject();
        }

        lines.WriteByte((byte)'\n');
    }

    /// <summary>Reads a line; null when it is none.</summary>
    public static JournalEntry? Read(string tenant, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement;
            return new(
                tenant, entry.GetProperty("position").GetInt64(), DateTimeOffset.FromUnixTimeMilliseconds(entry.GetProperty("at").GetInt64()), Text("kind"), entry.GetProperty("key").GetGuid(),
                entry.GetProperty("version").GetInt64(), Text("type"), (SenderKind)entry.GetProperty("byKind").GetInt32(), entry.GetProperty("by").GetGuid(), entry.GetProperty("command").GetString(),
                entry.GetProperty("previous").GetInt64(), Bytes("salt"), Encoding.UTF8.GetBytes(Text("payload")), Bytes("payloadHash"), Bytes("hash"));

            string Text(string name) => entry.GetProperty(name).GetString() ?? throw new JsonException();

            byte[] Bytes(string name) => entry.GetProperty(name).GetBytesFromBase64();
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
