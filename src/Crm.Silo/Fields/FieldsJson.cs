using System.Text.Json;
using Crm.Grains.FieldBooks;
using Crm.Silo.Funnel;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Fields;

/// <summary>The fields that a tenant has added, as one asker may know of them: those hidden from the role are not there.</summary>
public static class FieldsJson
{
    /// <summary>Those of all slices that take such fields.</summary>
    public static byte[] WriteAll(Access access, SliceDirectory slices) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var slice in slices.All.Where(slice => slice.Slice.HasCustomFields && access.IsOn(slice.Slice)))
        {
            Write(writer, access, slice);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static byte[] Write(Access access, ISliceBehaviour slice) => Write(writer => Write(writer, access, slice));

    private static void Write(Utf8JsonWriter writer, Access access, ISliceBehaviour slice)
    {
        var mask = access.Of(slice.Slice).Mask;
        writer.WriteStartObject();
        writer.WriteString("slice"u8, slice.Slice.Plural);
        writer.WriteStartArray("fields"u8);
        foreach (var field in access.FieldsOf(slice.Slice).Fields.Where(field => mask?.Of($"custom.{field.Key}") is not FieldAccess.Hidden))
        {
            writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(field, SiloJson.Cards.TypeInfo<CustomField>()), skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            write(writer);
        }

        return json.ToArray();
    }
}
