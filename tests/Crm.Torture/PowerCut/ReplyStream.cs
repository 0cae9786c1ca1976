using System.Globalization;
using System.Text;
using System.Text.Json;
using Crm.Torture.Store;

namespace Crm.Torture.PowerCut;

/// <summary>What the server sends on one connection, cut into HTTP/1.1 answers.</summary>
internal sealed class ReplyStream
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    private readonly List<byte> _rest = [];

    /// <summary>Takes what was sent.</summary>
    /// <returns>The records and versions in the answers that this completes, if they said yes.</returns>
    public IReadOnlyList<Ack> Take(ReadOnlySpan<byte> sent)
    {
        _rest.AddRange(sent);
        List<Ack>? acks = null;
        while (TryCut() is var (status, body))
        {
            if (status is >= 200 and < 300 && body.Length > 0 && body[0] == '{')
            {
                Read(body, acks ??= []);
            }
        }

        return acks ?? (IReadOnlyList<Ack>)[];
    }

    private static void Read(byte[] body, List<Ack> acks)
    {
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.TryGetProperty("id", out var id) && json.RootElement.TryGetProperty("version", out var version))
        {
            acks.Add(new(id.GetGuid(), version.GetInt64()));
        }

        foreach (var name in (ReadOnlySpan<string>)["customerId", "contactId", "opportunityId"])
        {
            if (json.RootElement.TryGetProperty(name, out var made) && made.ValueKind == JsonValueKind.String)
            {
                acks.Add(new(made.GetGuid(), 1));
            }
        }
    }

    private (int Status, byte[] Body)? TryCut()
    {
        var bytes = _rest.ToArray();
        var end = bytes.AsSpan().IndexOf(HeadEnd);
        if (end < 0)
        {
            return null;
        }

        var head = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var start = end + HeadEnd.Length;
        if (HeaderOf(head, "Content-Length") is { } text)
        {
            var length = int.Parse(text, CultureInfo.InvariantCulture);
            return bytes.Length < start + length ? null : Cut(status, bytes[start..(start + length)], start + length);
        }

        return HeaderOf(head, "Transfer-Encoding") is not null ? TryCutChunks(status, bytes, start) : Cut(status, [], start);
    }

    private (int Status, byte[] Body)? TryCutChunks(int status, byte[] bytes, int at)
    {
        var body = new List<byte>();
        while (true)
        {
            var line = bytes.AsSpan(at).IndexOf("\r\n"u8);
            if (line < 0)
            {
                return null;
            }

            var length = int.Parse(Encoding.ASCII.GetString(bytes, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += line + 2;
            if (bytes.Length < at + length + 2)
            {
                return null;
            }

            body.AddRange(bytes[at..(at + length)]);
            at += length + 2;
            if (length == 0)
            {
                return Cut(status, [.. body], at);
            }
        }
    }

    private (int Status, byte[] Body) Cut(int status, byte[] body, int length)
    {
        _rest.RemoveRange(0, length);
        return (status, body);
    }

    private static string? HeaderOf(string[] head, string name) =>
        head.FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
