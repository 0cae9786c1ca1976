using Crm.Runtime.Sqlite;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Web.Hosting;

/// <summary>What an operator does to the data while the server is stopped: <c>verify</c> and <c>rebuild</c>.</summary>
internal static class Maintenance
{
    /// <returns>0 when all is well, 1 when a journal is broken, 3 when the server is running.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args[1..]).Build();
        var settings = CrmSettings.Read(configuration);
        try
        {
            await using var store = SqliteStore.Open(new() { Folder = Path.GetFullPath(settings.DataPath) }, new SliceBehaviours(new TenantDirectory(), new AccessDirectory()).Make());
            var isWhole = true;
            foreach (var tenant in store.Tenants.Order(StringComparer.Ordinal))
            {
                isWhole &= await VerifyAsync(store, tenant);
                if (args[0] == "rebuild" && isWhole)
                {
                    await store.RebuildAsync(tenant, CancellationToken.None);
                    Console.WriteLine($"{tenant}: rebuilt from {store.HeadOf(tenant)} events");
                }
            }

            return isWhole ? 0 : 1;
        }
        catch (DataDirectoryInUseException inUse)
        {
            await Console.Error.WriteLineAsync(inUse.Message);
            return CrmApplication.DataInUseExitCode;
        }
    }

    private static async Task<bool> VerifyAsync(SqliteStore store, string tenant)
    {
        var fault = await store.VerifyAsync(tenant, CancellationToken.None);
        Console.WriteLine(fault is null
            ? $"{tenant}: the chain of {store.HeadOf(tenant)} events is whole"
            : $"{tenant}: journal-chain-broken at {fault.Position}: {fault.Reason}");
        return fault is null;
    }
}
