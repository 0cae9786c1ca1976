using System.Globalization;

namespace Crm.Grains.FieldBooks;

/// <summary>What a command's values are judged with, besides the definitions.</summary>
/// <param name="Currency">Of amounts that name none.</param>
/// <param name="FindPerson">The id of a person by id, sign-in name or name; null when there is none.</param>
/// <param name="MayEdit">Whether the asker may give a value to the field of a key: nobody is asked for what he may not give.</param>
/// <param name="Demands">Whether what is required must be there: not of our own steps, which have nobody to ask.</param>
public sealed record FieldContext(string Currency, Func<string, Guid?> FindPerson, Func<string, bool> MayEdit, bool Demands);

/// <summary>The fields that a tenant added to one slice, ready to judge values and to reckon formulas. Immutable.</summary>
public sealed class FieldSet
{
    private readonly Dictionary<string, CustomField> _byKey;
    private readonly Dictionary<string, Formula> _formulas = new(StringComparer.Ordinal);

    /// <param name="slice">Plural.</param>
    public FieldSet(string slice, IReadOnlyList<CustomField> fields)
    {
        Fields = fields;
        _byKey = fields.Where(field => !field.Retired).ToDictionary(field => field.Key, StringComparer.Ordinal);
        foreach (var field in _byKey.Values.Where(field => field.Type == CustomField.Formula))
        {
            if (FieldBookRules.Read(slice, fields, field.Expression).Formula is { } formula)
            {
                _formulas[field.Key] = formula;
            }
        }
    }

    public static FieldSet None { get; } = new("", []);

    /// <summary>In their order, retired ones included.</summary>
    public IReadOnlyList<CustomField> Fields { get; }

    public bool HasFormulas => _formulas.Count > 0;

    /// <summary>The fields that each formula is reckoned from directly, by the formula's key: those of the tenant as <c>custom.x</c>, the others by their names.</summary>
    public IEnumerable<(string Key, IReadOnlyList<string> Sources)> Formulas =>
        _formulas.Select(formula => (formula.Key, (IReadOnlyList<string>)[.. Formula.NamesIn(formula.Value).Distinct().Select(name => Find(name) is null ? name : $"custom.{name}")]));

    /// <summary>The field of a key that is not retired, or null.</summary>
    public CustomField? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>The values of a command in the form they are kept in, or why they cannot be.</summary>
    /// <param name="given">Null removes every value.</param>
    /// <param name="isCreation">Whether the record comes into being with them.</param>
    public (IReadOnlyDictionary<string, CustomValue>? Values, Refusal? Refusal) Read(IReadOnlyDictionary<string, CustomValue>? given, bool isCreation, FieldContext context)
    {
        var values = new Dictionary<string, CustomValue>(StringComparer.Ordinal);
        foreach (var (key, value) in given ?? _byKey.Values.Where(field => field.Type != CustomField.Formula).ToDictionary(field => field.Key, _ => new CustomValue("")))
        {
            var (kept, refusal) = Find(key) is { } field ? FieldValues.Read(field, value, context) : (value, FieldValues.Unknown(key));  // FB8
            if (refusal is not null)
            {
                return (null, refusal);
            }

            values[key] = kept;
        }

        foreach (var field in _byKey.Values.Where(field => field.Required && context.Demands && context.MayEdit(field.Key)))  // FB9
        {
            if (values.TryGetValue(field.Key, out var value) ? value.IsBlank : isCreation)
            {
                return (null, Refusal.Invalid("field-required", "This field must be filled in.", $"custom.{field.Key}"));
            }
        }

        return (values, null);
    }

    /// <summary>What formulas result in that is not there yet.</summary>
    /// <param name="values">The values of a record.</param>
    /// <param name="known">The fields that records of the slice have of themselves.</param>
    /// <param name="currency">Of amounts that name none.</param>
    public IReadOnlyList<FieldChange> Compute(IReadOnlyDictionary<string, CustomValue> values, Func<string, Quantity?> known, string currency)
    {
        var results = new Dictionary<string, CustomValue?>(StringComparer.Ordinal);                             // FB10
        var changes = new Changes();
        foreach (var key in _formulas.Keys)
        {
            changes.Custom(key, values, ResultOf(key) ?? new(""));
        }

        return changes.ToList();

        CustomValue? ResultOf(string key)
        {
            if (!results.TryGetValue(key, out var result))
            {
                // whatever is asked for while it is reckoned has no value: definitions have no circles, so this is never seen
                results[key] = null;
                results[key] = result = Formula.Kept(Formula.Evaluate(_formulas[key], QuantityOf), _byKey[key].Scale ?? FieldBookRules.UsualScale, currency);
            }

            return result;
        }

        Quantity? QuantityOf(string name) =>
            _formulas.ContainsKey(name) ? ResultOf(name) is { } result ? Quantity.Of(result) : null
            : Find(name) is not null ? values.TryGetValue(name, out var value) ? Quantity.Of(value) : null
            : known(name);
    }
}

/// <summary>What values fields take.</summary>
public static class FieldValues
{
    private const int MostText = 2_000;
    private static readonly char[] Joints = [',', '，', ';', '；', '、', '|'];

    public static Refusal Unknown(string key) => Refusal.Invalid("field-unknown", "There is no such field.", $"custom.{key}");

