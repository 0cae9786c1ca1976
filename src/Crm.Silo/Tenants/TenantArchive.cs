using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Runtime.Journal;

namespace Crm.Silo.Tenants;

/// <summary>What an archive says of itself.</summary>
/// <param name="Format">1; a later program may know more.</param>
/// <param name="Events">How many lines the journal has.</param>
/// <param name="Head">The hash of its last entry, in hexadecimal digits: whoever keeps it elsewhere can tell later whether the archive was changed.</param>
public sealed record ArchiveManifest(int Format, string Tenant, string Name, long Events, string Head, DateTimeOffset ExportedAt);

/// <summary>An archive cannot be read: it is none, it was changed, or it is cut short.</summary>
public sealed class ArchiveInvalidException(string reason) : Exception($"archive-invalid: {reason}");

/// <summary>
/// A whole tenant as one zip file: <c>journal.jsonl</c> with an entry of the journal a line, and <c>manifest.json</c>. All else is made from
/// the journal. Passwords and keys are not in it.
/// </summary>
public static class TenantArchive
{
    private const int PageSize = 2_000;

    /// <summary>Writes a tenant up to its newest event. What happens meanwhile is not in it.</summary>
    public static async Task<ArchiveManifest> WriteAsync(IGrainStore store, TenantInfo tenant, Stream archive, DateTimeOffset now, CancellationToken cancel)
    {
        var head = store.HeadOf(tenant.Key);
        var hash = HashChain.Root(tenant.Key);
        await using var zip = await ZipArchive.CreateAsync(archive, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel);
        await using (var journal = await zip.CreateEntry("journal.jsonl", CompressionLevel.Fastest).OpenAsync(cancel))
        {
            for (var position = 0L; position < head;)
            {
                var entries = await store.ReadJournalAsync(tenant.Key, position, (int)Math.Min(PageSize, head - position), null, cancel);
                if (entries.Count == 0)
                {
                    throw new InvalidDataException($"The journal of '{tenant.Key}' ends at {position} and not at {head}.");
                }

                using var lines = new MemoryStream();
                foreach (var entry in entries)
                {
                    JournalLines.Write(lines, entry);
                }

                lines.Position = 0;
                await lines.CopyToAsync(journal, cancel);
                (position, hash) = (entries[^1].Position, entries[^1].Hash);
            }
        }

        var manifest = new ArchiveManifest(1, tenant.Key, tenant.Name, head, Convert.ToHexStringLower(hash), now);
        await using var about = await zip.CreateEntry("manifest.json").OpenAsync(cancel);
        await about.WriteAsync(ToJson(manifest), cancel);
        return manifest;
    }

    /// <summary>Reads what an archive says of itself.</summary>
    /// <exception cref="ArchiveInvalidException">It cannot be read.</exception>
    public static async Task<ArchiveManifest> ReadManifestAsync(Stream archive, CancellationToken cancel)
    {
        await using var zip = await OpenAsync(archive, cancel);
        await using var about = await EntryOf(zip, "manifest.json").OpenAsync(cancel);
        try
        {
            using var json = await JsonDocument.ParseAsync(about, default, cancel);
            var root = json.RootElement;
            var manifest = new ArchiveManifest(
                root.GetProperty("format").GetInt32(), root.GetProperty("tenant").GetString() ?? "", root.GetProperty("name").GetString() ?? "",
                root.GetProperty("events").GetInt64(), root.GetProperty("head").GetString() ?? "", root.GetProperty("exportedAt").GetDateTimeOffset());
            return manifest.Format != 1 ? throw new ArchiveInvalidException($"it has format {manifest.Format}; this program knows 1")
                : Check.Slug("tenant", manifest.Tenant) is not null ? throw new ArchiveInvalidException("it names no tenant")
                : manifest;
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ArchiveInvalidException("its manifest cannot be read");
        }
    }

    /// <summary>Reads an archive's entries, each checked to follow the one before; the last one to be the manifest's.</summary>
    /// <exception cref="ArchiveInvalidException">It was changed or is cut short. What was given out before is whole in itself.</exception>
    public static async IAsyncEnumerable<JournalEntry> ReadAsync(
        Stream archive, ArchiveManifest manifest, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var zip = await OpenAsync(archive, cancel);
        await using var journal = await EntryOf(zip, "journal.jsonl").OpenAsync(cancel);
        using var lines = new StreamReader(journal, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var walk = new ChainWalk(manifest.Tenant);
        var events = 0L;
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            var entry = JournalLines.Read(manifest.Tenant, line) ?? throw new ArchiveInvalidException("a line of its journal cannot be read");
            if (walk.Next(entry) is { } fault)
            {
                throw new ArchiveInvalidException($"journal-chain-broken at {fault.Position}: {fault.Reason}");
            }

            events++;
            yield return entry;
        }

        if (events != manifest.Events || Convert.ToHexStringLower(walk.Hash) != manifest.Head)
        {
            throw new ArchiveInvalidException($"it ends at {events}, which is not the end that its manifest names");
        }
    }

    /// <summary>A manifest as UTF-8 JSON.</summary>
    public static byte[] ToJson(ArchiveManifest manifest)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format"u8, manifest.Format);
            writer.WriteString("tenant"u8, manifest.Tenant);
            writer.WriteString("name"u8, manifest.Name);
            writer.WriteNumber("events"u8, manifest.Events);
            writer.WriteString("head"u8, manifest.Head);
            writer.WriteInstant("exportedAt"u8, manifest.ExportedAt);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static async Task<ZipArchive> OpenAsync(Stream archive, CancellationToken cancel)
    {
        try
        {
            archive.Position = 0;
            return await ZipArchive.CreateAsync(archive, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancel);
        }
        catch (InvalidDataException)
        {
            throw new ArchiveInvalidException("it is no zip file, or cut short");
        }
    }

    private static ZipArchiveEntry EntryOf(ZipArchive zip, string name) => zip.GetEntry(name) ?? throw new ArchiveInvalidException($"it has no {name}");
}
