using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Crm.Grains.Kernel;

/// <summary>
/// What every field of a command must hold, whoever sends it. Each check answers null when all is well, or the refusal that names the
/// field, so that rules chain them with <c>??</c>. Lengths are in text elements: a family emoji counts as one.
/// </summary>
public static class Check
{
    /// <summary>Longest one-line text, in text elements.</summary>
    public const int LineLength = 200;

    /// <summary>Longest many-line text, in text elements.</summary>
    public const int NoteLength = 32_000;

    /// <summary>A required single line.</summary>
    public static Refusal? Required(string field, string? value, int longest = LineLength) =>
        IsBlank(value)
            ? Refusal.Invalid("field-required", "This field must be filled in.", field)
            : Line(field, value, longest);

    /// <summary>A single line, which may be absent.</summary>
    public static Refusal? Line(string field, string? value, int longest = LineLength) => Text(field, value, longest, lines: false);

    /// <summary>Text of several lines, which may be absent.</summary>
    public static Refusal? Note(string field, string? value, int longest = NoteLength) => Text(field, value, longest, lines: true);

    public static Refusal? OneOf(string field, string? value, IReadOnlySet<string> codes) =>
        value is null || codes.Contains(value) ? null : Refusal.Invalid("enum-invalid", $"Use one of: {string.Join(", ", codes.Order(StringComparer.Ordinal))}.", field);

    /// <summary>An address as of RFC 5321, internationalised ones included; at most 320 characters.</summary>
    public static Refusal? Email(string field, string? value) =>
        Normal.Text(value) is not { } text || (text.Length <= 320 && !text.AsSpan().ContainsAny('\r', '\n') && MailAddress.TryCreate(text, out var address) && address.Address == text)
            ? null
            : Refusal.Invalid("email-invalid", "This is not an e-mail address.", field);

