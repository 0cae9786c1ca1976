using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Crm.Runtime.Files.Azure;

/// <summary>Reads what List Blobs answers.</summary>
internal static class BlobList
{
    /// <exception cref="FileStoreException">It is not what the service's reference shows.</exception>
    public static async Task<FilePage> ReadAsync(BlobAnswer answer, CancellationToken cancel)
    {
        try
        {
            await using var body = await answer.Message.Content.ReadAsStreamAsync(cancel);
            using var reader = XmlReader.Create(body, new() { Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var list = (await XDocument.LoadAsync(reader, LoadOptions.None, cancel)).Root;
            var files = list?.Element("Blobs")?.Elements("Blob").Select(FileOf).Where(file => FilePath.IsValid(file.Path)).ToList();
            var next = list?.Element("NextMarker")?.Value;
            return new(files ?? [], string.IsNullOrEmpty(next) ? null : next);
        }
        catch (Exception wrong) when (wrong is XmlException or FormatException or HttpRequestException or IOException and not FileStoreException)
        {
            throw new FileStoreException("Azure Blob's list of files could not be read.", wrong);
        }
    }

    private static StoredFile FileOf(XElement blob)
    {
        var facts = blob.Element("Properties");
        return new(
            Text(blob, "Name"), long.Parse(Text(facts, "Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture), Quoted(Text(facts, "Etag")),
            DateTimeOffset.ParseExact(Text(facts, "Last-Modified"), "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
    }

    private static string Text(XElement? of, string name) => of?.Element(name)?.Value ?? throw new FormatException($"A blob has no {name}.");

    // in the list it has no quotes, in headers it has
    private static string Quoted(string etag) => etag.StartsWith('"') ? etag : $"\"{etag}\"";
}
