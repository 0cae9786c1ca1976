using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.Tenants;
using Crm.Runtime;
using Crm.Silo.Rights;
using Crm.Web.Hosting;
using Crm.Web.Live;

namespace Crm.Web.Session;

/// <summary>How a try to sign in went: somebody, or somebody who must also prove a second factor, or how long to wait, or none of these.</summary>
/// <param name="Method">By what they proved themselves.</param>
/// <param name="Ticket">To be sent with the second factor.</param>
internal readonly record struct SignInResult(string? Login, LoginSecret? Person, string? Method, string? Ticket, TimeSpan? Wait)
{
    public static SignInResult Failed => default;

    public static SignInResult MustWait(TimeSpan wait) => new(null, null, null, null, wait);
}

/// <summary>The one place where somebody becomes signed in, and where sessions end.</summary>
public sealed class SignInDesk(
    Credentials credentials, SecondFactors factors, Passkeys passkeys, Throttle throttle, Seal seal, ISignInLog log, LiveSockets sockets, SiloHolder holder)
{
    internal async Task<SignInResult> TryPasswordAsync(string login, string password, string address, Origin origin, CancellationToken cancel)
    {
        var account = Credentials.Fold(login);
        if (throttle.WaitOf(account, address) is { } wait)
        {
            return SignInResult.MustWait(wait);
        }

        // counted before the check, so that many at once are not all let through
        throttle.Note(account, address);
        var (known, isRight) = await credentials.CheckAsync(login, password, cancel);
        if (known is null || !isRight)
        {
            if (known is not null)
            {
                log.Refused(known.Person, known.IsActive ? "password" : "shut", origin);
            }

            return SignInResult.Failed;
        }

        throttle.Forgive(account, address);
        return await factors.IsOnAsync(known.UserId, cancel)
            ? new(login, null, null, seal.Close(new PendingSignIn(account, known.Stamp), PendingJson.Default.PendingSignIn), null)
            : new(login, known, "password", null, null);
    }

    internal async Task<SignInResult> TrySecondFactorAsync(string ticket, string code, string address, Origin origin, CancellationToken cancel)
    {
        if (seal.Open(ticket, PendingJson.Default.PendingSignIn, useUp: false) is not { } pending)
        {
            return SignInResult.Failed;
        }

        // apart from passwords: who guesses codes knows the password, and must not be forgiven by it
        var account = $"factor {pending.Login}";
        if (throttle.WaitOf(account, address) is { } wait)
        {
            return SignInResult.MustWait(wait);
        }

        throttle.Note(account, address);
        if (await credentials.FindLoginAsync(pending.Login, cancel) is not { IsActive: true } known || known.Stamp != pending.Stamp)
        {
            return SignInResult.Failed;
        }

        if (await factors.UseAsync(known.UserId, code, cancel) is not { } method)
        {
            log.Refused(known.Person, "second-factor", origin);
            return SignInResult.Failed;
        }

        throttle.Forgive(account, address);
        return new(pending.Login, known, method, null, null);
    }

    /// <summary>Whether nobody of the person's tenant may sign in.</summary>
    internal bool IsSuspended(LoginSecret person) => holder.Silo.Tenants.Find(person.Tenant).IsSuspended;

    /// <summary>Begins a session: its record first, then the cookie.</summary>
    /// <returns>False when the person's tenant is suspended, and then that is answered.</returns>
    internal async Task<bool> StartAsync(HttpContext http, string login, LoginSecret person, string method)
    {
        if (IsSuspended(person))
        {
            await SessionHttp.RefuseAsync(http, TenantRefusals.Suspended);
            return false;
        }

        var cancel = http.RequestAborted;
        var id = await log.StartedAsync(person.Person, method, Origin.Of(http), cancel);
        var token = await credentials.OpenSessionAsync(login, person.Person, id, cancel);
        http.Response.Cookies.Append(Callers.CookieName(http), token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            Path = "/",
            MaxAge = Credentials.SessionLifetime,
            IsEssential = true,
        });
        return true;
    }

    /// <summary>Removes all that lets somebody sign in, because there is no such person any more.</summary>
    public async Task ForgetAsync(string login, Guid userId, CancellationToken cancel)
    {
        await credentials.ForgetLoginAsync(login, userId, cancel);
        await factors.RemoveAsync(userId, cancel);
        await passkeys.RemoveAllAsync(userId, cancel);
        await holder.Silo.Store.WriteSecretAsync(CompanyAccounts.NameOf(userId), null, cancel);
        sockets.CloseUser(userId);
    }

    /// <summary>Ends a session of somebody; its sockets close at once.</summary>
    public async Task EndAsync(Asker by, Guid session, string reason, CancellationToken cancel)
    {
        await CloseAsync(session, cancel);
        await log.EndedAsync(by, session, reason, cancel);
    }

    /// <summary>Lets nobody in by a session any more, whose end is recorded already.</summary>
    public async Task CloseAsync(Guid session, CancellationToken cancel)
    {
        await credentials.CloseSessionAsync(session, cancel);
        sockets.CloseSession(session);
    }

    /// <summary>Ends all sessions of somebody but one; their sockets close at once.</summary>
    public async Task EndAllAsync(Asker by, string login, Guid userId, Guid? except, string reason, CancellationToken cancel)
    {
        if (except is null)
        {
            await credentials.EndSessionsAsync(login, cancel);
            sockets.CloseUser(userId);
        }

        foreach (var session in await log.EndedAllAsync(by, userId, except, reason, cancel))
        {
            await CloseAsync(session, cancel);
        }
    }

    /// <summary>Takes every factor besides the password from somebody.</summary>
    public async Task<Silo.Commands.Answer> ResetFactorsAsync(Asker by, Guid userId, Silo.Commands.Sending sending, CancellationToken cancel)
    {
        var answer = await holder.Silo.Commands.TellAsync(by, "factor", userId, new Grains.Factors.FactorCommand.Reset(), sending, cancel);
        if (answer.Succeeded)
        {
            await factors.RemoveAsync(userId, cancel);
            await passkeys.RemoveAllAsync(userId, cancel);
            await holder.Silo.Store.WriteSecretAsync(CompanyAccounts.NameOf(userId), null, cancel);
        }

        return answer;
    }

    /// <summary>Records a change of somebody's own factors.</summary>
    internal async Task<Refusal?> TellFactorAsync(Asker person, object command, CancellationToken cancel) =>
        (await holder.Silo.Commands.TellAsync(person, "factor", person.Id, command, new(SenderKind.User, Trusted: true), cancel)).Refusal;
}

/// <summary>Somebody whose password was right and whose second factor is not there yet.</summary>
internal sealed record PendingSignIn(string Login, int Stamp);

[JsonSerializable(typeof(PendingSignIn))]
internal sealed partial class PendingJson : JsonSerializerContext;
