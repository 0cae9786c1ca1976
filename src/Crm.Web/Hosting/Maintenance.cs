using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Sqlite;
using Crm.Silo.Audit;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Web.Hosting;

/// <summary>What an operator does to the data while the server is stopped: <c>verify</c>, <c>rebuild</c> and <c>move</c>.</summary>
internal static class Maintenance
{
    /// <returns>0 when all is well, 1 when a journal is broken or a copy differs, 2 when the data cannot be used.</returns>
    /// <exception cref="DataDirectoryInUseException">The server is running.</exception>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // from where the server has them
            var configuration = WebApplication.CreateBuilder(CrmApplication.OptionsOf(args[1..])).Configuration;
            var settings = CrmSettings.Read(configuration);
            return args[0] == "move"
                ? await MoveAsync(configuration, settings)
                : await CheckAsync(settings, isRebuild: args[0] == "rebuild");
        }
        catch (InvalidOperationException cannot)
        {
            await Console.Error.WriteLineAsync(cannot.Message);
            return CrmApplication.CannotStartExitCode;
        }
    }

    private static async Task<int> CheckAsync(CrmSettings settings, bool isRebuild)
    {
        await using var store = await OpenAsync(settings, settings.Store);
        var isWhole = true;
        foreach (var tenant in store.Tenants.Order(StringComparer.Ordinal))
        {
            isWhole &= await VerifyAsync(store, Path.GetFullPath(settings.DataPath), tenant);
            if (isRebuild && isWhole)
            {
                await store.RebuildAsync(tenant, CancellationToken.None);
                Console.WriteLine($"{tenant}: rebuilt from {store.HeadOf(tenant)} events");
            }
        }

        return isWhole ? 0 : 1;
    }

    /// <summary><c>move --to PostgreSql|Sqlite [--tenant name]</c>: copies one tenant or all, and holds each copy against its original.</summary>
    private static async Task<int> MoveAsync(IConfiguration configuration, CrmSettings settings)
    {
        if (!Enum.TryParse<StoreKind>(configuration["to"], ignoreCase: true, out var kind))
        {
            throw new InvalidOperationException("Say where to: move --to PostgreSql, or move --to Sqlite.");
        }

        await using var from = await OpenAsync(settings, kind == StoreKind.Sqlite ? StoreKind.PostgreSql : StoreKind.Sqlite);
        await using var to = await OpenAsync(settings, kind);
        var tenants = configuration["tenant"] is { Length: > 0 } one ? [one] : from.Tenants.Order(StringComparer.Ordinal).ToArray();
        foreach (var tenant in tenants)
        {
            var start = TimeProvider.System.GetTimestamp();
            var result = await TenantMove.RunAsync(from, to, tenant, Behaviours().Select(behaviour => behaviour.Kind), CancellationToken.None);
            if (result.Fault is { } fault)
            {
                await Console.Error.WriteLineAsync($"{tenant}: not moved: {fault}");
                return 1;
            }

            Console.WriteLine($"{tenant}: {result.Events} events and {result.Grains} records moved and compared in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s");
        }

        // last: who signs in finds the data there
        foreach (var (name, value) in from.ReadSecrets())
        {
            if (await to.ReadSecretAsync(name, CancellationToken.None) is null)
            {
                await to.WriteSecretAsync(name, value, CancellationToken.None);
            }
        }

        return 0;
    }

    // of all stores that are open: a tenant that is moved counts its days on the way as it does where it comes from
    private static readonly TenantDirectory Tenants = new();

    private static IReadOnlyList<ISliceBehaviour> Behaviours() => new SliceBehaviours(Tenants, new AccessDirectory()).Make();

    private static async Task<IMovableStore> OpenAsync(CrmSettings settings, StoreKind kind)
    {
        var store = await OpenBareAsync(settings, kind);
        await Tenants.FollowAsync(store, new SliceDirectory(Behaviours()).OfKind("tenant"), CancellationToken.None);
        return store;
    }

    private static async Task<IMovableStore> OpenBareAsync(CrmSettings settings, StoreKind kind)
    {
        if (kind == StoreKind.Sqlite)
        {
            return SqliteStore.Open(new() { Folder = Path.GetFullPath(settings.DataPath) }, Behaviours());
        }

        using var inUse = new CancellationTokenSource();
        var options = new PostgreSqlOptions
        {
            ConnectionString = settings.ConnectionString ?? throw new WrongSettingException("The setting Crm:ConnectionString must say where the PostgreSQL database is."),
            OnStandBy = inUse.Cancel,
        };
        try
        {
            return await PostgreSqlStore.OpenAsync(options, Behaviours(), inUse.Token);
        }
        catch (OperationCanceledException)
        {
            throw new DataDirectoryInUseException("the PostgreSQL database");
        }
    }

    private static async Task<bool> VerifyAsync(IGrainStore store, string folder, string tenant)
    {
        var fault = await Anchors.VerifyAsync(store, folder, tenant, CancellationToken.None);
        Console.WriteLine(fault is null
            ? $"{tenant}: the chain of {store.HeadOf(tenant)} events is whole"
            : $"{tenant}: journal-chain-broken at {fault.Position}: {fault.Reason}");
        return fault is null;
    }
}
