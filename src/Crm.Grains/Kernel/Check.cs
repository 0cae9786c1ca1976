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
        value is null or "" || (value.Length <= 320 && !value.AsSpan().ContainsAny('\r', '\n') && MailAddress.TryCreate(value.Trim(), out var address) && address.Address == value.Trim())
            ? null
            : Refusal.Invalid("email-invalid", "This is not an e-mail address.", field);

    /// <summary>A telephone number: 5 to 20 digits, with + - ( ) . / # spaces and an extension after "x" or "转".</summary>
    public static Refusal? Phone(string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        var digits = 0;
        foreach (var c in value)
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

        return digits is >= 5 and <= 20 && value.Length <= 40 ? null : Refusal.Invalid("phone-invalid", "This is not a telephone number.", field);
    }

    /// <summary>An amount of money that is not below zero.</summary>
    public static Refusal? NotNegative(string field, Money value) =>
        value.Amount >= 0 ? null : Refusal.Invalid("number-out-of-range", "An amount may not be below zero.", field);

    /// <summary>Custom fields: at most 100, names of at most 60 letters, digits, - and _, values of at most 2,000 characters.</summary>
    public static Refusal? Custom(string field, IReadOnlyDictionary<string, string>? values)
    {
        if (values is null)
        {
            return null;
        }

        if (values.Count > 100)
        {
            return Refusal.Invalid("field-too-long", "A record has at most 100 custom fields.", field);
        }

        foreach (var (name, value) in values)
        {
            if (name.Length is 0 or > 60 || !name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_'))
            {
                return Refusal.Invalid("field-invalid", "A custom field's name has 1 to 60 letters, digits, - or _.", field);
            }

            if (Note($"{field}.{name}", value, longest: 2_000) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static Refusal? Text(string field, string? value, int longest, bool lines)
    {
        if (string.IsNullOrEmpty(value))
        {
            return null;
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
            0xfffe or 0xffff or 0xfffd => rune.Value != 0xfffd,
            _ => false,
        };

    private static bool IsInvisible(Rune rune) =>
        rune.Value is (>= 0x200b and <= 0x200f) or 0x2060 or 0xfeff or 0x00ad or (>= 0xfe00 and <= 0xfe0f) || Rune.IsWhiteSpace(rune);
}
