using System.Text.Json;

namespace Crm.Web.Http;

/// <summary>Answers of JSON that are written as they are, without an object in between.</summary>
internal static class JsonAnswer
{
    /// <summary>Begins an answer. To be disposed of, which sends what was written.</summary>
    public static Utf8JsonWriter Begin(HttpContext http)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return new(http.Response.BodyWriter, Records.WriterOptions);
    }

    /// <summary>Answers one object.</summary>
    /// <param name="content">Writes its members.</param>
    public static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> content)
    {
        http.Response.StatusCode = status;
        await using var writer = Begin(http);
        writer.WriteStartObject();
        content(writer);
        writer.WriteEndObject();
    }

    extension(Utf8JsonWriter writer)
    {
        public void WriteTexts(ReadOnlySpan<byte> name, IEnumerable<string> texts)
        {
            writer.WritePropertyName(name);
            writer.WriteTexts(texts);
        }

        public void WriteTexts(IEnumerable<string> texts)
        {
            writer.WriteStartArray();
            foreach (var text in texts)
            {
                writer.WriteStringValue(text);
            }

            writer.WriteEndArray();
        }
    }
}
