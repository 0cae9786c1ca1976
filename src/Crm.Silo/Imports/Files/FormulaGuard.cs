namespace Crm.Silo.Imports.Files;

/// <summary>
/// The apostrophe that keeps a spreadsheet program from taking a text for a formula (OWASP ASVS 1.2.10). What <see cref="Do"/> adds,
/// <see cref="Undo"/> removes, for every text, so that an exported file can be imported again unchanged.
/// </summary>
internal static class FormulaGuard
{
    public static string Do(string text) => IsDangerous(text) ? "'" + text : text;

    public static string Undo(ReadOnlySpan<char> text) =>
        text is ['\'', ..] && IsDangerous(text) ? new string(text[1..]) : new string(text);

    /// <summary>Apostrophes in front are looked through: else <c>'=x</c> typed by a person would lose its own on the way back.</summary>
    private static bool IsDangerous(ReadOnlySpan<char> text)
    {
        var start = text.IndexOfAnyExcept('\'');
        return start >= 0 && text[start] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\0';
    }
}
