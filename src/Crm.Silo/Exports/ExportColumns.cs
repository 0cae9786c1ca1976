using System.Text.Json;
using Crm.Runtime.Cards;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Exports;

/// <summary>The columns of an export: the fields of a card as cells. An amount is two of them, the number and its currency.</summary>
internal sealed class ExportColumns
{
    private readonly (string Field, bool IsMoney)[] _fields;

    /// <param name="wanted">Fields in the order they are wanted, or null for all.</param>
    public ExportColumns(ISliceBehaviour slice, FieldMask? mask, string? wanted)
    {
        var fields = string.IsNullOrWhiteSpace(wanted) ? slice.FieldNames : (IEnumerable<string>)wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        _fields = [.. fields.Where(field => mask?.Of(field) != FieldAccess.Hidden).Select(field => (field, slice.Cards.Find(field)?.Type == CardFieldType.Money))];
        Headers = [.. _fields.SelectMany(field => field.IsMoney ? (string[])[field.Field, $"{field.Field}Currency"] : [field.Field])];
    }

    public IReadOnlyList<string> Headers { get; }

    /// <summary>The cells of one card.</summary>
    /// <param name="json">As its reader may see it.</param>
    public void Read(byte[] json, List<string?> cells)
    {
        using var card = JsonDocument.Parse(json);
        foreach (var (field, isMoney) in _fields)
        {
            var isThere = card.RootElement.TryGetProperty(field, out var value);
            if (!isMoney)
            {
                cells.Add(isThere ? TextOf(value) : null);
                continue;
            }

            var isAmount = isThere && value.ValueKind == JsonValueKind.Object;
            cells.Add(isAmount && value.TryGetProperty("amount", out var amount) ? TextOf(amount) : isThere && !isAmount ? TextOf(value) : null);
            cells.Add(isAmount && value.TryGetProperty("currency", out var currency) ? TextOf(currency) : null);
        }
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Object when !value.EnumerateObject().Any() => null,
        JsonValueKind.Array when value.GetArrayLength() == 0 => null,
        _ => value.GetRawText(),
    };
}
