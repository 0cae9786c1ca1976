using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;
using Crm.Web.Live;
using Crm.Web.Mail;

namespace Crm.Web.People;

public sealed record RegisterBody(
    string Name,
    string Login,
    string Password,
    [property: JsonConverter(typeof(CodeConverter))] string Role,
    [property: JsonConverter(typeof(CodeConverter))] string? Locale = null,
    Guid? DepartmentId = null,
    string? Position = null,
    Guid? SuperiorId = null,
    string? Region = null);

public sealed record PasswordBody(string Password);

/// <param name="Login">Their address: the invitation is mailed there.</param>
public sealed record InviteBody(
    string Name,
    string Login,
    [property: JsonConverter(typeof(CodeConverter))] string Role,
    [property: JsonConverter(typeof(CodeConverter))] string? Locale = null,
    Guid? DepartmentId = null,
    string? Position = null,
    Guid? SuperiorId = null,
    string? Region = null);

public static class PeopleEndpoints
{
    /// <summary>Shortest password, in characters.</summary>
    public const int ShortestPassword = 8;

    public const int LongestPassword = 200;

    extension(IEndpointRouteBuilder routes)
    {
        public void MapPeople()
        {
            var users = routes.MapGroup("/api/users").WithTags("People");
            users.MapRead("", http => ListAsync(http, "user")).Needs("user", "read");
            users.MapPost("", (RequestDelegate)RegisterAsync).DescribeCommand<RegisterBody>("create", 201).Needs("user", "create");
            users.MapPost("/{id}/amend", (RequestDelegate)AmendAsync).DescribeCommand<UserCommand.Amend>("amend", 200).Needs("user", "amend");
            users.MapPost("/{id}/activate", (RequestDelegate)(http => SetActiveAsync(http, new UserCommand.Activate()))).DescribeCommand<EmptyBody>("activate", 200).Needs("user", "activate");
            users.MapPost("/{id}/deactivate", (RequestDelegate)(http => SetActiveAsync(http, new UserCommand.Deactivate()))).DescribeCommand<EmptyBody>("deactivate", 200).Needs("user", "deactivate");
            users.MapPost("/{id}/set-password", (RequestDelegate)SetPasswordAsync).DescribeCommand<PasswordBody>("set-password", 200).Needs("user", "set-password");
            users.MapPost("/invite", (RequestDelegate)InviteAsync).DescribeCommand<InviteBody>("invite", 201).Needs("user", "create");
            users.MapPost("/{id}/invite-again", (RequestDelegate)InviteAgainAsync).DescribeCommand<EmptyBody>("invite-again", 200).Needs("user", "create");
            users.MapPost("/{id}/reset-factors", (RequestDelegate)ResetFactorsAsync).DescribeCommand<EmptyBody>("reset-factors", 200).Needs("factor", "reset");
            users.MapPost("/{id}/revoke-sessions", (RequestDelegate)RevokeSessionsAsync).DescribeCommand<EmptyBody>("revoke-sessions", 200).Needs("session", "end");
        }
    }

    /// <summary>Makes a user with a password.</summary>
    public static Task<Answer> RegisterAsync(CrmSilo silo, Credentials credentials, Asker asker, RegisterBody body, Sending sending, CancellationToken cancel) =>
        CheckPassword(body.Password) is { } weak
            ? Task.FromResult(Answer.Refused(default, weak))
            : RegisterAsync(silo, credentials, asker, new(body.Name, body.Login, body.Role, body.Locale, body.DepartmentId, body.Position, body.SuperiorId, body.Region), sending, person => credentials.SetPasswordAsync(body.Login, person, body.Password, cancel), cancel);

