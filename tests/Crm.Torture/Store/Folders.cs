namespace Crm.Torture.Store;

/// <summary>Data folders as a whole.</summary>
internal static class Folders
{
    /// <summary>A place for files that nobody needs to be durable: in memory where the system has such a place.</summary>
    public static string Fleeting { get; } = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    /// <summary>Copies what a machine would find after a restart: the files, but not SQLite's shared memory nor the lock.</summary>
    public static string Copy(string from, string to)
    {
        Empty(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            var name = Path.GetFileName(file);
            if (name is not ("crm.lock" or "crm.db-shm"))
            {
                File.Copy(file, Path.Combine(to, name));
            }
        }

        return to;
    }

    public static void Empty(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }
}
