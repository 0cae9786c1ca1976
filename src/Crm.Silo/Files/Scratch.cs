using Crm.Runtime.Files;

namespace Crm.Silo.Files;

/// <summary>Files of this process alone, for what must be sought in or is not whole yet. Each is gone when it is closed.</summary>
public sealed class Scratch
{
    private const int BufferSize = 64 * 1_024;

    /// <summary>One that is so old was left behind by a crash.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <param name="folder">Made if it is not there; several processes may share it.</param>
    public Scratch(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        foreach (var file in Directory.CreateDirectory(folder).EnumerateFiles())
        {
            if (time.GetUtcNow() - file.LastWriteTimeUtc > Lifetime)
            {
                file.Delete();
            }
        }
    }

    /// <summary>An empty file that can be written, read and sought in.</summary>
    public FileStream Make() => new(
        Path.Combine(_folder, Guid.CreateVersion7(_time.GetUtcNow()).ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize, FileOptions.DeleteOnClose);

    /// <summary>A copy of a kept file, from its beginning; null when there is none.</summary>
    /// <exception cref="FileStoreException">The store cannot be reached.</exception>
    public async Task<FileStream?> FetchAsync(IFileStore files, string path, CancellationToken cancel)
    {
        await using var kept = await files.OpenAsync(path, 0, null, cancel);
        if (kept is null)
        {
            return null;
        }

        var copy = Make();
        try
        {
            await kept.Content.CopyToAsync(copy, cancel);
            copy.Position = 0;
            return copy;
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }
}
