namespace Crm.Architecture.Tests;

/// <summary>
/// Reads the YAML that our manifests are written in: maps and lists by indentation or in brackets, scalars, comments, anchors and merges.
/// Anything else fails, with its line.
/// </summary>
internal sealed class Yaml
{
    private readonly List<(int Number, int Indent, string Text)> _lines = [];
    private readonly Dictionary<string, object?> _anchors = new(StringComparer.Ordinal);
    private int _at;

    private Yaml(IEnumerable<(int Number, string Text)> lines)
    {
        foreach (var (number, text) in lines)
        {
            if (text.Contains('\t', StringComparison.Ordinal))
            {
                throw new FormatException($"line {number}: a tab");
            }

            var bare = WithoutComment(text).TrimEnd();
            if (bare.Trim().Length > 0)
            {
                _lines.Add((number, bare.Length - bare.TrimStart().Length, bare.TrimStart()));
            }
        }
    }

    /// <summary>The documents of a file: maps, lists, texts.</summary>
    public static List<object?> Read(string file)
    {
        var documents = new List<object?>();
        var lines = new List<(int, string)>();
        foreach (var (number, text) in File.ReadAllLines(file).Select((text, number) => (number + 1, text)).Append((0, "---")))
        {
            if (text != "---")
            {
                lines.Add((number, text));
                continue;
            }

            var yaml = new Yaml(lines);
            if (yaml._lines.Count > 0)
            {
                documents.Add(yaml.Block(yaml._lines[0].Indent));
                if (yaml._at < yaml._lines.Count)
                {
                    throw new FormatException($"line {yaml._lines[yaml._at].Number}: it belongs to nothing");
                }
            }

            lines = [];
        }

        return documents;
    }

    private object Block(int indent) => _lines[_at].Text.StartsWith("- ", StringComparison.Ordinal) ? List(indent) : Map(indent);

    private List<object?> List(int indent)
    {
        var items = new List<object?>();
        while (_at < _lines.Count && _lines[_at].Indent == indent && _lines[_at].Text.StartsWith("- ", StringComparison.Ordinal))
        {
            var (number, _, text) = _lines[_at];
            var rest = text[2..].TrimStart();
            if (rest[0] is '{' or '[' or '"' || KeyEnd(rest) < 0)
            {
                _at++;
                items.Add(Value(rest, number));
            }
            else
            {
                // the first key of a map stands behind the dash
                var inner = indent + text.Length - rest.Length;
                _lines[_at] = (number, inner, rest);
                items.Add(Map(inner));
            }
        }

        return items;
    }

    private Dictionary<string, object?> Map(int indent)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (_at < _lines.Count && _lines[_at].Indent == indent && !_lines[_at].Text.StartsWith("- ", StringComparison.Ordinal))
        {
            var (number, _, text) = _lines[_at++];
            var end = KeyEnd(text);
            if (end < 0)
            {
                throw new FormatException($"line {number}: no key");
            }

            var (key, rest) = (text[..end].Trim('"'), text[(end + 1)..].Trim());
            var anchor = rest.StartsWith('&') ? rest[1..] : null;
            object? value = rest.Length > 0 && anchor is null ? Value(rest, number)
                : _at < _lines.Count && (_lines[_at].Indent > indent || (_lines[_at].Indent == indent && _lines[_at].Text.StartsWith("- ", StringComparison.Ordinal))) ? Block(_lines[_at].Indent)
                : null;
            if (anchor is not null)
            {
                _anchors[anchor] = value;
            }

            if (key == "<<")
            {
                foreach (var (name, merged) in (Dictionary<string, object?>)value!) // a merge without a map fails here
                {
                    map.TryAdd(name, merged);
                }
            }
            else if (!map.TryAdd(key, value))
            {
                throw new FormatException($"line {number}: '{key}' is there twice");
            }
        }

        return map;
    }

    private object? Value(string text, int number)
    {
        if (text[0] == '*')
        {
            return _anchors.TryGetValue(text[1..], out var known) ? known : throw new FormatException($"line {number}: no anchor {text}");
        }

        var at = 0;
        var value = text[0] is '{' or '[' ? Flow(text, ref at, number) : Scalar(text, ref at, "", number);
        return at == text.Length ? value : throw new FormatException($"line {number}: '{text[at..]}' is too much");
    }

    private static object? Flow(string text, ref int at, int number)
    {
        Skip(text, ref at);
        var open = at < text.Length ? text[at] : throw new FormatException($"line {number}: a bracket is not closed");
        if (open is not ('{' or '['))
        {
            return Scalar(text, ref at, ",]}", number);
        }

        at++;
        var (map, list) = (new Dictionary<string, object?>(StringComparer.Ordinal), new List<object?>());
        while (true)
        {
            Skip(text, ref at);
            if (at >= text.Length)
            {
                throw new FormatException($"line {number}: a bracket is not closed");
            }

            if (text[at] is '}' or ']')
            {
                if (text[at++] != (open == '{' ? '}' : ']'))
                {
                    throw new FormatException($"line {number}: another bracket is closed");
                }

                return open == '{' ? map : list;
            }

            if (open == '{')
            {
                var key = Scalar(text, ref at, ":", number);
                at++;
                map.Add(key, Flow(text, ref at, number));
            }
            else
            {
                list.Add(Flow(text, ref at, number));
            }

            Skip(text, ref at);
            at += at < text.Length && text[at] == ',' ? 1 : 0;
        }
    }

    private static string Scalar(string text, ref int at, string ends, int number)
    {
        var start = at;
        if (text[at] is '"' or '\'')
        {
            var end = text.IndexOf(text[at], at + 1);
            at = end < 0 ? throw new FormatException($"line {number}: a quotation mark is missing") : end + 1;
            return text[(start + 1)..end];
        }

        while (at < text.Length && !ends.Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }

        return text[start..at].Trim();
    }

    private static void Skip(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }

    /// <summary>Where a key's colon is; -1 when a line is no key.</summary>
    private static int KeyEnd(string text)
    {
        var at = text.IndexOf(':', StringComparison.Ordinal);
        while (at >= 0 && at + 1 < text.Length && text[at + 1] != ' ')
        {
            at = text.IndexOf(':', at + 1);
        }

        return at;
    }

    private static string WithoutComment(string text)
    {
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            quote = quote == '\0' && text[i] is '"' or '\'' ? text[i] : text[i] == quote ? '\0' : quote;
            if (quote == '\0' && text[i] == '#' && (i == 0 || text[i - 1] == ' '))
            {
                return text[..i];
            }
        }

        return text;
    }
}
