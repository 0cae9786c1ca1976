using System.Globalization;

namespace Crm.Silo.Imports.Files;

/// <summary>Which cell formats show a number as a date or time: all that a reader of values needs of a workbook's styles.</summary>
internal sealed class XlsxStyles
{
    /// <summary>Excel itself stops at 65,490, but no table needs more than some hundreds.</summary>
    private const int MaxFormats = 8_192;
    private readonly List<bool> _areDates = [];

    public static XlsxStyles None { get; } = new();

    public static XlsxStyles Read(GuardedXml xml)
    {
        var styles = new XlsxStyles();
        var custom = new Dictionary<int, bool>();
        while (xml.Read())
        {
            if (xml.IsStart && xml.Name == "numFmt" && Number(xml.Attribute("numFmtId")) is { } id)
            {
                custom[id] = IsDateFormat(xml.Attribute("formatCode") ?? "");
                ThrowIfMany(custom.Count);
            }
            else if (xml.IsStart && xml.Name == "cellXfs" && !xml.IsEmpty)
            {
                styles.ReadFormats(xml, custom);
            }
        }

        return styles;
    }

    /// <summary>Whether the cell format of that index shows dates; false for one there is not.</summary>
    public bool IsDate(int format) => format >= 0 && format < _areDates.Count && _areDates[format];

    /// <summary>Whether a number format such as <c>yyyy"年"m"月"d"日"</c> shows a moment. Elapsed time (<c>[h]:mm</c>) does not.</summary>
    internal static bool IsDateFormat(string code)
    {
        for (var i = 0; i < code.Length; i++)
        {
            switch (code[i])
            {
                case '"':
                    i = End(code, '"', i);
                    break;
                case '[':
                    var end = End(code, ']', i);
                    if (IsElapsed(code.AsSpan(i + 1, Math.Max(0, end - i - 1))))
                    {
                        return false;
                    }

                    i = end;
                    break;
                case '\\' or '_' or '*':
                    i++;
                    break;
                case 'y' or 'Y' or 'm' or 'M' or 'd' or 'D' or 'h' or 'H' or 's' or 'S':
                    return true;
            }
        }

        return false;
    }

    /// <summary><c>[h]</c>, <c>[mm]</c>, <c>[ss]</c>; but not <c>[Magenta]</c>.</summary>
    private static bool IsElapsed(ReadOnlySpan<char> bracketed) =>
        bracketed.Length > 0 && bracketed[0] is 'h' or 'H' or 'm' or 'M' or 's' or 'S' && bracketed.IndexOfAnyExcept(bracketed[0]) < 0;

    private void ReadFormats(GuardedXml xml, Dictionary<int, bool> custom)
    {
        var depth = xml.Depth;
        while (xml.ReadChild(depth))
        {
            var id = Number(xml.Attribute("numFmtId")) ?? 0;
            _areDates.Add(custom.TryGetValue(id, out var isDate) ? isDate : IsBuiltInDate(id));
            ThrowIfMany(_areDates.Count);
        }
    }

    /// <summary>The formats that workbooks use by number only (ECMA-376 18.8.30), those of the Chinese editions included.</summary>
    private static bool IsBuiltInDate(int id) => id is (>= 14 and <= 22) or (>= 27 and <= 36) or 45 or 47 or (>= 50 and <= 58);

    private static int End(string code, char close, int start)
    {
        var end = code.IndexOf(close, start + 1);
        return end < 0 ? code.Length : end;
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void ThrowIfMany(int count)
    {
        if (count > MaxFormats)
        {
            throw XlsxDefect.Unsafe($"The workbook has more than {MaxFormats} cell formats.");
        }
    }
}
