using System.Collections.Frozen;
using System.Text.Json;
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
    private readonly FrozenDictionary<string, FieldAccess> _fields;

    private FieldMask(Dictionary<string, FieldAccess> fields) => _fields = fields.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What an alert masks: how to reach people, and what they are worth.</summary>
    public static readonly IReadOnlySet<string> Veiled = new HashSet<string> { "mobile", "phone", "email", "wechat", "amount" };

    /// <summary>The mask of a role for a slice; null when every field is edited.</summary>
    /// <param name="isVeiled">Whether the fields of <see cref="Veiled"/> are masked besides.</param>
    public static FieldMask? Of(Role role, string plural, bool isVeiled = false)
    {
        var fields = isVeiled ? Veiled.ToDictionary(field => field, _ => FieldAccess.Masked) : null;
        foreach (var right in role.Fields)
        {
            if (right.Slice == plural && right.Right != "edit")
            {
                (fields ??= [])[right.Field] = right.Right switch { "hidden" => FieldAccess.Hidden, "masked" => FieldAccess.Masked, _ => isVeiled && Veiled.Contains(right.Field) ? FieldAccess.Masked : FieldAccess.Read };
            }
        }

        return fields is null ? null : new(fields);
    }

    /// <summary>What may be done with a field. What is said of <c>custom</c> holds for every field a tenant added.</summary>
    public FieldAccess Of(string field)
    {
        var access = _fields.GetValueOrDefault(field, FieldAccess.Edit);
        return field.StartsWith(Custom, StringComparison.Ordinal) && _fields.TryGetValue("custom", out var all) && all < access ? all : access;
    }

    /// <summary>Whether a field's value is shown as it is.</summary>
    public bool Shows(string field) => Of(field) >= FieldAccess.Read;

    /// <summary>Whether any field is not shown as it is.</summary>
    public bool ConcealsAny => _fields.Values.Any(access => access < FieldAccess.Read);

    /// <summary>Whether any field is shown in part.</summary>
    public bool MasksAny => _fields.Values.Contains(FieldAccess.Masked);

    public IEnumerable<KeyValuePair<string, FieldAccess>> Fields => _fields;

    /// <summary>The last four characters of a value, or none of a short one.</summary>
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
                    if (field.Value.ValueKind == JsonValueKind.String)
                    {
                        writer.WriteString(field.Name, Mask(field.Value.GetString() ?? ""));
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
