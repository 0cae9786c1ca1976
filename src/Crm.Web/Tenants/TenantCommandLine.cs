using System.Globalization;
using Crm.Grains.Kernel;
using Crm.Grains.Tenants;
using Crm.Runtime.Archive;
using Crm.Runtime.Sqlite;
using Crm.Silo.Hosting;
using Crm.Silo.Tenants;
using Crm.Web.Hosting;

namespace Crm.Web.Tenants;

/// <summary>What an operator does to tenants while the server is stopped.</summary>
internal static class TenantCommandLine
{
    private const string Usage = """
        tenant list
        tenant create <key> --name <name> --admin <login> [--password ...] [--currency CNY] [--timezone Asia/Shanghai] [--locale zh-CN]
                      [--files-mb 10240]                           how much its files may take; 0 for no limit, else what the settings say
        tenant limit-files <key> [--files-mb 10240]
        tenant suspend <key> [--reason ...]
        tenant resume <key>
        tenant export <key> <file.zip>
        tenant import <file.zip>
        tenant delete <key> --name <name, typed again>      only a suspended one
        tenant restore <key> [--until 2026-11-20T14:00:00Z] [--position 123456] [--tail file.zip] [--replace true]
                                                           from the archive's segments and what continues them: an export, or
                                                           with --replace what is here, which is exported into the data folder first
        """;

    /// <returns>0 when it is done, 1 when it was refused, 2 when the words cannot be read.</returns>
    /// <exception cref="DataDirectoryInUseException">The server is running.</exception>
    public static async Task<int> RunAsync(string[] args)
    {
        var words = args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal)).Skip(1).ToArray();
        var options = new ConfigurationBuilder().AddCommandLine(args[(words.Length + 1)..]).Build();
        if (!IsKnown(words, options))
        {
            await Console.Error.WriteLineAsync(Usage);
            return CrmApplication.CannotStartExitCode;
        }

        var builder = WebApplication.CreateBuilder(CrmApplication.OptionsOf([]));
        builder.AddCrm();
        // what is printed is the answer
        builder.Logging.ClearProviders();
        var app = builder.Build();
        try
        {
            await using var silo = await app.Services.GetRequiredService<SiloHolder>().OpenAsync(app.Lifetime);
            return await RunAsync(silo, app.Services, words, options) is { } refusal ? Refused($"{refusal.Code}: {refusal.Sentence}") : 0;
        }
        catch (Exception invalid) when (invalid is ArchiveInvalidException or ArchiveBrokenException or IOException or UnauthorizedAccessException)
        {
            return Refused(invalid.Message);
        }
    }

    private static bool IsKnown(string[] words, IConfiguration options) => words switch
    {
        ["list"] or ["suspend" or "resume", _] or ["export", _, _] or ["import", _] or ["restore", _] => true,
        ["limit-files", _] => TryReadLimit(options, out _),
        ["create", _] => TryReadLimit(options, out _) && options["name"] is not null && options["admin"] is not null,
        ["delete", _] => options["name"] is not null,
        _ => false,
    };

    /// <summary>The limit of files that the words name, if any; false when it is no number.</summary>
    private static bool TryReadLimit(IConfiguration options, out int? megabytes)
    {
        megabytes = int.TryParse(options["files-mb"], NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : null;
        return options["files-mb"] is null || megabytes is not null;
    }

    private static async Task<Refusal?> RunAsync(CrmSilo silo, IServiceProvider services, string[] words, IConfiguration options)
    {
        var cancel = CancellationToken.None;
        switch (words)
        {
            case ["list"]:
                foreach (var tenant in await silo.TenantDesk.ListAsync(cancel))
                {
                    Console.WriteLine($"{tenant.Info.Key}\t{(tenant.Info.IsSuspended ? "suspended" : "active")}\t{tenant.Events} events\t{tenant.Info.Name}");
                }

                return null;
            case ["create", var key]:
                var command = new TenantCommand.Open(options["name"]!, options["currency"] ?? "CNY", options["timezone"] ?? "Asia/Shanghai", options["locale"] ?? "zh-CN"); // looked for before
                var admin = new FirstAdmin(options["admin"]!, options["admin-name"], options["password"]); // looked for before
                var (password, refusal) = await TenantSetup.CreateAsync(silo, services.GetRequiredService<Credentials>(), key, command, admin, TryReadLimit(options, out var limit) ? limit : null, cancel);
                if (refusal is null)
                {
                    Console.WriteLine($"{key}: opened; sign in as {admin.Login} with the password {password}");
                }

                return refusal;
            case ["suspend", var key]:
                return silo.Store.Tenants.Contains(key) ? Said(await silo.TenantDesk.SuspendAsync(key, options["reason"], cancel), $"{key}: suspended") : TenantRefusals.NotFound;
            case ["limit-files", var key]:
                TryReadLimit(options, out var megabytes); // looked for before
                return silo.Store.Tenants.Contains(key) ? Said(await silo.TenantDesk.LimitFilesAsync(key, megabytes, cancel), $"{key}: {(megabytes is null ? "files as the settings say" : $"files up to {megabytes} MB")}") : TenantRefusals.NotFound;
            case ["resume", var key]:
                return Said(await silo.TenantDesk.ResumeAsync(key, cancel), $"{key}: resumed");
            case ["delete", var key]:
                var no = await TenantSetup.DeleteAsync(silo, services, key, options["name"]!, cancel); // looked for before
                return no ?? Said(default, $"{key}: deleted");
            case ["export", var key, var path]:
                return await ExportAsync(silo, key, path, cancel);
            case ["restore", var key]:
                return await TenantRestore.RunAsync(silo, services, key, options, cancel);
            default:
                await using (var file = File.OpenRead(words[1]))
                {
                    var (manifest, admins, made) = await TenantSetup.ImportAsync(silo, services.GetRequiredService<Credentials>(), file, cancel);
                    Console.WriteLine($"{manifest.Tenant}: took in {manifest.Events} events; the chain is whole up to {manifest.Head}");
                    Console.WriteLine($"passwords do not travel: {string.Join(", ", admins)} may sign in with {made}, everybody else by a password that an administrator sets");
                }

                return null;
        }
    }

    private static async Task<Refusal?> ExportAsync(CrmSilo silo, string key, string path, CancellationToken cancel)
    {
        if (await silo.TenantDesk.FindAsync(key, cancel) is not { } tenant)
        {
            return TenantRefusals.NotFound;
        }

        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        var manifest = await TenantArchive.WriteAsync(silo.Store, tenant.Info, file, silo.Time.GetUtcNow(), cancel);
        Console.WriteLine($"{key}: {manifest.Events} events written to {path}; the chain ends at {manifest.Head}");
        return null;
    }

    private static Refusal? Said(Silo.Commands.Answer answer, string sentence)
    {
        if (answer.Refusal is null)
        {
            Console.WriteLine(sentence);
        }

        return answer.Refusal;
    }

    private static int Refused(string reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
