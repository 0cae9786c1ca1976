using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Crm.Grains.FieldBooks;
using Crm.Grains.Kernel;
using Crm.Grains.RoleBooks;
using Crm.Silo.Hosting;

namespace Crm.Silo.Rights;

/// <summary>What a role may do with a field. Ordered from least to most.</summary>
public enum FieldAccess
{
    Hidden,
    Masked,
    Read,
    Edit,
}

/// <summary>The fields of a slice that a role does not have in full.</summary>
public sealed class FieldMask
{
    private const string Custom = "custom.";
    private static readonly string[] DayFormats = ["yyyy-MM-dd"];
    private readonly FrozenDictionary<string, FieldAccess> _fields;
    private readonly FrozenDictionary<string, FieldAccess> _formulas;

    private FieldMask(Dictionary<string, FieldAccess> fields, FieldSet added)
    {
        _fields = fields.ToFrozenDictionary(StringComparer.Ordinal);
        _formulas = FrozenDictionary<string, FieldAccess>.Empty;
        var formulas = added.HasFormulas ? added.Formulas.ToDictionary(formula => Custom + formula.Key, formula => formula.Sources, StringComparer.Ordinal) : [];
        if (formulas.Count > 0 && ConcealsAny)
        {
            _formulas = formulas.Keys.Select(formula => (Formula: formula, Access: LeastOf(formula, formulas, []))).Where(formula => formula.Access < FieldAccess.Read)
                .ToFrozenDictionary(formula => formula.Formula, formula => formula.Access, StringComparer.Ordinal);
        }
    }

    /// <summary>Columns to filter and sort by, and what a timeline calls so, that are part of a field of another name, and what of.</summary>
    public static readonly IReadOnlyDictionary<string, string> PartOf = new Dictionary<string, string> { ["dueAt"] = "nextStep", ["currency"] = "amount", ["file"] = "name" };

    /// <summary>What an alert masks: how to reach people, and what they are worth.</summary>
    public static readonly IReadOnlySet<string> Veiled = new HashSet<string> { "mobile", "phone", "email", "wechat", "amount" };

    /// <summary>The mask of a role for a slice; null when every field is edited.</summary>
    /// <param name="added">The fields that the tenant has added: a formula shows no more than what it is reckoned from.</param>
    /// <param name="isVeiled">Whether the fields of <see cref="Veiled"/> are masked besides.</param>
    public static FieldMask? Of(Role role, string plural, FieldSet added, bool isVeiled = false)
    {
        var fields = isVeiled ? Veiled.ToDictionary(field => field, _ => FieldAccess.Masked) : null;
        foreach (var right in role.Fields)
        {
            if (right.Slice == plural && right.Right != "edit")
            {
                (fields ??= [])[right.Field] = right.Right switch { "hidden" => FieldAccess.Hidden, "masked" => FieldAccess.Masked, _ => isVeiled && Veiled.Contains(right.Field) ? FieldAccess.Masked : FieldAccess.Read };
            }
        }

        return fields is null ? null : new(fields, added);
    }

    /// <summary>What may be done with a field. What is said of <c>custom</c> holds for every field a tenant added.</summary>
    public FieldAccess Of(string field)
    {
        var access = OwnOf(field);
        return _formulas.TryGetValue(field, out var sources) && sources < access ? sources : access;
    }

    /// <summary>Whether a field's value is shown as it is.</summary>
    public bool Shows(string field) => Of(field) >= FieldAccess.Read;

    /// <summary>Whether any field is not shown as it is.</summary>
    public bool ConcealsAny => _fields.Values.Any(access => access < FieldAccess.Read);

    /// <summary>Whether any field is shown in part.</summary>
    public bool MasksAny => _fields.Values.Contains(FieldAccess.Masked);

    public IEnumerable<KeyValuePair<string, FieldAccess>> Fields => _fields;

    /// <summary><see cref="Fields"/>, and the formulas that are not shown because of them.</summary>
    public IEnumerable<KeyValuePair<string, FieldAccess>> FieldsAndFormulas => _fields.Where(each => !_formulas.ContainsKey(each.Key)).Concat(_formulas.Keys.Select(formula => KeyValuePair.Create(formula, Of(formula))));

    /// <summary>The last four characters of a text, or none of a short one.</summary>
    public static string Mask(string value) => value.Length <= 4 ? "****" : string.Concat("****", value.AsSpan(value.Length - 4));

    /// <summary>A card without what is hidden, and with the rest of what is masked.</summary>
    /// <param name="json">A card as UTF-8 JSON.</param>
    public byte[] Apply(byte[] json)
    {
        if (!ConcealsAny)
        {
            return json;
        }

        using var whole = JsonDocument.Parse(json);
        using var part = new MemoryStream(json.Length);
        using (var writer = new Utf8JsonWriter(part, new JsonWriterOptions { Encoder = SiloJson.Cards.Encoder }))
        {
            Write(writer, whole.RootElement, "");
        }

        return part.ToArray();
    }

    private FieldAccess OwnOf(string field)
    {
        var access = _fields.GetValueOrDefault(field, FieldAccess.Edit);
        var whole = field.StartsWith(Custom, StringComparison.Ordinal) ? "custom" : PartOf.GetValueOrDefault(field);
        return whole is not null && _fields.TryGetValue(whole, out var all) && all < access ? all : access;
    }

    private FieldAccess LeastOf(string field, Dictionary<string, IReadOnlyList<string>> formulas, HashSet<string> seen) =>
        seen.Add(field) && formulas.TryGetValue(field, out var sources) && sources.Count > 0
            ? (FieldAccess)Math.Min((int)OwnOf(field), sources.Min(source => (int)LeastOf(source, formulas, seen)))
            : OwnOf(field);

    private static bool IsIdOrTime(string text) =>
        Guid.TryParseExact(text, "D", out _) || InstantConverter.TryParse(text, out _)
        || DateOnly.TryParseExact(text, DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private void Write(Utf8JsonWriter writer, JsonElement element, string prefix)
    {
        writer.WriteStartObject();
        foreach (var field in element.EnumerateObject())
        {
            var name = prefix + field.Name;
            switch (Of(name))
            {
                case FieldAccess.Hidden:
                    break;
                case FieldAccess.Masked:
                    // of anything but a text every part says too much
                    if (field.Value.ValueKind == JsonValueKind.String && field.Value.GetString() is { } text && !IsIdOrTime(text))
                    {
                        writer.WriteString(field.Name, Mask(text));
                    }

                    break;
                default:
                    if (name == "custom" && field.Value.ValueKind == JsonValueKind.Object)
                    {
                        writer.WritePropertyName("custom"u8);
                        Write(writer, field.Value, Custom);
                    }
                    else
                    {
                        field.WriteTo(writer);
                    }

                    break;
            }
        }

        writer.WriteEndObject();
    }
}
