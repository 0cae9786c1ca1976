namespace Crm.Silo.Imports.Files;

/// <summary>What must be known of a workbook before its first visible sheet can be read.</summary>
/// <param name="SheetPath">The sheet's part.</param>
/// <param name="StylesPath">The styles' part, if there is one.</param>
/// <param name="SharedTextsPath">The shared strings' part, if there is one.</param>
/// <param name="Is1904">Day numbers count from 1904-01-01, as on old Macs.</param>
internal sealed record XlsxWorkbook(string SheetPath, string? StylesPath, string? SharedTextsPath, bool Is1904)
{
    /// <exception cref="XlsxDefect">It is not a workbook, has macros, or has no visible sheet.</exception>
    public static XlsxWorkbook Read(XlsxArchive archive)
    {
        CheckContentTypes(archive);
        var path = WorkbookPath(archive);
        var links = Links(archive, path);
        using var xml = archive.Open(path) ?? throw NoWorkbook();
        var is1904 = false;
        string? sheetPath = null;
        while (xml.Read())
        {
            if (xml.IsStart && xml.Name == "workbookPr")
            {
                is1904 = xml.Attribute("date1904") is "1" or "true";
            }
            else if (xml.IsStart && xml.Name == "sheet" && sheetPath is null && xml.Attribute("state") is null or "visible")
            {
                sheetPath = Target(links, link => link.Id == xml.PrefixedAttribute("id") && link.Is("worksheet"));
            }
        }

        return new XlsxWorkbook(
            sheetPath ?? throw XlsxDefect.Unsupported("The workbook has no visible sheet."),
            Target(links, link => link.Is("styles")),
            Target(links, link => link.Is("sharedStrings")),
            is1904);
    }

    private static void CheckContentTypes(XlsxArchive archive)
    {
        using var xml = archive.Open("[Content_Types].xml") ?? throw XlsxDefect.Unsupported("The file is not a workbook: [Content_Types].xml is missing.");
        while (xml.Read())
        {
            if (xml.IsStart && xml.Attribute("ContentType") is { } type && type.Contains("macroEnabled", StringComparison.OrdinalIgnoreCase))
            {
                throw XlsxDefect.Unsupported("The workbook has macros; save it as .xlsx without them.");
            }
        }
    }

    private static string WorkbookPath(XlsxArchive archive)
    {
        var path = Target(Links(archive, ""), link => link.Is("officeDocument"));
        return path is not null && archive.Has(path) ? path : throw NoWorkbook();
    }

    /// <summary>The links of a part; "" stands for the package itself. Links out of the package are left out: nothing may be fetched.</summary>
    private static List<Link> Links(XlsxArchive archive, string part)
    {
        var slash = part.LastIndexOf('/') + 1;
        var folder = part[..slash];
        var links = new List<Link>();
        using var xml = archive.Open($"{folder}_rels/{part[slash..]}.rels") ?? throw NoWorkbook();
        while (xml.Read())
        {
            if (xml.IsStart && xml.Name == "Relationship" && xml.Attribute("TargetMode") != "External"
                && xml.Attribute("Id") is { } id && xml.Attribute("Type") is { } type && xml.Attribute("Target") is { } target)
            {
                links.Add(new Link(id, type, Resolve(folder, target)));
            }
        }

        return links;
    }

    private static string? Target(List<Link> links, Predicate<Link> isWanted) => links.Find(isWanted)?.Path;

    /// <summary>A target is relative to its part's folder, or to the package when it begins with a slash.</summary>
    private static string Resolve(string folder, string target)
    {
        var steps = new List<string>();
        foreach (var step in (target.StartsWith('/') ? target : folder + target).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step != "..")
            {
                steps.Add(step);
            }
            else if (steps.Count > 0)
            {
                steps.RemoveAt(steps.Count - 1);
            }
        }

        return string.Join('/', steps);
    }

    private static XlsxDefect NoWorkbook() => XlsxDefect.Unsupported("The file is not an .xlsx workbook.");

    private sealed record Link(string Id, string Type, string Path)
    {
        public bool Is(string kind) => Type.EndsWith("/" + kind, StringComparison.Ordinal);
    }
}
