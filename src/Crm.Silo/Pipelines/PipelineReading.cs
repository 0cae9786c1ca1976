using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Grains.Pipelines;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Pipelines;

/// <summary>
/// Pipelines as people and clients read them. Those of a preset that were made before there were English names, and still have the preset's
/// own names, are shown with the preset's English ones; nothing is written for it.
/// </summary>
public static class PipelineReading
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = SiloJson.Cards.Encoder };

    extension(CardDesk cards)
    {
        /// <summary>All pipelines that the asker sees, oldest first, at most 200.</summary>
        public async ValueTask<ListAnswer> ListPipelinesAsync(Asker asker, ISliceBehaviour slice, CancellationToken cancel)
        {
            var newestFirst = await cards.ListAsync(asker, slice, new(Limit: 200), cancel);
            return newestFirst with { Items = [.. newestFirst.Items.Reverse().Select(WithPresetNames)] };
        }

        /// <summary>A pipeline, or null when there is none for the asker.</summary>
        public async ValueTask<byte[]?> FindPipelineAsync(Asker asker, ISliceBehaviour slice, Guid id, CancellationToken cancel) =>
            await cards.FindAsync(asker, slice, id, cancel) is { } card ? WithPresetNames(card) : null;
    }

    /// <summary>A pipeline's card with the English names of presets where it has none. What is not shown to the asker stays away.</summary>
    private static byte[] WithPresetNames(byte[] card)
    {
        if (JsonNode.Parse(card) is not JsonObject pipeline)
        {
            return card;
        }

        var isChanged = Complete(pipeline, PipelinePresets.EnglishOf);
        foreach (var stage in (pipeline["stages"] as JsonArray ?? []).OfType<JsonObject>())
        {
            isChanged |= Complete(stage, name => PipelinePresets.EnglishOf(stage["key"]?.GetValue<string>() ?? "", name));
        }

        return isChanged ? Encoding.UTF8.GetBytes(pipeline.ToJsonString(Options)) : card;
    }

    private static bool Complete(JsonObject named, Func<string, string?> english)
    {
        if (named["nameEn"] is not null || named["name"] is not JsonValue name || !name.TryGetValue<string>(out var text) || english(text) is not { } found)
        {
            return false;
        }

        named["nameEn"] = found;
        return true;
    }
}