    /// <summary>A value in the form it is kept in, or why it cannot be. A text is taken for what it says: that is what files hold.</summary>
    public static (CustomValue Value, Refusal? Refusal) Read(CustomField field, CustomValue value, FieldContext context)
    {
        var path = $"custom.{field.Key}";
        if (field.Type == CustomField.Formula)
        {
            return (value, Refusal.Invalid("field-computed", "This field is reckoned by a formula.", path));
        }

        return value.IsBlank && value.Type is null or CustomValue.Choices ? (new(""), null) : field.Type switch
        {
            CustomField.Text => value.Type is null ? (value.Trimmed(), Check.Note(path, value.Written, MostText)) : (value, Wrong(path, "a text")),
            CustomField.Number => ReadNumber(field, value, path),
            CustomField.Money => ReadMoney(value, path, context.Currency),
            CustomField.Date => value.Trimmed() is var day && day.AsDay() is { Year: >= 1900 } ? (day, null) : (value, Refusal.Invalid("date-invalid", "A day is written 2026-11-21.", path)),
            CustomField.Choice => value.Type is null && OptionOf(field, value.Written) is { } option ? (new(option), null) : (value, UnknownOption(path)),
            CustomField.MultiChoice => ReadChoices(field, value, path),
            CustomField.Person => value.Type is null && context.FindPerson(value.Written.Trim()) is { } person ? (new(person.ToString()), null) : (value, Refusal.Invalid("person-unknown", "There is nobody of this id or name.", path)),
            CustomField.Link => ReadLink(value, path),
            _ => (value, Wrong(path, "something else")),
        };
    }

    /// <summary>Whether people may follow an address: it is of the web or of mail, and names nobody's password.</summary>
    public static bool IsLink(string text) =>
        !text.Any(char.IsWhiteSpace)
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && ((address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Host.Length > 0) || (address.Scheme == "mailto" && text.Contains('@', StringComparison.Ordinal)));

    private static (CustomValue Value, Refusal? Refusal) ReadNumber(CustomField field, CustomValue value, string path)
    {
        var number = value.Type is null
            ? decimal.TryParse(value.Written.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var read) && value.Written.Length <= 40 ? read : (decimal?)null
            : value.Type == CustomValue.Number ? value.AsNumber() : null;
        return number is not { } some ? (value, Wrong(path, "a number"))
            : Math.Abs(some) > CustomField.LargestNumber || decimal.Round(some, field.Scale ?? 0) != some
                ? (value, Refusal.Invalid("number-out-of-range", $"A number has at most {field.Scale ?? 0} decimals and lies within 9,000,000,000,000.", path))
                : (CustomValue.Of(some), null);
    }

    private static (CustomValue Value, Refusal? Refusal) ReadMoney(CustomValue value, string path, string currency)
    {
        Money? money = null;
        if (value.Type == CustomValue.Money)
        {
            money = value.AsMoney();
        }
        else if (value.Type == CustomValue.Number)
        {
            money = new(value.AsNumber() ?? 0, "");
        }
        else if (value.Type is null)
        {
            // "1234.50", "1,234.50 CNY", "CNY 1234.50"
            var parts = value.Written.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var amount = parts.FirstOrDefault(part => char.IsAsciiDigit(part[0]) || part[0] is '-' or '.');
            var named = parts.FirstOrDefault(part => part != amount);
            money = parts.Length <= 2 && value.Written.Length <= 40 && decimal.TryParse(amount, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var read)
                ? new(read, named?.ToUpperInvariant() ?? "")
                : null;
        }

        if (money is not { } some)
        {
            return (value, Wrong(path, "an amount"));
        }

        some = some.Or(currency);
        return !Currencies.Knows(some.Currency) ? (value, Refusal.Invalid("currency-unknown", "The currency is not an ISO 4217 code in use.", path))
            : Math.Abs(some.Amount) > Money.Largest || decimal.Round(some.Amount, 2) != some.Amount
                ? (value, Refusal.Invalid("number-out-of-range", "An amount has at most 2 decimals and at most 92,000,000,000,000,000.", path))
                : (CustomValue.Of(some), null);
    }

    private static (CustomValue Value, Refusal? Refusal) ReadChoices(CustomField field, CustomValue value, string path)
    {
        var named = value.Type switch
        {
            CustomValue.Choices => value.AsKeys(),
            null => value.Written.Split(Joints, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            _ => (IReadOnlyList<string>)["#"],
        };
        var keys = new List<string>();
        foreach (var name in named)
        {
            if (OptionOf(field, name) is not { } key)
            {
                return (value, UnknownOption(path));
            }

            if (!keys.Contains(key))
            {
                keys.Add(key);
            }
        }

        // in the order of the options, so that the same choice is the same value
        return (CustomValue.Of(field.Options.Select(option => option.Key).Where(keys.Contains)), null);
    }

    private static (CustomValue Value, Refusal? Refusal) ReadLink(CustomValue value, string path)
    {
        var text = value.Type is null ? value.Written.Trim() : "";
        return Check.Line(path, text, MostText) is { } wrong ? (value, wrong)
            : IsLink(text) ? (new(text), null)
            : (value, Refusal.Invalid("url-invalid", "A link begins with http://, https:// or mailto:.", path));
    }

    /// <summary>The key of an option that is not retired, by its key or one of its labels.</summary>
    private static string? OptionOf(CustomField field, string name)
    {
        var wanted = name.Trim();
        var open = field.Options.Where(option => !option.Retired);
        return (open.FirstOrDefault(option => option.Key == wanted) ?? open.FirstOrDefault(option => option.Label.Is(wanted)))?.Key;
    }

    private static Refusal UnknownOption(string path) => Refusal.Invalid("option-unknown", "The field has no such option.", path);

    private static Refusal Wrong(string path, string expected) => Refusal.Invalid("field-invalid", $"Here {expected} is expected.", path);
}