    /// <summary>A telephone number: 5 to 20 digits, with + - ( ) . / # spaces and an extension after "x" or "转".</summary>
    public static Refusal? Phone(string field, string? value)
    {
        if (Normal.Text(value) is not { } text)
        {
            return null;
        }

        var digits = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                digits++;
            }
            else if (!"+-().# /x转".Contains(c, StringComparison.Ordinal))
            {
                digits = 0;
                break;
            }
        }

        return digits is >= 5 and <= 20 && text.Length <= 40 ? null : Refusal.Invalid("phone-invalid", "This is not a telephone number.", field);
    }

    /// <summary>An amount of money that is not below zero.</summary>
    public static Refusal? NotNegative(string field, Money value) =>
        value.Amount >= 0 ? null : Refusal.Invalid("number-out-of-range", "An amount may not be below zero.", field);

    /// <summary>
    /// An amount of money that can be written and read back: not below zero, at most 2 decimals, at most <see cref="Money.Largest"/>, and in
    /// a currency that is in use, so the tenant's own must have been filled in.
    /// </summary>
    public static Refusal? Amount(string field, Money value) =>
        NotNegative(field, value)
        ?? (value.Amount <= Money.Largest && decimal.Round(value.Amount, 2) == value.Amount ? null : Refusal.Invalid("number-out-of-range", "An amount has at most 2 decimals and at most 92,000,000,000,000,000.", field))
        ?? (value.Currency is { } currency && Currencies.Knows(currency) ? null : Refusal.Invalid("currency-unknown", "The currency is not an ISO 4217 code in use.", field));

    /// <summary>A key that people see in addresses: 1 to 40 of a-z, 0-9 and <c>-</c>.</summary>
    public static Refusal? Slug(string field, string? value) =>
        value is { Length: > 0 and <= 40 } && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? null
            : Refusal.Invalid("key-invalid", "A key has 1 to 40 of a-z, 0-9 and '-'.", field);

    /// <summary>A day that can be written and read back: from 1900. So a day that somebody forgot to fill in is refused.</summary>
    public static Refusal? Day(string field, DateOnly? value) =>
        value is { Year: < 1900 } ? Refusal.Invalid("date-invalid", "A day lies in 1900 or later.", field) : null;

    /// <summary>A month as <c>2026-11</c>, 1900 to 9999.</summary>
    public static Refusal? Month(string field, string? value) =>
        value is { Length: 7 } && DateOnly.TryParseExact(value, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year >= 1900
            ? null
            : Refusal.Invalid("date-invalid", "A month is written 2026-11.", field);

    /// <summary>An id that names something.</summary>
    public static Refusal? Id(string field, Guid value) =>
        value != Guid.Empty ? null : Refusal.Invalid("field-required", "This field must be filled in.", field);

    /// <summary>An address on the web, with or without <c>https://</c>; no other scheme, because people will click on it.</summary>
    public static Refusal? Website(string field, string? value) =>
        Line(field, value)
        ?? (Normal.Text(value) is not { } text
            || (!text.Any(char.IsWhiteSpace)
                && Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", UriKind.Absolute, out var address)
                && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
                && address.UserInfo.Length == 0)
            ? null
            : Refusal.Invalid("website-invalid", "This is not an address on the web.", field));

    /// <summary>
    /// A unified social credit code of 18 characters with its check character (GB 32100-2015), or a registration number of 15 digits from
    /// before 2015. Blanks, hyphens, case and width do not matter.
    /// </summary>
    public static Refusal? CreditCode(string field, string? value) =>
        Normal.CreditCode(value) switch
        {
            null => null,
            { Length: 15 } old when old.All(char.IsAsciiDigit) => null,
            { Length: 18 } code when code[^1] == CreditCodeCheck(code) => null,
            _ => Refusal.Invalid("credit-code-invalid", "This is not a unified social credit code: 18 characters, the last one a check.", field),
        };

    /// <summary>Custom fields: at most 100, names of at most 60 letters, digits, - and _, values of at most 2,000 characters.</summary>
    /// <param name="known">Those the record has already, which count too.</param>
    public static Refusal? Custom(string field, IReadOnlyDictionary<string, CustomValue>? values, IReadOnlyDictionary<string, CustomValue>? known = null)
    {
        if (values is null)
        {
            return null;
        }

        if (values.Count + (known?.Keys.Count(name => !values.ContainsKey(name)) ?? 0) > 100)
        {
            return Refusal.Invalid("field-too-long", "A record has at most 100 custom fields.", field);
        }

        foreach (var (name, value) in values)
        {
            if (name.Length is 0 or > 60 || !name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_'))
            {
                return Refusal.Invalid("field-invalid", "A custom field's name has 1 to 60 letters, digits, - or _.", field);
            }

            if (Note($"{field}.{name}", value.Written, longest: 2_000) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    /// <summary>Whether every surrogate in the text has its other half.</summary>
    internal static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    // GB 32100-2015: the alphabet leaves out I, O, S, V, Z; the weight of place i is 3^i mod 31; the check makes the sum a multiple of 31
    private static char? CreditCodeCheck(string code)
    {
        const string alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        var (sum, weight) = (0, 1);
        foreach (var c in code.AsSpan(0, 17))
        {
            var digit = alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return null;
            }

            sum += digit * weight;
            weight = weight * 3 % 31;
        }

        return alphabet[(31 - (sum % 31)) % 31];
    }

    private static Refusal? Text(string field, string? value, int longest, bool lines)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (!IsWellFormed(value))
        {
            return Refusal.Invalid("field-invalid", "This text holds half a character.", field);
        }

        var visible = false;
        foreach (var rune in value.EnumerateRunes())
        {
            if (Forbidden(rune, lines))
            {
                return Refusal.Invalid("field-invalid", "This text holds control or direction characters.", field);
            }

            visible |= !IsInvisible(rune);
        }

        if (!visible && !value.All(char.IsWhiteSpace))
        {
            return Refusal.Invalid("field-invalid", "This text holds nothing that can be seen.", field);
        }

        return value.Length > longest && (value.Length > longest * 16 || new StringInfo(value).LengthInTextElements > longest)
            ? Refusal.Invalid("field-too-long", $"At most {longest:N0} characters.", field)
            : null;
    }

    private static bool IsBlank(string? value) => string.IsNullOrWhiteSpace(value);

    private static bool Forbidden(Rune rune, bool lines) =>
        rune.Value switch
        {
            '\n' or '\r' or '\t' => !lines,
            < 0x20 or (>= 0x7f and < 0xa0) => true,
            (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) => true,
            0xfffe or 0xffff => true,
            _ => false,
        };

    private static bool IsInvisible(Rune rune) =>
        rune.Value is (>= 0x200b and <= 0x200f) or 0x2060 or 0xfeff or 0x00ad or (>= 0xfe00 and <= 0xfe0f) || Rune.IsWhiteSpace(rune);
}
