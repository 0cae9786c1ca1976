using System.Text.Json;
using Crm.Grains.Factors;
using Crm.Grains.Kernel;
using Crm.Grains.Sessions;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Hosting;
using Crm.Web.Http;
using Crm.Web.People;

namespace Crm.Web.Session;

public sealed record ConfirmBody(string Password);

public sealed record CodeBody(string Code);

/// <param name="Ticket">What the beginning was answered with.</param>
/// <param name="Credential">What the browser's <c>navigator.credentials.create</c> gave, as JSON.</param>
/// <param name="Name">What the person calls the device.</param>
public sealed record PasskeyBody(string Ticket, JsonElement Credential, string Name);

/// <param name="Id">The credential's id, in base64url.</param>
public sealed record PasskeyIdBody(string Id);

public sealed record SessionIdBody(Guid Id);

/// <summary>What a person can do about their own sign-in. For people only: a key has none.</summary>
public static class SecurityEndpoints
{
    private const string Own = "one's own sign-in";
    private const int MostSessions = 50;

    private static readonly Refusal PasswordWrong = Refusal.Invalid("password-wrong", "This is not your password.", "password");
    private static readonly Refusal CodeWrong = Refusal.Invalid("code-wrong", "This is not the code that the app shows now.", "code");
    private static readonly Refusal PasskeyInvalid = Refusal.Invalid("passkey-invalid", "This passkey cannot be used here; try again.");

    extension(IEndpointRouteBuilder routes)
    {
        public void MapSecurity()
        {
            var own = routes.MapGroup("/api/session").WithTags("Session").ForPeople();
            own.MapRead("/security", ShowAsync).OpenToMembers(Own);
            own.MapRead("/sessions", ListAsync).OpenToMembers(Own);
            own.MapPost("/sessions/revoke", (RequestDelegate)RevokeOwnAsync).DescribeCommand<SessionIdBody>("revoke-session", 204).OpenToMembers(Own);
            own.MapPost("/confirm", (RequestDelegate)ConfirmAsync).DescribeCommand<ConfirmBody>("confirm", 204).OpenToMembers(Own);
            own.MapPost("/password", (RequestDelegate)SetPasswordAsync).DescribeCommand<PasswordBody>("set-password", 204).OpenToMembers(Own);
            own.MapPost("/totp/begin", (RequestDelegate)BeginTotpAsync).DescribeCommand<EmptyBody>("begin-totp", 200).OpenToMembers(Own);
            own.MapPost("/totp", (RequestDelegate)EnrolTotpAsync).DescribeCommand<CodeBody>("enrol-totp", 200).OpenToMembers(Own);
            own.MapPost("/totp/remove", (RequestDelegate)RemoveTotpAsync).DescribeCommand<EmptyBody>("remove-totp", 204).OpenToMembers(Own);
            own.MapPost("/recovery-codes", (RequestDelegate)RenewCodesAsync).DescribeCommand<EmptyBody>("renew-codes", 200).OpenToMembers(Own);
            own.MapPost("/passkeys/begin", (RequestDelegate)BeginPasskeyAsync).DescribeCommand<EmptyBody>("begin-passkey", 200).OpenToMembers(Own);
            own.MapPost("/passkeys", (RequestDelegate)AddPasskeyAsync).DescribeCommand<PasskeyBody>("add-passkey", 201).OpenToMembers(Own);
            own.MapPost("/passkeys/remove", (RequestDelegate)RemovePasskeyAsync).DescribeCommand<PasskeyIdBody>("remove-passkey", 204).OpenToMembers(Own);
            own.MapPost("/revoke-others", (RequestDelegate)RevokeOthersAsync).DescribeCommand<EmptyBody>("revoke-others", 204).OpenToMembers(Own);

            var sessions = routes.MapGroup("/api/sessions").WithTags("Session");
            sessions.MapReads("session");
            sessions.MapPost("/{id}/revoke", (RequestDelegate)RevokeAsync).DescribeCommand<EmptyBody>("revoke", 200).Needs("session", "end");
        }
    }

