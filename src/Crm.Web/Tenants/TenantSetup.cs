using System.Buffers.Text;
using System.Security.Cryptography;
using Crm.Grains.ApiKeys;
using Crm.Grains.Kernel;
using Crm.Grains.Mails;
using Crm.Grains.Pipelines;
using Crm.Grains.Sessions;
using Crm.Grains.Tenants;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;
using Crm.Web.Mail;
using Crm.Web.People;

namespace Crm.Web.Tenants;

/// <summary>The first administrator of a new tenant.</summary>
/// <param name="Password">Null has one made up.</param>
public sealed record FirstAdmin(string Login, string? Name = null, string? Password = null);

/// <summary>What an operator does to tenants, by whichever door he came in.</summary>
public static class TenantSetup
{
    /// <summary>Opens a tenant with its first administrator and the preset pipelines.</summary>
    /// <returns>The administrator's password, or why there is no tenant. A tenant that was begun and has nobody yet is finished.</returns>
    public static async Task<(string? Password, Refusal? Refusal)> CreateAsync(
        CrmSilo silo, Credentials credentials, string tenant, TenantCommand.Open command, FirstAdmin admin, int? fileMegabytes, CancellationToken cancel)
    {
        if ((Check.Slug("key", tenant) ?? Check.Required("login", admin.Login)) is { } wrong)
        {
            return (null, wrong);
        }

        if (fileMegabytes is < 0 or > TenantRules.MostFileMegabytes)
        {
            return (null, TenantRefusals.FileLimitOutOfRange with { Field = "fileMegabytes" });
        }

        if (await credentials.IsTakenAsync(admin.Login, cancel))
        {
            return (null, Refusal.Conflict("login-taken", "Somebody has this login already.", "login"));
        }

        var password = admin.Password ?? NewPassword();
        if (password.Length is < PeopleEndpoints.ShortestPassword or > PeopleEndpoints.LongestPassword)
        {
            return (null, Refusal.Invalid("password-weak", $"A password has {PeopleEndpoints.ShortestPassword} to {PeopleEndpoints.LongestPassword} characters.", "password"));
        }

        var opened = await silo.TenantDesk.OpenAsync(tenant, command, cancel);
        if (opened.Refusal is { } refusal && (refusal != TenantDesk.Taken || await HasPeopleAsync(silo, tenant, cancel)))
        {
            return (null, refusal);
        }

        if (fileMegabytes is not null && (await silo.TenantDesk.LimitFilesAsync(tenant, fileMegabytes, cancel)).Refusal is { } unlimited)
        {
            return (null, unlimited);
        }

        var system = Asker.System(tenant);
        foreach (var (preset, chinese, english) in PipelinePresets.Names)
        {
            var name = command.Locale == "en" ? english : chinese;
            await silo.Commands.TellAsync(system, "pipeline", PipelineDirectory.IdOf(tenant, preset).Key, new PipelineCommand.Create(preset, name, preset, NameEn: english), Once($"pipeline/{preset}"), cancel);
        }

        var registered = await PeopleEndpoints.RegisterAsync(
            silo, credentials, system, new(admin.Name ?? admin.Login, admin.Login, password, RoleKeys.Admin, command.Locale), Once("admin") with { CommandId = null }, cancel);
        return registered.Refusal is { } no ? (null, no) : (password, null);
    }

    /// <summary>Deletes a suspended tenant, and how its people and keys sign in.</summary>
    public static ValueTask<Refusal?> DeleteAsync(CrmSilo silo, IServiceProvider services, string tenant, string name, CancellationToken cancel) =>
        silo.TenantDesk.DeleteAsync(tenant, name, async token =>
        {
            await foreach (var user in CardsAsync<UserCard>(silo, tenant, "user", token))
            {
                await services.GetRequiredService<SignInDesk>().ForgetAsync(user.Login, user.Id, token);
            }

            await foreach (var key in CardsAsync<ApiKeyCard>(silo, tenant, "apikey", token))
            {
                await services.GetRequiredService<Credentials>().RevokeKeyAsync(key.Id, token);
            }

            await foreach (var session in CardsAsync<SessionCard>(silo, tenant, "session", token))
            {
                await services.GetRequiredService<Credentials>().CloseSessionAsync(session.Id, token);
            }

            await foreach (var mail in CardsAsync<MailCard>(silo, tenant, "mail", token))
            {
                await services.GetRequiredService<MailDesk>().ForgetAsync(mail.Id, token);
            }
        }, cancel);

