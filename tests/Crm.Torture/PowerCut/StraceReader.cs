using System.Globalization;
using System.Text;

namespace Crm.Torture.PowerCut;

/// <summary>
/// Reads what <c>strace -f -y -xx</c> has written. The tracer stops a thread when a call begins and again when it has ended, and writes both down
/// before it lets the thread go on, so the order of its lines is an order in which things really happened: an answer whose sending begins
/// after a sync has ended stands below it. That makes the server's own sending of the answer the mark of an acknowledgement, without clocks
/// to compare. Everything is taken at its least favourable end: an answer counts from when its sending begins, a sync from when it has
/// ended and only for what was written before it began, a write from when it begins.
/// </summary>
internal sealed class StraceReader
{
    private readonly List<TraceEvent> _events = [];
    private readonly Dictionary<(int Thread, string Call), (string Arguments, int At)> _unfinished = [];
    private readonly Dictionary<string, ReplyStream> _connections = new(StringComparer.Ordinal);
    private readonly string _folder;
    private int _calls;

    private StraceReader(string folder) => _folder = folder.TrimEnd('/') + "/";

    /// <summary>Reads a trace.</summary>
    /// <param name="folder">The data folder; of other files nothing is kept, nor of SQLite's shared memory.</param>
    /// <returns>The events, and how many calls went to the files.</returns>
    public static (IReadOnlyList<TraceEvent> Events, int Calls) Read(IEnumerable<string> lines, string folder)
    {
        var reader = new StraceReader(folder);
        foreach (var line in lines)
        {
            reader.Take(line);
        }

        return (reader._events, reader._calls);
    }

    private void Take(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var thread))
        {
            return;
        }

        var text = line.AsSpan(space).TrimStart();
        if (text.StartsWith("<... "))
        {
            // <... fsync resumed>) = 0
            var call = text[5..text.IndexOf(" resumed>", StringComparison.Ordinal)].ToString();
            if (_unfinished.Remove((thread, call), out var begun))
            {
                Finish(call, begun.Arguments, begun.At, ResultOf(text));
            }

            return;
        }

        var open = text.IndexOf('(');
        if (open <= 0)
        {
            return;
        }

        var name = text[..open].ToString();
        const string Unfinished = " <unfinished ...>";
        if (text.EndsWith(Unfinished))
        {
            var arguments = text[(open + 1)..^Unfinished.Length].ToString();
            _unfinished[(thread, name)] = (arguments, Begin(name, arguments));
        }
        else
        {
            var close = text.LastIndexOf(") = ", StringComparison.Ordinal);
            if (close > 0)
            {
                var arguments = text[(open + 1)..close].ToString();
                Finish(name, arguments, Begin(name, arguments), ResultOf(text));
            }
        }
    }

    /// <summary>A call begins.</summary>
    /// <returns>The number of the event that it is, or would be.</returns>
    private int Begin(string call, string arguments)
    {
        switch (call)
        {
            case "pwrite64" when FileOf(arguments) is { } file:
                _calls++;
                var text = arguments.AsSpan(arguments.IndexOf('"', StringComparison.Ordinal));
                var offset = text[(text.LastIndexOf(',') + 1)..].Trim();
                _events.Add(new TraceEvent.Write(file, long.Parse(offset, CultureInfo.InvariantCulture), Unescape(text[1..text.LastIndexOf('"')])));
                break;
            case "ftruncate" when FileOf(arguments) is { } file:
                _calls++;
                _events.Add(new TraceEvent.Truncate(file, long.Parse(arguments.AsSpan(arguments.LastIndexOf(',') + 1).Trim(), CultureInfo.InvariantCulture)));
                break;
            case "write" or "pwritev" or "writev" or "fallocate" when FileOf(arguments) is { } file:
                throw new InvalidDataException($"The trace has a {call} to {file}, which the replay does not know.");
            case "sendto" or "sendmsg" when arguments.Contains("iov_base=", StringComparison.Ordinal) || call == "sendto":
                // filled in when the call has ended and is known to have sent anything
                _events.Add(new TraceEvent.Answer([]));
                break;
        }

        return _events.Count;
    }

    private void Finish(string call, string arguments, int at, long result)
    {
        switch (call)
        {
            case "pwrite64" or "ftruncate" when result < 0 && FileOf(arguments) is { } file:
                throw new InvalidDataException($"The trace has a failed {call} to {file}.");
            case "fsync" or "fdatasync" when result == 0 && FileOf(arguments) is { } file:
                _calls++;
                _events.Add(new TraceEvent.Sync(file, at));
                break;
            case "unlink" or "unlinkat" when result == 0 && PathIn(arguments) is { } file:
                _calls++;
                _events.Add(new TraceEvent.Unlink(file));
                break;
            case "rename" when result == 0 && PathIn(arguments) is { } file:
                throw new InvalidDataException($"The trace has a rename of {file}, which the replay does not know.");
            case "sendto" or "sendmsg" when result > 0 && _events[at - 1] is TraceEvent.Answer:
                Send(arguments, at - 1, (int)result);
                break;
        }
    }

    private void Send(string arguments, int at, int sent)
    {
        var connection = arguments[..(arguments.IndexOf('>', StringComparison.Ordinal) + 1)];
        var bytes = new List<byte>();
        var rest = arguments.AsSpan(connection.Length);
        for (var quote = rest.IndexOf('"'); quote >= 0; quote = rest.IndexOf('"'))
        {
            rest = rest[(quote + 1)..];
            var end = rest.IndexOf('"');
            bytes.AddRange(Unescape(rest[..end]));
            rest = rest[(end + 1)..];
        }

        var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[..Math.Min(sent, bytes.Count)];
        if (!_connections.TryGetValue(connection, out var stream))
        {
            if (!span.StartsWith("HTTP/1.1 "u8))
            {
                return;
            }

            _connections[connection] = stream = new();
        }

        _events[at] = new TraceEvent.Answer(stream.Take(span));
    }

    /// <summary>The file's name if the call's first argument is one of the data folder: <c>12&lt;\x2f…&gt;</c>.</summary>
    private string? FileOf(string arguments)
    {
        var open = arguments.IndexOf('<', StringComparison.Ordinal);
        var close = arguments.IndexOf('>', StringComparison.Ordinal);
        return open > 0 && close > open ? NameOf(Encoding.UTF8.GetString(Unescape(arguments.AsSpan(open + 1, close - open - 1)))) : null;
    }

    private string? PathIn(string arguments)
    {
        var open = arguments.IndexOf('"', StringComparison.Ordinal);
        var close = arguments.IndexOf('"', open + 1);
        return open >= 0 && close > open ? NameOf(Encoding.UTF8.GetString(Unescape(arguments.AsSpan(open + 1, close - open - 1)))) : null;
    }

    private string? NameOf(string path) =>
        path.StartsWith(_folder, StringComparison.Ordinal) && path[_folder.Length..] is var name && name.StartsWith("crm.db", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal)
            ? name
            : null;

    private static long ResultOf(ReadOnlySpan<char> text)
    {
        var result = text[(text.LastIndexOf("= ", StringComparison.Ordinal) + 2)..];
        var end = result.IndexOf(' ');
        return long.TryParse(end < 0 ? result : result[..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : -1;
    }

    private static byte[] Unescape(ReadOnlySpan<char> text)
    {
        // \x48\x65…
        var bytes = new byte[text.Length / 4];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((Digit(text[i * 4 + 2]) << 4) | Digit(text[i * 4 + 3]));
        }

        return bytes;

        static int Digit(char c) => c <= '9' ? c - '0' : c - 'a' + 10;
    }
}
