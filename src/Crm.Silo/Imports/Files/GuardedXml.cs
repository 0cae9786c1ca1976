using System.Text;
using System.Xml;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// A forward reader over one XML part: UTF-8 only, no DTD, nothing fetched from anywhere, shallow, with a bounded number of names.
/// Names are compared without their namespace, so that both the usual and the "strict" OOXML are read.
/// </summary>
internal sealed class GuardedXml : IDisposable
{
    private const int MaxDepth = 64;
    private readonly XmlReader _xml;
    private readonly StreamReader _text;
    private readonly char[] _chunk = new char[4_096];

    public GuardedXml(Stream part)
    {
        // With a preamble to look for, StreamReader passes over UTF-8's; UTF-16 would defeat GuardedStream and is refused as invalid UTF-8.
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);
        _text = new StreamReader(part, utf8, detectEncodingFromByteOrderMarks: false, bufferSize: 32 * 1_024);
        _xml = XmlReader.Create(_text, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            NameTable = new GuardedNames(),
        });
    }

    /// <summary>The local name of the element entered or left.</summary>
    public string Name => _xml.LocalName;

    public bool IsStart => _xml.NodeType == XmlNodeType.Element;

    public bool IsEnd => _xml.NodeType == XmlNodeType.EndElement;

    /// <summary>An element such as <c>&lt;v/&gt;</c>, which has a start but no end.</summary>
    public bool IsEmpty => _xml.IsEmptyElement;

    public int Depth => _xml.Depth;

    public bool Read()
    {
        var more = _xml.Read();
        return !more || _xml.Depth <= MaxDepth ? more : throw XlsxDefect.Unsafe("The workbook's XML is nested too deep.");
    }

    /// <summary>Reads to the next child element of the element at <paramref name="depth"/>; false at that element's end.</summary>
    public bool ReadChild(int depth)
    {
        while (Read())
        {
            if (IsStart && Depth == depth + 1)
            {
                return true;
            }

            if (Depth <= depth)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>The attribute of that local name, or null. An unprefixed one wins.</summary>
    public string? Attribute(string name) => _xml.GetAttribute(name);

    /// <summary>The attribute of that local name in a namespace, such as <c>r:id</c>, whatever its prefix.</summary>
    public string? PrefixedAttribute(string name)
    {
        string? value = null;
        while (value is null && _xml.MoveToNextAttribute())
        {
            value = _xml.Prefix.Length > 0 && _xml.LocalName == name ? _xml.Value : null;
        }

        _xml.MoveToElement();
        return value;
    }

    /// <summary>
    /// Reads the text inside the element just entered, and its end. Its children's text counts too, except inside
    /// <paramref name="skipped"/>.
    /// </summary>
    /// <param name="take">Gets the text piece by piece.</param>
    public void ReadText(Action<ReadOnlySpan<char>> take, string? skipped = null)
    {
        if (IsEmpty)
        {
            return;
        }

        var depth = Depth;
        var skippedDepth = int.MaxValue;
        while (Read() && Depth > depth)
        {
            if (IsStart && Name == skipped && skippedDepth == int.MaxValue && !IsEmpty)
            {
                skippedDepth = Depth;
            }
            else if (IsEnd && Depth == skippedDepth)
            {
                skippedDepth = int.MaxValue;
            }
            else if (skippedDepth == int.MaxValue && _xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                int length;
                while ((length = _xml.ReadValueChunk(_chunk, 0, _chunk.Length)) > 0)
                {
                    take(_chunk.AsSpan(0, length));
                }
            }
        }
    }

    public void Dispose()
    {
        _xml.Dispose();
        _text.Dispose();
    }

    /// <summary>The XML reader remembers every name it meets for good; a workbook has a few hundred.</summary>
    private sealed class GuardedNames : NameTable
    {
        private const int MaxNames = 10_000;
        private const int MaxCharacters = 1_000_000;
        private int _names;
        private int _characters;

        public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? Admit(base.Add(key, start, len));

        public override string Add(string key) => Get(key) ?? Admit(base.Add(key));

        private string Admit(string name)
        {
            _characters += name.Length;
            return ++_names <= MaxNames && _characters <= MaxCharacters
                ? name
                : throw XlsxDefect.Unsafe("The workbook's XML has too many different names.");
        }
    }
}
