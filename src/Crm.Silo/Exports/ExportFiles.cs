namespace Crm.Silo.Exports;

/// <summary>The files of exports, in a folder of their own. A file's name is the export's id.</summary>
public sealed class ExportFiles
{
    private const string Unfinished = ".part";

    private readonly string _folder;

    public ExportFiles(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>Begins a file anew; it is no export's until <see cref="Keep"/>.</summary>
    public FileStream Create(Guid export) => new(PathOf(export) + Unfinished, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1_024);

    /// <summary>Puts a complete file in place. On disk when it returns; closes the file.</summary>
    public void Keep(Guid export, FileStream file)
    {
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(PathOf(export) + Unfinished, PathOf(export), overwrite: true);
    }

    /// <summary>The file of an export, or null when there is none.</summary>
    public FileStream? Open(Guid export)
    {
        try
        {
            return new(PathOf(export), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1_024, FileOptions.SequentialScan | FileOptions.Asynchronous);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public void Delete(Guid export)
    {
        File.Delete(PathOf(export));
        File.Delete(PathOf(export) + Unfinished);
    }

    /// <summary>Removes what a crash left behind.</summary>
    public void DeleteAllBut(IEnumerable<Guid> exports)
    {
        var kept = exports.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(_folder).Where(path => !kept.Contains(path)))
        {
            File.Delete(path);
        }
    }

    private string PathOf(Guid export) => Path.Combine(_folder, export.ToString("D"));
}
