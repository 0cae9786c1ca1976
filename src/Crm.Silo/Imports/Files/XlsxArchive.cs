using System.Buffers.Binary;
using System.IO.Compression;

namespace Crm.Silo.Imports.Files;

/// <summary>The ZIP around a workbook: checked before anything is inflated, and guarded while it is.</summary>
internal sealed class XlsxArchive : IDisposable
{
    private const int DirectoryEndBytes = 22;
    private const int DirectoryHeaderBytes = 46;
    private const uint DirectoryEndMark = 0x06054B50;
    private const uint DirectoryHeaderMark = 0x02014B50;
    private readonly ZipArchive _zip;
    private readonly TableFileLimits _limits;
    private readonly Dictionary<string, ZipArchiveEntry> _parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly InflationBudget _budget;

    /// <exception cref="XlsxDefect">The archive is unsafe or no plain workbook.</exception>
    public XlsxArchive(Stream file, TableFileLimits limits)
    {
        _limits = limits;
        _budget = new InflationBudget(limits.MaxInflatedBytes);
        CountEntries(file, limits.MaxArchiveEntries);
        file.Position = 0;
        _zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        try
        {
            TakeEntries();
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    public bool Has(string path) => _parts.ContainsKey(path);

    /// <summary>Opens a part for reading as XML, or answers null when there is none of that path.</summary>
    public GuardedXml? Open(string path) =>
        _parts.TryGetValue(path, out var entry)
            ? new GuardedXml(new GuardedStream(entry.Open(), entry.CompressedLength, _limits.MaxInflationRatio, _budget))
            : null;

    public void Dispose() => _zip.Dispose();

    private void TakeEntries()
    {
        foreach (var entry in _zip.Entries)
        {
            if (IsOutside(entry.FullName))
            {
                throw XlsxDefect.Unsafe("The archive has an entry whose path leads out of it.");
            }

            if (entry.IsEncrypted)
            {
                throw XlsxDefect.Unsupported("The file is protected by a password.");
            }

            if (entry.FullName.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase))
            {
                throw XlsxDefect.Unsupported("The workbook has macros; save it as .xlsx without them.");
            }

            if (entry.FullName.StartsWith("xl/externalLinks/", StringComparison.OrdinalIgnoreCase))
            {
                throw XlsxDefect.Unsupported("The workbook has links to other files; replace them by values.");
            }

            // Two parts of one name are read differently by different programs; no honest program writes them.
            if (!_parts.TryAdd(entry.FullName, entry))
            {
                throw XlsxDefect.Unsafe("The archive has two entries of the same name.");
            }
        }
    }

    private static bool IsOutside(string path)
    {
        if (path is ['/' or '\\', ..] or [_, ':', ..])
        {
            return true;
        }

        foreach (var range in path.AsSpan().SplitAny('/', '\\'))
        {
            if (path.AsSpan(range) is "..")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Counts the entries by walking the directory ourselves. ZipArchive makes an object for each before we could look, and the count
    /// that the archive states of itself may be a lie.
    /// </summary>
    private static void CountEntries(Stream file, int most)
    {
        var end = FindDirectoryEnd(file);
        if (BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) > most)
        {
            throw TooManyEntries(most);
        }

        var start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        if (start > file.Length)
        {
            throw NoDirectory();
        }

        file.Position = start;
        var header = new byte[DirectoryHeaderBytes];
        for (var count = 0; ; count++)
        {
            var length = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            if (length < header.Length || BinaryPrimitives.ReadUInt32LittleEndian(header) != DirectoryHeaderMark)
            {
                return;
            }

            if (count == most)
            {
                throw TooManyEntries(most);
            }

            file.Position += BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28))
                + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30))
                + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(32));
        }
    }

    /// <summary>The last record of the archive, which says where its directory is; a comment of up to 65,535 bytes may follow it.</summary>
    private static ReadOnlySpan<byte> FindDirectoryEnd(Stream file)
    {
        var tail = new byte[Math.Min(file.Length, DirectoryEndBytes + ushort.MaxValue)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        for (var start = tail.Length - DirectoryEndBytes; start >= 0; start--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(start)) == DirectoryEndMark)
            {
                return tail.AsSpan(start);
            }
        }

        throw NoDirectory();
    }

    private static XlsxDefect NoDirectory() => XlsxDefect.Unsupported("The .xlsx file is damaged: its directory is missing.");

    private static XlsxDefect TooManyEntries(int most) => XlsxDefect.Unsafe($"The archive has more than {most} entries.");
}