    private static async Task<Answer> RegisterAsync(CrmSilo silo, Credentials credentials, Asker asker, UserCommand.Register command, Sending sending, Func<Asker, Task> makeLogin, CancellationToken cancel)
    {
        var id = GrainId.NewKey(silo.Time.GetUtcNow());
        if (await UserPlaces.CheckAsync(silo, asker, null, command.Role, command.DepartmentId, command.SuperiorId, cancel) is { } misplaced)
        {
            return Answer.Refused(id, misplaced);
        }

        // logins are unique on the whole server: the tenant comes from the login
        using var turn = await credentials.TakeTurnAsync(cancel);
        var isTaken = await credentials.IsTakenAsync(command.Login, cancel);
        if (isTaken && (sending.CommandId is not { } commandId || await silo.Store.FindHandledAsync(asker.Tenant, commandId, cancel) is null))
        {
            return Answer.Refused(id, Refusal.Conflict("login-taken", "Somebody has this login already.", "login"));
        }

        var answer = await silo.Commands.TellAsync(asker, "user", id, command, sending, cancel);
        if (answer.Succeeded && !isTaken)
        {
            await makeLogin(new(asker.Tenant, answer.Id, command.Name.Trim(), command.Role));
        }

        return answer;
    }

    private static async Task RegisterAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await ReadAsync<RegisterBody>(http);
        var answer = refusal is null
            ? await RegisterAsync(silo, http.RequestServices.GetRequiredService<Credentials>(), http.Caller.Asker, body!, Stretch(sending), http.RequestAborted) // no refusal, so a body
            : Answer.Refused(default, refusal);
        await AnswerAsync(http, answer, 201);
    }

    private static async Task AmendAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await ReadAsync<UserCommand.Amend>(http);
        refusal ??= CommandRequest.TryReadId(http, out _) ? null : CommandRequest.IdInvalid;
        CommandRequest.TryReadId(http, out var id);
        refusal ??= await UserPlaces.CheckAsync(silo, http.Caller.Asker, id, body!.Role.Value, body.DepartmentId.Value, body.SuperiorId.Value, http.RequestAborted); // no refusal, so a body
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, "user", id, body!, sending, http.RequestAborted) : Answer.Refused(id, refusal); // no refusal, so a body
        await FollowAsync(http, silo, answer);
        await AnswerAsync(http, answer, 200);
    }

    private static async Task SetActiveAsync(HttpContext http, UserCommand command)
    {
        var (silo, sending, id, refusal) = await ReadBareAsync(http);
        refusal ??= await UserPlaces.CheckAboveAsync(silo, http.Caller.Asker, id, http.RequestAborted);
        refusal ??= command is UserCommand.Deactivate && id == http.Caller.Asker.Id ? Refusal.Conflict("state-conflict", "You cannot shut yourself out.") : null;
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, "user", id, command, sending, http.RequestAborted) : Answer.Refused(id, refusal);
        await FollowAsync(http, silo, answer);
        await AnswerAsync(http, answer, 200);
    }

    private static async Task SetPasswordAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await ReadAsync<PasswordBody>(http);
        refusal ??= (CommandRequest.TryReadId(http, out _) ? null : CommandRequest.IdInvalid) ?? CheckPassword(body!.Password); // no refusal, so a body
        CommandRequest.TryReadId(http, out var id);
        refusal ??= await UserPlaces.CheckAboveAsync(silo, http.Caller.Asker, id, http.RequestAborted);
        var answer = refusal is null
            ? await silo.Commands.TellAsync(http.Caller.Asker, "user", id, new UserCommand.SetPassword(), Stretch(sending), http.RequestAborted)
            : Answer.Refused(id, refusal);
        if (answer.Succeeded && await FindUserAsync(http, silo, id) is { } user
            // a repeated request sets it again only if nothing has happened since: the first one may not have come this far
            && (answer.Kind != OutcomeKind.AlreadyHandled || answer.Version == user.Version))
        {
            await http.RequestServices.GetRequiredService<Credentials>()
                .SetPasswordAsync(user.Login, new(http.Caller.Asker.Tenant, id, user.Name, user.Role), body!.Password, http.RequestAborted); // succeeded, so a body
            await http.RequestServices.GetRequiredService<SignInDesk>().EndAllAsync(http.Caller.Asker, user.Login, id, OwnSessionOf(http, id), "password-set", http.RequestAborted);
        }

        await AnswerAsync(http, answer, 200);
    }

    private static async Task InviteAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await ReadAsync<InviteBody>(http);
        refusal ??= MailDesk.CanReach(body!.Login) ? null : Refusal.Invalid("email-invalid", "An invitation needs a login that is an e-mail address.", "login"); // no refusal, so a body
        if (refusal is not null)
        {
            await AnswerAsync(http, Answer.Refused(default, refusal), 201);
            return;
        }

        var (credentials, cancel) = (http.RequestServices.GetRequiredService<Credentials>(), http.RequestAborted);
        var login = body!.Login.Trim(); // no refusal, so a body
        var answer = await RegisterAsync(
            silo, credentials, http.Caller.Asker, new(body.Name, login, body.Role, body.Locale, body.DepartmentId, body.Position, body.SuperiorId, body.Region), sending, person => credentials.InviteAsync(login, person, cancel), cancel);
        if (answer.Succeeded && await credentials.FindLoginAsync(login, cancel) is { PasswordHash: null } person && person.UserId == answer.Id)
        {
            await http.RequestServices.GetRequiredService<MailDesk>().SendAsync(http.Caller.Asker, TicketPurpose.Invitation, login, person, cancel);
        }

        await AnswerAsync(http, answer, 201);
    }

    /// <summary>For invitations that were lost or are too old.</summary>
    private static async Task InviteAgainAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await ReadBareAsync(http);
        var user = refusal is null ? await FindUserAsync(http, silo, id) : null;
        refusal ??= await UserPlaces.CheckAboveAsync(silo, http.Caller.Asker, id, http.RequestAborted);
        refusal ??= user is null ? AccessPolicy.NotFound
            : sending.ExpectedVersion is { } expected && expected != user.Version ? Refusal.Conflict("version-conflict", $"The record is at version {user.Version} by now.")
            : null;
        var person = refusal is null ? await http.RequestServices.GetRequiredService<Credentials>().FindLoginAsync(user!.Login, http.RequestAborted) : null; // no refusal, so a user
        refusal ??= person is { IsActive: true, PasswordHash: null } && MailDesk.CanReach(user!.Login) ? null : Refusal.Conflict("state-conflict", "Only somebody who was invited and has no password yet is invited again.");
        if (refusal is null)
        {
            await http.RequestServices.GetRequiredService<MailDesk>().SendAsync(http.Caller.Asker, TicketPurpose.Invitation, user!.Login, person!, http.RequestAborted); // no refusal, so both
        }

        await AnswerAsync(http, refusal is null ? new(id, user!.Version, 0, null, OutcomeKind.Unchanged) : Answer.Refused(id, refusal), 200);
    }

    /// <summary>For somebody who lost their devices.</summary>
    private static async Task ResetFactorsAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await ReadBareAsync(http);
        var user = refusal is null ? await FindUserAsync(http, silo, id) : null;
        refusal ??= user is null ? AccessPolicy.NotFound : await UserPlaces.CheckAboveAsync(silo, http.Caller.Asker, id, http.RequestAborted);
        var desk = http.RequestServices.GetRequiredService<SignInDesk>();
        var answer = refusal is null ? await desk.ResetFactorsAsync(http.Caller.Asker, id, sending, http.RequestAborted) : Answer.Refused(id, refusal);
        if (answer.Succeeded)
        {
            await desk.EndAllAsync(http.Caller.Asker, user!.Login, id, OwnSessionOf(http, id), "factors-reset", http.RequestAborted); // succeeded, so a user
        }

        await AnswerAsync(http, answer, 200);
    }

    private static async Task RevokeSessionsAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await ReadBareAsync(http);
        var user = refusal is null ? await FindUserAsync(http, silo, id) : null;
        refusal ??= await UserPlaces.CheckAboveAsync(silo, http.Caller.Asker, id, http.RequestAborted);
        refusal ??= user is null ? AccessPolicy.NotFound
            : sending.ExpectedVersion is { } expected && expected != user.Version ? Refusal.Conflict("version-conflict", $"The record is at version {user.Version} by now.")
            : null;
        if (refusal is null)
        {
            await http.RequestServices.GetRequiredService<SignInDesk>().EndAllAsync(http.Caller.Asker, user!.Login, id, OwnSessionOf(http, id), "revoked", http.RequestAborted); // no refusal, so a user
        }

        await AnswerAsync(http, refusal is null ? new(id, user!.Version, 0, null, OutcomeKind.Unchanged) : Answer.Refused(id, refusal), 200);
    }

    /// <summary>What somebody does to themselves does not throw them out.</summary>
    private static Guid? OwnSessionOf(HttpContext http, Guid userId) => http.Caller.Asker.Id == userId ? http.Caller.Session?.Id : null;

    /// <summary>Carries a change of a user over to its sign-in and its sockets.</summary>
    private static async Task FollowAsync(HttpContext http, CrmSilo silo, Answer answer)
    {
        if (answer.Succeeded && await FindUserAsync(http, silo, answer.Id) is { } user)
        {
            await http.RequestServices.GetRequiredService<Credentials>().UpdateLoginAsync(user.Login, user.Name, user.Role, user.Active, http.RequestAborted);
            if (!user.Active)
            {
                await http.RequestServices.GetRequiredService<Tickets>().VoidAsync(user.Id, http.RequestAborted);
                await http.RequestServices.GetRequiredService<SignInDesk>().EndAllAsync(http.Caller.Asker, user.Login, user.Id, except: null, "shut", http.RequestAborted);
            }

            // their pages connect again, with the rights they have now
            http.RequestServices.GetRequiredService<LiveSockets>().CloseUser(user.Id);
        }
    }

    private static ValueTask<UserCard?> FindUserAsync(HttpContext http, CrmSilo silo, Guid id) =>
        silo.Cards.FindAsync<UserCard>(http.Caller.Asker, silo.Slices.OfKind("user"), id, http.RequestAborted);

    internal static async Task<(CrmSilo Silo, TBody? Body, Sending Sending, Refusal? Refusal)> ReadAsync<TBody>(HttpContext http, bool mayBeEmpty = false) where TBody : class
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<TBody>(), mayBeEmpty, http.RequestAborted);
        Sending sending = default;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        return (http.RequestServices.GetRequiredService<CrmSilo>(), body.Value, sending, refusal);
    }

    /// <summary>Reads a request whose verb says everything.</summary>
    internal static async Task<(CrmSilo Silo, Sending Sending, Guid Id, Refusal? Refusal)> ReadBareAsync(HttpContext http)
    {
        var (silo, _, sending, refusal) = await ReadAsync<EmptyBody>(http, mayBeEmpty: true);
        refusal ??= CommandRequest.TryReadId(http, out _) ? null : CommandRequest.IdInvalid;
        CommandRequest.TryReadId(http, out var id);
        return (silo, sending, id, refusal);
    }

    /// <summary>Makes the fingerprint of a body with a password in it as slow to guess from as the password's own hash: it is stored too.</summary>
    private static Sending Stretch(Sending sending) => sending is { CommandId: { } commandId, Fingerprint: { Length: > 0 } fingerprint }
        ? sending with { Fingerprint = Rfc2898DeriveBytes.Pbkdf2(fingerprint, Encoding.UTF8.GetBytes(commandId), 100_000, HashAlgorithmName.SHA512, fingerprint.Length) }
        : sending;

    internal static Task AnswerAsync(HttpContext http, Answer answer, int status) =>
        answer.Refusal is { } refusal ? Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal) : CommandRequest.WriteAsync(http, status, answer);

    internal static Refusal? CheckPassword(string password) =>
        password.Length is >= ShortestPassword and <= LongestPassword
            ? null
            : Refusal.Invalid("password-weak", $"A password has {ShortestPassword} to {LongestPassword} characters.", "password");

    private static async Task ListAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var answer = await silo.Cards.ListAsync(http.Caller.Asker, silo.Slices.OfKind(kind), new(Cursor: http.Request.Query["cursor"], Limit: 200), http.RequestAborted);
        if (answer.Refusal is { } refusal)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in answer.Items)
        {
            writer.WriteRawValue(item, skipInputValidation: true);
        }

        writer.WriteEndArray();
        if (answer.Next is { } next)
        {
            writer.WriteString("next"u8, next);
        }

        writer.WriteEndObject();
    }
}
