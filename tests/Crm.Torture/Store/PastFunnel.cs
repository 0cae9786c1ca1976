using System.Text.Json;
using Crm.Torture.Load;

namespace Crm.Torture.Store;

/// <summary>The funnel of a moment that has passed must be the one that was shown then.</summary>
internal static class PastFunnel
{
    private const int CommandsBetween = 200;

    /// <summary>Works on for a while and asks for the funnels of the moment before.</summary>
    /// <param name="then">The funnels as they were read just now, with nothing under way.</param>
    public static async Task CheckAsync(LoadDriver load, string folder, IReadOnlyDictionary<string, JsonDocument> then, Problems problems)
    {
        // moments are told to the millisecond: the one that was shown must be over before anything else happens
        await Task.Delay(5);
        var random = new Random(CommandsBetween);
        for (var i = 0; i < CommandsBetween; i++)
        {
            await load.SendAsync(load.MakeUp(random));
        }

        await AtRest.WaitAsync(folder);
        foreach (var (name, was) in then)
        {
            if (name.Split(' ') is not [var pipeline, "", var currency])
            {
                continue;
            }

            var at = was.RootElement.GetProperty("at").GetString();
            using var now = await load.ReadAsync($"/api/funnels/{pipeline}?currency={currency}&at={at}");
            var (shown, replayed) = (was.RootElement.GetProperty("stages").GetRawText(), now.RootElement.GetProperty("stages").GetRawText());
            if (shown != replayed)
            {
                problems.Add($"I7 funnel {name} at {at}: shown then {shown}, by replay {replayed}");
            }
        }
    }
}
