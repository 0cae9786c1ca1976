using Crm.Runtime.Tests.PostgreSql;

namespace Crm.Cluster.Tests.Torture;

/// <summary>The tables by which the nodes find each other. Their scripts come with Orleans and are not ours to keep.</summary>
internal static class Membership
{
    public static async Task MakeTablesAsync(string connection)
    {
        var folder = Environment.GetEnvironmentVariable("CRM_ORLEANS_SQL");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "CRM_ORLEANS_SQL is not the folder with PostgreSQL-Main.sql and PostgreSQL-Clustering.sql of Orleans (docs/CLUSTER.md).");
        foreach (var script in (string[])["PostgreSQL-Main.sql", "PostgreSQL-Clustering.sql"])
        {
            await ThrowAwayServer.ExecuteAsync(connection, await File.ReadAllTextAsync(Path.Combine(folder!, script))); // else skipped
        }
    }
}
