using System.Buffers;

namespace Crm.Runtime.Files;

/// <summary>
/// What a file may be called: 1 to 12 words with slashes between, each 1 to 100 of <c>a-z A-Z 0-9 . _ -</c> and not beginning with a full
/// stop. So no path leads out of the store, needs escaping, or means two things on two systems.
/// </summary>
public static class FilePath
{
    private const int MostWords = 12;
    private const int LongestWord = 100;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    public static bool IsValid(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return false;
        }

        var words = 0;
        foreach (var range in path.AsSpan().Split('/'))
        {
            var word = path.AsSpan(range);
            if (++words > MostWords || word.Length is 0 or > LongestWord || word[0] == '.' || word[^1] == '.' || word.ContainsAnyExcept(Allowed))
            {
                return false;
            }
        }

        return true;
    }

    /// <exception cref="ArgumentException">It is no path.</exception>
    internal static string Checked(string path) =>
        IsValid(path) ? path : throw new ArgumentException($"'{path}' is no path of a file store.", nameof(path));

    /// <summary>Whether paths may begin so: the beginning of a path, or nothing.</summary>
    /// <exception cref="ArgumentException">None can.</exception>
    internal static string CheckedPrefix(string prefix) =>
        prefix.Length == 0 || IsValid(prefix.EndsWith('/') ? prefix[..^1] : prefix.EndsWith('.') ? prefix + "x" : prefix) ? prefix
        : throw new ArgumentException($"No path of a file store begins with '{prefix}'.", nameof(prefix));
}
