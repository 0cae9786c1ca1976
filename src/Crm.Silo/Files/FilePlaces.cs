using System.Diagnostics.CodeAnalysis;

namespace Crm.Silo.Files;

/// <summary>Where whose files lie in the file store: <c>tenant/sort/id</c>. A name that people gave is never part of a path.</summary>
public static class FilePlaces
{
    /// <summary>Files of records.</summary>
    public const string Attachments = "files";

    public const string Exports = "exports";

    public const string Imports = "imports";

    public static string Of(string tenant, string sort, Guid id) => $"{PrefixOf(tenant, sort)}{id:D}";

    /// <summary>What the paths of all files of a sort begin with.</summary>
    public static string PrefixOf(string tenant, string sort) => $"{tenant}/{sort}/";

    /// <summary>What the paths of all files of a tenant begin with.</summary>
    public static string PrefixOf(string tenant) => $"{tenant}/";

    public static bool TryReadId(string path, [NotNullWhen(true)] out Guid? id)
    {
        id = Guid.TryParseExact(path.AsSpan(path.LastIndexOf('/') + 1), "D", out var read) ? read : null;
        return id is not null;
    }
}
