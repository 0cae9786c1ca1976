namespace Crm.Grains.Kernel;

/// <summary>Why a command was refused, in a sense that holds for every slice.</summary>
public enum RefusalKind
{
    /// <summary>The command itself cannot be right, whatever the state.</summary>
    Invalid,

    /// <summary>The command does not fit the state the record is in.</summary>
    Conflict,

    /// <summary>There is no such record for whoever asks.</summary>
    NotFound,

    /// <summary>The asker may see the record but not do this.</summary>
    Forbidden,
}

/// <summary>A named business "no". A value, not an exception.</summary>
/// <param name="Code">Stable, kebab-case; part of the public API.</param>
/// <param name="Sentence">For people, in English; the UI translates by code.</param>
/// <param name="Field">The path of the field at fault in the command, camelCase, or null.</param>
/// <param name="Existing">The record that is in the way, when the asker may know it.</param>
public sealed record Refusal(RefusalKind Kind, string Code, string Sentence, string? Field = null, Guid? Existing = null)
{
    public static Refusal Invalid(string code, string sentence, string? field = null) => new(RefusalKind.Invalid, code, sentence, field);

    public static Refusal Conflict(string code, string sentence, string? field = null) => new(RefusalKind.Conflict, code, sentence, field);

    public static Refusal NotFound(string sentence) => new(RefusalKind.NotFound, "not-found", sentence);

    public static Refusal Forbidden(string sentence) => new(RefusalKind.Forbidden, "forbidden", sentence);
}
