using System.Globalization;
using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Grains.Opportunities;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Funnel;

/// <summary>Funnels and board cards as they go over the wire.</summary>
public static class FunnelJson
{
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = SiloJson.Cards.Encoder };

    public static byte[] Write(FunnelView view)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("pipeline"u8, view.Pipeline.Key);
            writer.WriteString("month"u8, view.Request.Month);
            writer.WriteString("currency"u8, view.Currency);
            writer.WriteStartArray("currencies"u8);
            foreach (var currency in view.Currencies)
            {
                writer.WriteStringValue(currency);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("stages"u8);
            foreach (var line in view.Funnel.Stages)
            {
                Write(writer, view, line, view.Pipeline.Stages.First(stage => stage.Key == line.Stage).Name);
            }

            writer.WriteEndArray();
            writer.WriteString("weighted"u8, Text(view, view.Funnel.Weighted));
            writer.WriteString("target"u8, Text(view, view.Funnel.Target));
            writer.WriteString("gap"u8, Text(view, view.Funnel.Gap));
            writer.WriteStartObject("lost"u8);
            writer.WriteNumber("count"u8, view.Lost.Count);
            writer.WriteString("amount"u8, Text(view, view.Lost.Amount));
            writer.WriteEndObject();
            writer.WriteNumber("position"u8, view.Position);
            writer.WriteInstant("at"u8, view.At);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    /// <summary>The part of a card that a board shows.</summary>
    public static void WriteBoardCard(Utf8JsonWriter writer, OpportunityCard card, FieldMask? mask)
    {
        if (mask is { ConcealsAny: true })
        {
            using var json = new MemoryStream();
            using (var whole = new Utf8JsonWriter(json, WriterOptions))
            {
                WriteBoardCard(whole, card, null);
            }

            writer.WriteRawValue(mask.Apply(json.ToArray()), skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("id"u8, card.Id);
        writer.WriteNumber("version"u8, card.Version);
        writer.WriteString("name"u8, card.Name);
        writer.WriteString("customerName"u8, card.CustomerName);
        writer.WriteString("stage"u8, card.Stage);
        writer.WriteString("status"u8, card.Status);
        writer.WriteStartObject("amount"u8);
        writer.WriteString("amount"u8, card.Amount.AmountText);
        writer.WriteString("currency"u8, card.Amount.Currency);
        writer.WriteEndObject();
        writer.WritePropertyName("ownerId"u8);
        Write(writer, card.OwnerId?.ToString());
        writer.WritePropertyName("expectedCloseOn"u8);
        Write(writer, card.ExpectedCloseOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        writer.WriteBoolean("overdue"u8, card.Overdue);
        writer.WritePropertyName("nextStep"u8);
        if (card.NextStep is { } step)
        {
            writer.WriteStartObject();
            writer.WriteString("text"u8, step.Text);
            writer.WriteInstant("dueAt"u8, step.DueAt);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteInstant("stageSince"u8, card.StageSince);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, FunnelView view, FunnelLine line, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("stage"u8, line.Stage);
        writer.WriteString("name"u8, name);
        writer.WriteNumber("winRate"u8, line.WinRate);
        writer.WriteNumber("count"u8, line.Count);
        writer.WriteString("amount"u8, Text(view, line.Amount));
        writer.WriteString("weighted"u8, Text(view, line.Weighted));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string? text)
    {
        if (text is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static string? Text(FunnelView view, decimal? amount) => view.HasAmounts ? amount?.ToString("0.00", CultureInfo.InvariantCulture) : null;
}
