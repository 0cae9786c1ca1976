using System.Text.RegularExpressions;

namespace Crm.Architecture.Tests;

/// <summary>A source file as text, for rules that the compiler cannot state.</summary>
internal sealed partial record SourceFile(string Path, string Text)
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The text without comments.</summary>
    public string Code { get; } = Comment().Replace(Text, match => match.Groups["kept"].Value);

    /// <summary>The words its identifiers and strings are made of, in small letters: <c>CardFilter</c> is card and filter.</summary>
    public IEnumerable<string> Words => Word().Matches(Code).Select(match => match.Value.ToLowerInvariant());

    /// <summary>All C# files below these parts of the checkout.</summary>
    public static IReadOnlyList<SourceFile> Below(params string[] parts) =>
    [
        .. Directory.EnumerateFiles(PathOf(parts), "*.cs", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(PathOf(path)))),
    ];

    public static string PathOf(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Where a pattern occurs: file, line and what was found.</summary>
    public IEnumerable<string> Find(Regex pattern) =>
        pattern.Matches(Code).Select(match => $"{Path}:{Code.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value}");

    private static string Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Crm.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Crm.sln above {folder}.");
    }

    // strings are matched first, so that "https://" does not begin a comment; lines stay, so that they can be counted
    [GeneratedRegex("""(?<kept>"{3}[\s\S]*?"{3}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])')|//[^\n]*|/\*[\s\S]*?\*/""")]
    private static partial Regex Comment();

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
