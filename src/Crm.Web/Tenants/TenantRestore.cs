using System.Globalization;
using System.Runtime.CompilerServices;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Tenants;
using Crm.Web.Hosting;

namespace Crm.Web.Tenants;

/// <summary>
/// Brings a tenant back from the archive's segments and what continues them, as of now or of an earlier point. What is here of the tenant is
/// exported before it is replaced.
/// </summary>
internal static class TenantRestore
{
    private static readonly Refusal Here = Refusal.Conflict("tenant-exists", "There is this tenant here. With --replace true it is exported into the data folder and replaced.");
    private static readonly Refusal PointInvalid = Refusal.Invalid("date-invalid", "--until is a moment such as 2026-11-20T14:00:00Z, --position a number.");
    private static readonly Refusal Nothing = Refusal.Conflict("archive-empty", "Neither the archive nor a tail has anything of this tenant up to that point.");

    public static async Task<Refusal?> RunAsync(CrmSilo silo, IServiceProvider services, string key, IConfiguration options, CancellationToken cancel)
    {
        if (Check.Slug("key", key) is { } wrong)
        {
            return wrong;
        }

        if (!TryReadPoint(options, out var until, out var position))
        {
            return PointInvalid;
        }

        var isHere = silo.Store.Tenants.Contains(key);
        if (isHere && options["replace"] != "true")
        {
            return Here;
        }

        var settings = services.GetRequiredService<CrmSettings>();
        var known = isHere ? await LoginsAsync(silo, key, cancel) : null;
        var copy = isHere ? await ExportAsync(silo, key, Path.GetFullPath(settings.DataPath), cancel) : null;
        var path = options["tail"] ?? copy;
        await using var tail = path is null ? null : File.OpenRead(path);
        // all of it is read before anything is taken away
        if (await CountAsync(silo, key, tail, until, position, cancel) == 0)
        {
            return Nothing;
        }

        if (isHere)
        {
            await silo.Store.DeleteTenantAsync(key, CancellationToken.None);
            silo.Tenants.Forget(key);
            silo.Access.Forget(key);
        }

        var (events, admins, password) = await TenantSetup.ReceiveAsync(
            silo, services.GetRequiredService<Credentials>(), key, silo.Archive.ReadAsync(key, TailAsync(key, tail, cancel), until, position, cancel), known, CancellationToken.None);
        await silo.Anchors.NoteRestoredAsync(key, events, CancellationToken.None);
        Console.WriteLine($"{key}: restored {events} events; the chain is whole");
        if (admins.Count > 0)
        {
            Console.WriteLine($"{string.Join(", ", admins)} may sign in with {password}, others by a password that an administrator sets");
        }

        return null;
    }

    private static bool TryReadPoint(IConfiguration options, out DateTimeOffset? until, out long? position)
    {
        (until, position) = (null, null);
        if (options["until"] is { } moment)
        {
            if (!DateTimeOffset.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                return false;
            }

            until = at;
        }

        if (options["position"] is { } number)
        {
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                return false;
            }

            position = last;
        }

        return true;
    }

    private static async Task<string> ExportAsync(CrmSilo silo, string key, string folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{key}-before-restore-{silo.Time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.zip"));
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            await TenantArchive.WriteAsync(silo.Store, silo.Tenants.Find(key), file, silo.Time.GetUtcNow(), cancel);
            file.Flush(flushToDisk: true);
        }

        Console.WriteLine($"{key}: what was here is in {path}");
        return path;
    }

    private static async Task<long> CountAsync(CrmSilo silo, string key, Stream? tail, DateTimeOffset? until, long? position, CancellationToken cancel)
    {
        var count = 0L;
        await foreach (var _ in silo.Archive.ReadAsync(key, TailAsync(key, tail, cancel), until, position, cancel))
        {
            count++;
        }

        return count;
    }

    private static async IAsyncEnumerable<JournalEntry> TailAsync(string key, Stream? tail, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (tail is null)
        {
            yield break;
        }

        var manifest = await TenantArchive.ReadManifestAsync(tail, cancel);
        if (manifest.Tenant != key)
        {
            throw new ArchiveInvalidException($"it is of the tenant '{manifest.Tenant}'");
        }

        await foreach (var entry in TenantArchive.ReadAsync(tail, manifest, cancel))
        {
            yield return entry;
        }
    }

    private static async Task<IReadOnlySet<string>> LoginsAsync(CrmSilo silo, string key, CancellationToken cancel)
    {
        var logins = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var user in TenantSetup.CardsAsync<UserCard>(silo, key, "user", cancel))
        {
            logins.Add(user.Login);
        }

        return logins;
    }
}