    private static async Task ShowAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        var (silo, me) = (http.RequestServices.GetRequiredService<CrmSilo>(), http.Caller.Asker);
        var login = http.Caller.Session is { } session ? await http.RequestServices.GetRequiredService<Credentials>().FindLoginAsync(session.Login, cancel) : null;
        var factors = await silo.Cards.FindAsync<FactorCard>(Silo.Rights.Asker.System(me.Tenant), silo.Slices.OfKind("factor"), me.Id, cancel);
        var codesLeft = await http.RequestServices.GetRequiredService<SecondFactors>().CodesLeftAsync(me.Id, cancel);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteBoolean("hasPassword"u8, login?.PasswordHash is not null);
            writer.WriteString("sessionId"u8, http.Caller.Session?.Id ?? Guid.Empty);
            writer.WriteBoolean("totp"u8, factors?.Totp ?? false);
            writer.WriteString("totpSince"u8, factors?.TotpSince is { } since ? SessionHttp.Written(since) : null);
            writer.WriteNumber("recoveryCodesLeft"u8, codesLeft);
            writer.WriteString("company"u8, factors?.Company);
            writer.WriteStartArray("passkeys"u8);
            foreach (var passkey in factors?.Passkeys ?? [])
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, passkey.Id);
                writer.WriteString("name"u8, passkey.Name);
                writer.WriteString("addedAt"u8, SessionHttp.Written(passkey.AddedAt));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    private static async Task ConfirmAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<ConfirmBody>(http) is not { } body || http.Caller.Session is not { } session || await SessionHttp.IsThrottledAsync(http, session.Login))
        {
            return;
        }

        var credentials = http.RequestServices.GetRequiredService<Credentials>();
        if (body.Password.Length > 1_000 || await credentials.CheckAsync(session.Login, body.Password, http.RequestAborted) is not { IsRight: true })
        {
            await SessionHttp.RefuseAsync(http, PasswordWrong);
            return;
        }

        http.RequestServices.GetRequiredService<Throttle>().Forgive(session.Login, Throttle.AddressOf(http));
        await credentials.ConfirmSessionAsync(http.Caller.Token, http.RequestAborted);
        http.Response.StatusCode = 204;
    }

    private static async Task SetPasswordAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<PasswordBody>(http) is not { } body || await SessionHttp.FindConfirmedAsync(http) is not { } session)
        {
            return;
        }

        if (PeopleEndpoints.CheckPassword(body.Password) is { } weak)
        {
            await SessionHttp.RefuseAsync(http, weak);
            return;
        }

        var cancel = http.RequestAborted;
        var (credentials, me) = (http.RequestServices.GetRequiredService<Credentials>(), http.Caller.Asker);
        await credentials.SetPasswordAsync(session.Login, me, body.Password, cancel);
        await credentials.ConfirmSessionAsync(http.Caller.Token, cancel);
        await http.RequestServices.GetRequiredService<CrmSilo>().Commands.TellAsync(me, "user", me.Id, new UserCommand.SetPassword(), new(SenderKind.User, Trusted: true), cancel);
        await http.RequestServices.GetRequiredService<SignInDesk>().EndAllAsync(me, session.Login, me.Id, session.Id, "password-set", cancel);
        http.Response.StatusCode = 204;
    }

    private static async Task BeginTotpAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<EmptyBody>(http, mayBeEmpty: true) is null || await SessionHttp.FindConfirmedAsync(http) is not { } session)
        {
            return;
        }

        var me = http.Caller.Asker;
        var seed = await http.RequestServices.GetRequiredService<SecondFactors>().BeginAsync(me.Id, http.RequestAborted);
        var company = http.RequestServices.GetRequiredService<CrmSilo>().Tenants.Find(me.Tenant).Name;
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteString("secret"u8, Totp.Written(seed));
            writer.WriteString("address"u8, Totp.Address(company, session.Login, seed));
        });
    }

    private static async Task EnrolTotpAsync(HttpContext http)
    {
        var me = http.Caller.Asker;
        if (await SessionHttp.ReadAsync<CodeBody>(http) is not { } body || await SessionHttp.FindConfirmedAsync(http) is null || await SessionHttp.IsThrottledAsync(http, $"enrol {me.Id}"))
        {
            return;
        }

        if (body.Code.Length > 100 || await http.RequestServices.GetRequiredService<SecondFactors>().ConfirmAsync(me.Id, body.Code, http.RequestAborted) is not { } codes)
        {
            await SessionHttp.RefuseAsync(http, CodeWrong);
            return;
        }

        http.RequestServices.GetRequiredService<Throttle>().Forgive($"enrol {me.Id}", Throttle.AddressOf(http));
        await http.RequestServices.GetRequiredService<SignInDesk>().TellFactorAsync(me, new FactorCommand.EnrolTotp(), http.RequestAborted);
        await WriteCodesAsync(http, codes);
    }

    private static async Task RemoveTotpAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<EmptyBody>(http, mayBeEmpty: true) is null || await SessionHttp.FindConfirmedAsync(http) is null)
        {
            return;
        }

        var me = http.Caller.Asker;
        await http.RequestServices.GetRequiredService<SecondFactors>().RemoveAsync(me.Id, http.RequestAborted);
        await http.RequestServices.GetRequiredService<SignInDesk>().TellFactorAsync(me, new FactorCommand.RemoveTotp(), http.RequestAborted);
        http.Response.StatusCode = 204;
    }

    private static async Task RenewCodesAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<EmptyBody>(http, mayBeEmpty: true) is null || await SessionHttp.FindConfirmedAsync(http) is null)
        {
            return;
        }

        var me = http.Caller.Asker;
        if (await http.RequestServices.GetRequiredService<SecondFactors>().RenewCodesAsync(me.Id, http.RequestAborted) is not { } codes)
        {
            await SessionHttp.RefuseAsync(http, FactorRefusals.TotpMissing);
            return;
        }

        await http.RequestServices.GetRequiredService<SignInDesk>().TellFactorAsync(me, new FactorCommand.RenewCodes(), http.RequestAborted);
        await WriteCodesAsync(http, codes);
    }

    private static Task WriteCodesAsync(HttpContext http, IReadOnlyList<string> codes) => JsonAnswer.WriteAsync(http, 200, writer =>
    {
        writer.WriteStartArray("recoveryCodes"u8);
        foreach (var code in codes)
        {
            writer.WriteStringValue(code);
        }

        writer.WriteEndArray();
    });

    private static async Task BeginPasskeyAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<EmptyBody>(http, mayBeEmpty: true) is null || await SessionHttp.FindConfirmedAsync(http) is not { } session)
        {
            return;
        }

        var me = http.Caller.Asker;
        var (options, ticket) = await http.RequestServices.GetRequiredService<PasskeyDesk>().BeginMakingAsync(http, me.Id, session.Login, me.Name);
        await SessionEndpoints.WriteCeremonyAsync(http, options, ticket);
    }

    private static async Task AddPasskeyAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<PasskeyBody>(http) is not { } body || await SessionHttp.FindConfirmedAsync(http) is not { } session)
        {
            return;
        }

        var me = http.Caller.Asker;
        Refusal? refusal = null;
        var id = await http.RequestServices.GetRequiredService<PasskeyDesk>().FinishMakingAsync(http, me.Id, session.Login, body.Ticket, body.Credential, async credentialId =>
        {
            refusal = await http.RequestServices.GetRequiredService<SignInDesk>().TellFactorAsync(me, new FactorCommand.AddPasskey(credentialId, body.Name), http.RequestAborted);
            return refusal is null;
        });
        if (id is null)
        {
            await SessionHttp.RefuseAsync(http, refusal ?? PasskeyInvalid);
            return;
        }

        await JsonAnswer.WriteAsync(http, 201, writer => writer.WriteString("id"u8, id));
    }

    private static async Task RemovePasskeyAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<PasskeyIdBody>(http) is not { } body || await SessionHttp.FindConfirmedAsync(http) is not { } session)
        {
            return;
        }

        var me = http.Caller.Asker;
        await http.RequestServices.GetRequiredService<PasskeyDesk>().RemoveAsync(me.Id, session.Login, body.Id, http.RequestAborted);
        await http.RequestServices.GetRequiredService<SignInDesk>().TellFactorAsync(me, new FactorCommand.RemovePasskey(body.Id), http.RequestAborted);
        http.Response.StatusCode = 204;
    }

    private static async Task RevokeOthersAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<EmptyBody>(http, mayBeEmpty: true) is null)
        {
            return;
        }

        var (me, session) = (http.Caller.Asker, http.Caller.Session!); // people have sessions
        await http.RequestServices.GetRequiredService<SignInDesk>().EndAllAsync(me, session.Login, me.Id, session.Id, "revoked", http.RequestAborted);
        http.Response.StatusCode = 204;
    }

    /// <summary>One's own sign-ins, newest first: whatever one's role says about other people's.</summary>
    private static async Task ListAsync(HttpContext http)
    {
        var (silo, me) = (http.RequestServices.GetRequiredService<CrmSilo>(), http.Caller.Asker);
        var answer = await silo.Cards.ListAsync(
            Silo.Rights.Asker.System(me.Tenant), silo.Slices.OfKind("session"), new($"ownerId eq \"{me.Id}\"", Sort: "-at", Limit: MostSessions), http.RequestAborted);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartArray("items"u8);
            foreach (var item in answer.Items)
            {
                writer.WriteRawValue(item, skipInputValidation: true);
            }

            writer.WriteEndArray();
        });
    }

    private static async Task RevokeOwnAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<SessionIdBody>(http) is not { } body)
        {
            return;
        }

        var (silo, me) = (http.RequestServices.GetRequiredService<CrmSilo>(), http.Caller.Asker);
        var card = await silo.Cards.FindAsync<SessionCard>(Silo.Rights.Asker.System(me.Tenant), silo.Slices.OfKind("session"), body.Id, http.RequestAborted);
        if (card?.OwnerId != me.Id)
        {
            await SessionHttp.RefuseAsync(http, Silo.Rights.AccessPolicy.NotFound);
            return;
        }

        await http.RequestServices.GetRequiredService<SignInDesk>().EndAsync(me, body.Id, "revoked", http.RequestAborted);
        http.Response.StatusCode = 204;
    }

    /// <summary>Anybody's session, for whom the role allows it.</summary>
    private static async Task RevokeAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<EmptyBody>(), mayBeEmpty: true, http.RequestAborted);
        Silo.Commands.Sending sending = default;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        refusal ??= CommandRequest.TryReadId(http, out _) ? null : CommandRequest.IdInvalid;
        CommandRequest.TryReadId(http, out var id);
        var answer = refusal is null
            ? await http.RequestServices.GetRequiredService<CrmSilo>().Commands.TellAsync(http.Caller.Asker, "session", id, new SessionCommand.End("revoked"), sending, http.RequestAborted)
            : Silo.Commands.Answer.Refused(id, refusal);
        if (answer.Refusal is { } no)
        {
            await SessionHttp.RefuseAsync(http, no);
            return;
        }

        await http.RequestServices.GetRequiredService<SignInDesk>().CloseAsync(id, http.RequestAborted);
        await CommandRequest.WriteAsync(http, 200, answer);
    }
}
