using System.Text;

namespace Crm.Grains.Kernel;

/// <summary>One form for texts that mean the same, so that equal things have equal keys.</summary>
public static class Normal
{
    /// <summary>The text without blanks at its ends, or null when nothing is left.</summary>
    public static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    /// <summary>
    /// A name as a key: compatibility form (full-width becomes ASCII), lower case, without blanks and punctuation.
    /// 「腾讯（深圳）有限公司」 and 「腾讯(深圳) 有限公司」 are one key.
    /// </summary>
    public static string Key(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return "";
        }

        var form = Compatible(value);
        var key = new StringBuilder(form.Length);
        foreach (var c in form)
        {
            if (char.IsLetterOrDigit(c) || char.IsSurrogate(c))
            {
                key.Append(char.ToLowerInvariant(c));
            }
        }

        return key.Length == 0 ? form.Trim() : key.ToString();
    }

    /// <summary>The digits of a telephone number; a leading +86, 0086 or 86 before a Chinese mobile is dropped.</summary>
    public static string Phone(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        Span<char> digits = value.Length <= 64 ? stackalloc char[value.Length] : new char[value.Length];
        var length = 0;
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c))
            {
                digits[length++] = c;
            }
        }

        ReadOnlySpan<char> number = digits[..length];
        foreach (var prefix in (ReadOnlySpan<string>)["0086", "86"])
        {
            if (number.Length == prefix.Length + 11 && number.StartsWith(prefix) && number[prefix.Length] == '1')
            {
                return number[prefix.Length..].ToString();
            }
        }

        return number.ToString();
    }

    public static string Email(string? value) => Text(value)?.ToLowerInvariant() ?? "";

    /// <summary>A credit code without blanks and hyphens, in capitals of normal width; null when nothing is left.</summary>
    public static string? CreditCode(string? value) =>
        Text(value) is { } text
            ? Text(string.Concat(Compatible(text).Where(c => !char.IsWhiteSpace(c) && c != '-')).ToUpperInvariant())
            : null;

    /// <summary>A name to sign in with, in the form in which two that people would confuse are equal.</summary>
    public static string Login(string? value) => Text(value) is { } text ? Compatible(text).ToLowerInvariant() : "";

    /// <summary>Custom fields with their values trimmed and the empty ones left out.</summary>
    public static IReadOnlyDictionary<string, CustomValue> Custom(IReadOnlyDictionary<string, CustomValue>? values)
    {
        if (values is not { Count: > 0 })
        {
            return NoCustom;
        }

        var kept = new Dictionary<string, CustomValue>(values.Count, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            if (!value.IsBlank)
            {
                kept[name] = value.Trimmed();
            }
        }

        return kept;
    }

    /// <summary>The beginning of a text from elsewhere, to show what was there: whole characters, with an ellipsis when it was longer.</summary>
    public static string? Excerpt(string? value, int longest = Check.LineLength)
    {
        if (value is null || value.Length <= longest)
        {
            return value is null ? null : Whole(value);
        }

        var end = char.IsHighSurrogate(value[longest - 1]) ? longest - 1 : longest;
        return Whole(value[..end]) + "…";
    }

    // half a surrogate pair cannot be normalised, and whoever looks up a key may not have checked the text yet
    private static string Compatible(string text)
    {
        var whole = Whole(text);
        return whole.IsNormalized(NormalizationForm.FormKC) ? whole : whole.Normalize(NormalizationForm.FormKC);
    }

    private static string Whole(string text) =>
        Check.IsWellFormed(text) ? text : string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));

    private static IReadOnlyDictionary<string, CustomValue> NoCustom { get; } = new Dictionary<string, CustomValue>();
}
