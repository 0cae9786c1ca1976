using System.Text.Json;
using Crm.Runtime.Cards;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;

namespace Crm.Web.Http;

/// <summary>A list as groups: how many records have each value of a field, and what they sum up to.</summary>
internal static class RecordGroups
{
    private static readonly string[] Keys = ["by", "sum", "filter", "q"];

    public static async Task AnswerAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var query = http.Request.Query;
        var request = new GroupRequest(query["by"], query["sum"], query["filter"], query["q"]);
        var answer = Records.CheckQuery(http, Keys) is { } refusal
            ? new GroupAnswer(null, null, refusal)
            : await silo.Cards.GroupAsync(http.Caller.Asker, silo.Slices.OfKind(kind), request, http.RequestAborted);
        if (answer is not { Aggregation: { } aggregation, Buckets: { } buckets })
        {
            await Problems.WriteAsync(http, Problems.StatusOf(answer.Refusal!), answer.Refusal!); // without groups there is a refusal
            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var bucket in buckets.Buckets)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("value"u8);
            WriteValue(writer, bucket.Value, aggregation.By);
            writer.WriteNumber("count"u8, bucket.Count);
            if (aggregation.Sum is { } sum)
            {
                WriteSums(writer, sum, bucket.Sums);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (buckets.IsMore)
        {
            writer.WriteBoolean("more"u8, true);
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, CardValue value, CardField by)
    {
        switch (by.Type)
        {
            case CardFieldType.Id when value.Bytes is { } id:
                writer.WriteStringValue(new Guid(id, bigEndian: true));
                break;
            case CardFieldType.Flag when !value.IsNull:
                writer.WriteBooleanValue(value.Integer != 0);
                break;
            default:
                writer.WriteStringValue(value.Text);
                break;
        }
    }

    /// <summary>Amounts as money, one for each currency; numbers as one number, which is null where no record has any.</summary>
    private static void WriteSums(Utf8JsonWriter writer, CardField sum, IReadOnlyList<CardSum> sums)
    {
        if (sum.Type != CardFieldType.Money)
        {
            writer.WritePropertyName("sum"u8);
            if (sums is [var one])
            {
                writer.WriteNumberValue(sum.Type == CardFieldType.Number ? (decimal)one.Total / 1_000_000m : (decimal)one.Total);
            }
            else
            {
                writer.WriteNullValue();
            }

            return;
        }

        writer.WriteStartArray("sums"u8);
        foreach (var (currency, hundredths) in sums)
        {
            writer.WriteStartObject();
            writer.WriteString("amount"u8, ((decimal)hundredths / 100m).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteString("currency"u8, currency);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