    /// <summary>Takes in an archive of a tenant that is not here yet. While nobody else uses the store.</summary>
    /// <returns>What was taken in, and the logins of its active administrators with a new password: passwords do not travel.</returns>
    /// <exception cref="ArchiveInvalidException">The archive is not whole; nothing of it stays.</exception>
    public static async Task<(ArchiveManifest Manifest, IReadOnlyList<string> Admins, string Password)> ImportAsync(
        CrmSilo silo, Credentials credentials, Stream archive, CancellationToken cancel)
    {
        var manifest = await TenantArchive.ReadManifestAsync(archive, cancel);
        var tenant = manifest.Tenant;
        if (silo.Store.Tenants.Contains(tenant))
        {
            throw new ArchiveInvalidException($"there is a tenant '{tenant}' here already");
        }

        var (_, admins, password) = await ReceiveAsync(silo, credentials, tenant, TenantArchive.ReadAsync(archive, manifest, cancel), known: null, cancel);
        return (manifest, admins, password);
    }

    /// <summary>Takes in a tenant's journal from elsewhere, and lets its people sign in. While nobody else uses the store.</summary>
    /// <param name="known">Who signs in here already and keeps the password, by login; null when nobody may.</param>
    /// <returns>How many entries, and the logins of active administrators who got the new password.</returns>
    internal static async Task<(long Events, IReadOnlyList<string> Admins, string Password)> ReceiveAsync(
        CrmSilo silo, Credentials credentials, string tenant, IAsyncEnumerable<JournalEntry> entries, IReadOnlySet<string>? known, CancellationToken cancel)
    {
        try
        {
            var events = await silo.TenantDesk.ReceiveAsync(tenant, entries, cancel);
            var password = NewPassword();
            var admins = new List<string>();
            var users = new List<UserCard>();
            await foreach (var user in CardsAsync<UserCard>(silo, tenant, "user", cancel))
            {
                users.Add(user);
                if (known?.Contains(user.Login) != true && await credentials.IsTakenAsync(user.Login, cancel))
                {
                    throw new ArchiveInvalidException($"its login '{user.Login}' belongs to somebody here");
                }
            }

            foreach (var user in users)
            {
                var isKnown = known?.Contains(user.Login) == true;
                var isAdmin = !isKnown && user is { Active: true, Role: RoleKeys.Admin };
                await (isKnown ? Task.CompletedTask : credentials.SetPasswordAsync(user.Login, new(tenant, user.Id, user.Name, user.Role), isAdmin ? password : NewPassword(), cancel));
                await credentials.UpdateLoginAsync(user.Login, user.Name, user.Role, user.Active, cancel);
                if (isAdmin)
                {
                    admins.Add(user.Login);
                }
            }

            await silo.TenantDesk.ForgiveAsync(tenant, cancel);
            return (events, admins, password);
        }
        catch
        {
            await silo.Store.DeleteTenantAsync(tenant, CancellationToken.None);
            silo.Tenants.Forget(tenant);
            throw;
        }
    }

    private static async ValueTask<bool> HasPeopleAsync(CrmSilo silo, string tenant, CancellationToken cancel) =>
        await silo.Store.CountAsync(new(tenant, "user"), 1, cancel) > 0;

    internal static async IAsyncEnumerable<TCard> CardsAsync<TCard>(
        CrmSilo silo, string tenant, string kind, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var query = new CardQuery(tenant, kind, Limit: 1_000);
        CardPage page;
        do
        {
            page = await silo.Store.QueryAsync(query, cancel);
            foreach (var hit in page.Hits)
            {
                yield return (TCard)silo.Slices.OfKind(kind).ReadCard(hit.Json);
            }

            query = query with { After = page.Next };
        }
        while (page.Next is not null);
    }

    private static Sending Once(string step) => new(SenderKind.System, $"tenant/{step}", Trusted: true);

    private static string NewPassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));
}
