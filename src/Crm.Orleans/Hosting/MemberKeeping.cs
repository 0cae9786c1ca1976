namespace Crm.Orleans.Hosting;

/// <summary>Where the nodes of a cluster find each other.</summary>
public enum MemberKeeping
{
    /// <summary>In tables of a PostgreSQL database, by Orleans' ADO.NET provider.</summary>
    AdoNet,

    /// <summary>In an Azure table. In a program built with <c>-p:CrmAzureStorage=true</c>.</summary>
    AzureTable,
}

internal static class MemberTables
{
    /// <summary>Puts the table of members that the settings name into a silo.</summary>
    public static void AddMembers(this ISiloBuilder silo, ClusterSettings settings)
    {
        switch (settings.Members)
        {
            case MemberKeeping.AdoNet:
                silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", settings.ConnectionString));
                break;
#if CRM_AZURE
            case MemberKeeping.AzureTable:
                silo.UseAzureStorageClustering(options => options.TableServiceClient = new(settings.ConnectionString));
                break;
#endif
        }
    }
}
