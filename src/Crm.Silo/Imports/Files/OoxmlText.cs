using System.Globalization;
using System.Text;

namespace Crm.Silo.Imports.Files;

/// <summary>Undoes <c>_x000D_</c>, OOXML's own way of writing characters that XML cannot hold (ECMA-376 22.9.2.19).</summary>
internal static class OoxmlText
{
    private const int EscapeLength = 7;

    public static ReadOnlySpan<char> Unescape(ReadOnlySpan<char> text)
    {
        if (text.IndexOf("_x") < 0)
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        while (!text.IsEmpty)
        {
            var start = text.IndexOf("_x");
            if (start < 0)
            {
                break;
            }

            plain.Append(text[..start]);
            text = text[start..];
            if (text.Length >= EscapeLength && text[6] == '_'
                && ushort.TryParse(text[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                // A NUL is of no use to anybody.
                plain.Append(code == 0 ? "" : ((char)code).ToString());
                text = text[EscapeLength..];
            }
            else
            {
                plain.Append('_');
                text = text[1..];
            }
        }

        return plain.Append(text).ToString();
    }
}
