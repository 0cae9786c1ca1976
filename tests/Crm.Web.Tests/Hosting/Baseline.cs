namespace Crm.Web.Tests.Hosting;

/// <summary>Compares with a text that somebody has approved by checking it in.</summary>
public static class Baseline
{
    /// <summary>Set to 1 to approve what is there now; the change is then seen in review.</summary>
    private const string Update = "UPDATE_BASELINES";

    public static void ShouldMatch(string name, string actual)
    {
        var path = Path.Combine(Repository(), "tests", "baselines", name);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        var (approved, found) = (File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n') : [], actual.ReplaceLineEndings("\n").Split('\n'));
        var same = approved.Zip(found).TakeWhile(lines => lines.First == lines.Second).Count();
        if (same < Math.Max(approved.Length, found.Length))
        {
            Assert.Fail($"tests/baselines/{name} differs at line {same + 1}. Set {Update}=1 to approve.\napproved: {Around(approved, same)}\nnow:      {Around(found, same)}");
        }
    }

    private static string Around(string[] lines, int line) => string.Join("\n          ", lines.Skip(Math.Max(0, line - 2)).Take(6));

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crm.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests run inside the repository.");
    }
}
