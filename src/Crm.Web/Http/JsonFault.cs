using System.Text.Json;
using Crm.Grains.Kernel;

namespace Crm.Web.Http;

/// <summary>Finds out what is wrong with a body that could not be read.</summary>
internal static class JsonFault
{
    public static Refusal Of(ReadOnlySpan<byte> json, JsonException? failure, int maxDepth)
    {
        if (InDocument(json, maxDepth) is { } broken)
        {
            return broken;
        }

        var path = FieldOf(failure?.Path);
        if (failure is MalformedValueException malformed)
        {
            return malformed.Refusal with { Field = path };
        }

        var message = failure?.Message ?? "";
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return Refusal.Invalid("unknown-field", $"There is no field '{path}' here.", path);
        }

        if (message.Contains("missing required properties", StringComparison.Ordinal))
        {
            var names = message.Split('\'').Where((_, i) => i % 2 == 1).Skip(1).ToArray();
            return new(RefusalKind.Invalid, "json-invalid", $"Missing: {string.Join(", ", names)}.", names.Length > 0 ? names[0] : path);
        }

        return Refusal.Invalid("json-invalid", "A value is not of the type its field has.", path);
    }

    /// <summary>Refuses a list with a null in it; null when there is none, or when the document is broken in another way.</summary>
    public static Refusal? NullInList(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        var inLists = new Stack<bool>();
        string? field = null;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartArray or JsonTokenType.StartObject:
                        inLists.Push(reader.TokenType == JsonTokenType.StartArray);
                        break;
                    case JsonTokenType.EndArray or JsonTokenType.EndObject:
                        inLists.Pop();
                        break;
                    case JsonTokenType.PropertyName:
                        field = reader.GetString();
                        break;
                    case JsonTokenType.Null when inLists.TryPeek(out var isInList) && isInList:
                        return Refusal.Invalid("json-invalid", "A list has no null in it.", field);
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // whoever reads it has the word for that
        }

        return null;
    }

    /// <summary>What is wrong with the document itself, whatever was expected of it.</summary>
    private static Refusal? InDocument(ReadOnlySpan<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth + 1, CommentHandling = JsonCommentHandling.Disallow });
        var names = new Stack<HashSet<string>>();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= maxDepth:
                        return TooDeep(maxDepth);
                    case JsonTokenType.StartObject:
                        names.Push([]);
                        break;
                    case JsonTokenType.EndObject:
                        names.Pop();
                        break;
                    case JsonTokenType.PropertyName when !names.Peek().Add(reader.GetString()!): // a property name is never null
                        return Refusal.Invalid("json-duplicate-property", $"The field '{reader.GetString()}' is there twice.", reader.GetString());
                    case JsonTokenType.String:
                        reader.GetString();
                        break;
                }
            }

            return null;
        }
        catch (InvalidOperationException)
        {
            return Refusal.Invalid("encoding-invalid", "A text holds half of a surrogate pair.");
        }
        catch (JsonException failure)
        {
            return failure.Message.Contains("maximum configured depth", StringComparison.Ordinal) // not "expected depth to be zero", which says that the end is missing
                ? TooDeep(maxDepth)
                : Refusal.Invalid("json-invalid", $"The body is not one JSON document (line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}).");
        }
    }

    private static Refusal TooDeep(int maxDepth) => Refusal.Invalid("json-too-deep", $"At most {maxDepth} levels.");

    private static string? FieldOf(string? path) => path is null or "$" ? null : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;
}
