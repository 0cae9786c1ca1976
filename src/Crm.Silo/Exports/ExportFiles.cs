using Crm.Runtime;
using Crm.Runtime.Files;
using Crm.Silo.Files;

namespace Crm.Silo.Exports;

/// <summary>The files of exports: written to a file of this process, and kept where every process finds them.</summary>
public sealed class ExportFiles(IFileStore files, Scratch scratch)
{
    /// <summary>Begins a file; it is no export's until <see cref="KeepAsync"/>.</summary>
    public FileStream Create() => scratch.Make();

    /// <summary>Keeps a complete file for good.</summary>
    /// <exception cref="FileStoreException">It could not be.</exception>
    public Task KeepAsync(GrainId export, FileStream file, CancellationToken cancel)
    {
        file.Position = 0;
        return files.WriteAsync(PathOf(export), file, WriteCondition.Always, cancel);
    }

    /// <summary>The file of an export, or null when there is none.</summary>
    public Task<FileContent?> OpenAsync(GrainId export, CancellationToken cancel) => files.OpenAsync(PathOf(export), 0, null, cancel);

    public Task DeleteAsync(GrainId export, CancellationToken cancel) => files.DeleteAsync(PathOf(export), null, cancel);

    private static string PathOf(GrainId export) => FilePlaces.Of(export.Tenant, FilePlaces.Exports, export.Key);
}
