namespace Crm.Grains.Tests;

/// <summary>The checkout the tests run in, for those that read its files.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Crm.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Crm.sln above {folder}.");
    }
}
