using System.Text.Json;
using Crm.Grains.Leads;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Imports;

/// <summary>Who is shown the values that rows of a file were refused for: they were to be values of leads.</summary>
public static class ImportProblems
{
    /// <summary>Whether every field of a lead is shown. Which field a value was meant for may have been what was wrong.</summary>
    public static bool AreShown(Access access) => access.Of(LeadSlice.Definition).Mask is not { ConcealsAny: true };

    /// <summary>An import's card without the values of its problems.</summary>
    internal static byte[] WithoutValues(byte[] card)
    {
        using var whole = JsonDocument.Parse(card);
        using var part = new MemoryStream(card.Length);
        using (var writer = new Utf8JsonWriter(part, new JsonWriterOptions { Encoder = SiloJson.Cards.Encoder }))
        {
            writer.WriteStartObject();
            foreach (var field in whole.RootElement.EnumerateObject())
            {
                if (field.Name == "problems" && field.Value.ValueKind == JsonValueKind.Array)
                {
                    Write(writer, field.Value);
                }
                else
                {
                    field.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return part.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement problems)
    {
        writer.WriteStartArray("problems"u8);
        foreach (var problem in problems.EnumerateArray())
        {
            writer.WriteStartObject();
            foreach (var part in problem.EnumerateObject())
            {
                if (part.Name == "value")
                {
                    writer.WriteNull(part.Name);
                }
                else
                {
                    part.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
