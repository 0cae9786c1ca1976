using Crm.Orleans.Hosting;

namespace Crm.Orleans.States;

/// <summary>Where the states of grains are kept.</summary>
public enum StateKeeping
{
    /// <summary>In the store, with the journal.</summary>
    Store,

    /// <summary>By Orleans' ADO.NET provider, in a PostgreSQL database.</summary>
    AdoNet,

    /// <summary>By Orleans' provider for Azure tables. In a program built with <c>-p:CrmAzureStorage=true</c>.</summary>
    AzureTable,

    /// <summary>By Orleans' provider for Azure blobs. In a program built with <c>-p:CrmAzureStorage=true</c>.</summary>
    AzureBlob,
}

internal static class StateProviders
{
    /// <summary>Whether this program was built with the providers of Azure.</summary>
    public static bool HasAzure =>
#if CRM_AZURE
        true;
#else
        false;
#endif

    /// <summary>Puts the provider that the settings name into a silo.</summary>
    public static void AddStates(this ISiloBuilder silo, ClusterSettings settings)
    {
        switch (settings.States)
        {
            case StateKeeping.AdoNet:
                silo.AddAdoNetGrainStorage(DocumentStore.Name, options => (options.Invariant, options.ConnectionString) = ("Npgsql", settings.StatesConnectionString));
                break;
#if CRM_AZURE
            case StateKeeping.AzureTable:
                silo.AddAzureTableGrainStorage(DocumentStore.Name, options => (options.TableName, options.TableServiceClient) = (settings.StatesName, new(settings.StatesConnectionString)));
                break;
            case StateKeeping.AzureBlob:
                silo.AddAzureBlobGrainStorage(DocumentStore.Name, options => (options.ContainerName, options.BlobServiceClient) = (settings.StatesName, new(settings.StatesConnectionString)));
                break;
#endif
        }
    }
}
