using Crm.Runtime.Tests.Files;

namespace Crm.Cluster.Tests.Support;

/// <summary>How nodes are told where the states of grains are.</summary>
internal static class StatePlaces
{
    private static int s_names;

    /// <param name="states">As in <c>Crm:Cluster:States</c>. With tables of Azure, the members are in one too.</param>
    public static async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string states)
    {
        var settings = new Dictionary<string, string> { ["Crm__Cluster__States"] = states, ["Crm__Cluster__StatesName"] = $"test{Environment.ProcessId}x{Interlocked.Increment(ref s_names)}" };
        switch (states)
        {
            case "AzureTable":
                var tables = (await Azurite.Tables).ConnectionString.Replace("BlobEndpoint", "TableEndpoint", StringComparison.Ordinal);
                (settings["Crm__Cluster__StatesConnectionString"], settings["Crm__Cluster__ConnectionString"], settings["Crm__Cluster__Members"]) = (tables, tables, "AzureTable");
                break;
            case "AzureBlob":
                settings["Crm__Cluster__StatesConnectionString"] = (await Azurite.Shared).ConnectionString;
                break;
        }

        return settings;
    }
}
