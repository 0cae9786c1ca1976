using System.Text.Json;
using Crm.Runtime.Cards;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Exports;

/// <summary>The columns of an export: the fields of a card as cells. An amount is two of them, the number and its currency.</summary>
internal sealed class ExportColumns
{
    private const string Custom = "custom";
    private readonly (string Field, bool IsMoney)[] _fields;

    /// <param name="rights">Of whom the export is for.</param>
    /// <param name="wanted">Fields in the order they are wanted, or null for all.</param>
    public ExportColumns(ISliceBehaviour slice, Access rights, string? wanted)
    {
        var (mask, added) = (rights.Of(slice.Slice).Mask, rights.FieldsOf(slice.Slice));
        var columns = slice.CardsWith(added);
        var fields = string.IsNullOrWhiteSpace(wanted) ? slice.FieldNames : (IEnumerable<string>)wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        _fields =
        [
            // the fields that the tenant has added are a column each
            .. fields.SelectMany(field => field != Custom ? [field] : added.Fields.Where(each => !each.Retired).Select(each => $"{Custom}.{each.Key}"))
                .Where(field => mask?.Of(field) != FieldAccess.Hidden).Select(field => (field, columns.Find(field)?.Type == CardFieldType.Money)),
        ];
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
            var isThere = TryFind(card.RootElement, field, out var value);
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

    private static bool TryFind(JsonElement card, string field, out JsonElement value) =>
        !field.StartsWith($"{Custom}.", StringComparison.Ordinal) ? card.TryGetProperty(field, out value)
        : card.TryGetProperty(Custom, out value) && value.TryGetProperty(field[(Custom.Length + 1)..], out value);

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Object when !value.EnumerateObject().Any() => null,
        JsonValueKind.Array when value.GetArrayLength() == 0 => null,
        JsonValueKind.Array when value[0].ValueKind == JsonValueKind.String => string.Join(", ", value.EnumerateArray().Select(item => item.GetString())),
        _ => value.GetRawText(),
    };
}
