using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.ApiKeys;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;

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

public static class PeopleEndpoints
{
    /// <summary>Shortest password, in characters.</summary>
    public const int ShortestPassword = 8;

    private const int LongestPassword = 200;

    extension(IEndpointRouteBuilder routes)
    {
        public void MapPeople()
        {
            var users = routes.MapGroup("/api/users").WithTags("People").RequireAuthorization();
            users.MapRead("", http => ListAsync(http, "user")).Needs("user", "read");
            users.MapPost("", (RequestDelegate)RegisterAsync).DescribeCommand<RegisterBody>("create", 201).Needs("user", "create");
            users.MapPost("/{id}/amend", (RequestDelegate)AmendAsync).DescribeCommand<UserCommand.Amend>("amend", 200).Needs("user", "amend");
            users.MapPost("/{id}/activate", (RequestDelegate)(http => SetActiveAsync(http, new UserCommand.Activate()))).DescribeCommand<EmptyBody>("activate", 200).Needs("user", "activate");
            users.MapPost("/{id}/deactivate", (RequestDelegate)(http => SetActiveAsync(http, new UserCommand.Deactivate()))).DescribeCommand<EmptyBody>("deactivate", 200).Needs("user", "deactivate");
            users.MapPost("/{id}/set-password", (RequestDelegate)SetPasswordAsync).DescribeCommand<PasswordBody>("set-password", 200).Needs("user", "set-password");

            var keys = routes.MapGroup("/api/api-keys").WithTags("People").RequireAuthorization();
            keys.MapRead("", http => ListAsync(http, "apikey")).Needs("apikey", "read");
            keys.MapPost("", (RequestDelegate)IssueKeyAsync).DescribeCommand<ApiKeyCommand.Issue>("create", 201).Needs("apikey", "create");
            keys.MapPost("/{id}/revoke", (RequestDelegate)RevokeKeyAsync).DescribeCommand<EmptyBody>("revoke", 200).Needs("apikey", "revoke");
        }
    }

    /// <summary>Makes a user with a password.</summary>
    public static async Task<Answer> RegisterAsync(CrmSilo silo, Credentials credentials, Asker asker, RegisterBody body, Sending sending, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7(silo.Time.GetUtcNow());
        if (CheckPassword(body.Password) is { } weak)
        {
            return Answer.Refused(id, weak);
        }

        if (await UserPlaces.CheckAsync(silo, asker, null, body.Role, body.DepartmentId, body.SuperiorId, cancel) is { } misplaced)
        {
            return Answer.Refused(id, misplaced);
        }

        // logins are unique on the whole server: the tenant comes from the login
        using var turn = await credentials.TakeTurnAsync(cancel);
        var isTaken = await credentials.IsTakenAsync(body.Login, cancel);
        if (isTaken && (sending.CommandId is not { } commandId || await silo.Store.FindHandledAsync(asker.Tenant, commandId, cancel) is null))
        {
            return Answer.Refused(id, Refusal.Conflict("login-taken", "Somebody has this login already.", "login"));
        }

        var answer = await silo.Commands.TellAsync(asker, "user", id, new UserCommand.Register(body.Name, body.Login, body.Role, body.Locale, body.DepartmentId, body.Position, body.SuperiorId, body.Region), sending, cancel);
        if (answer.Succeeded && !isTaken)
        {
            await credentials.SetPasswordAsync(body.Login, new(asker.Tenant, answer.Id, body.Name.Trim(), body.Role), body.Password, cancel);
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
        var answer = refusal is null
            ? await silo.Commands.TellAsync(http.Caller.Asker, "user", id, new UserCommand.SetPassword(), Stretch(sending), http.RequestAborted)
            : Answer.Refused(id, refusal);
        if (answer.Succeeded && await FindUserAsync(http, silo, id) is { } user
            // a repeated request sets it again only if nothing has happened since: the first one may not have come this far
            && (answer.Kind != OutcomeKind.AlreadyHandled || answer.Version == user.Version))
        {
            await http.RequestServices.GetRequiredService<Credentials>()
                .SetPasswordAsync(user.Login, new(http.Caller.Asker.Tenant, id, user.Name, user.Role), body!.Password, http.RequestAborted); // succeeded, so a body
        }

        await AnswerAsync(http, answer, 200);
    }

    private static async Task IssueKeyAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await ReadAsync<ApiKeyCommand.Issue>(http);
        var id = Guid.CreateVersion7(silo.Time.GetUtcNow());
        refusal ??= await UserPlaces.CheckAsync(silo, http.Caller.Asker, null, body!.Role, null, null, http.RequestAborted); // no refusal, so a body
        // the key is shown once and stored nowhere, so a repeated request could not be answered with it again
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, "apikey", id, body!, sending with { CommandId = null }, http.RequestAborted) : Answer.Refused(id, refusal); // no refusal, so a body
        if (!answer.Succeeded)
        {
            await AnswerAsync(http, answer, 201);
            return;
        }

        var key = await http.RequestServices.GetRequiredService<Credentials>().IssueKeyAsync(new(http.Caller.Asker.Tenant, id, body!.Name, body.Role), null, http.RequestAborted); // succeeded, so a body
        await CommandRequest.WriteAsync(http, 201, answer, $",\"key\":\"{key}\"");
    }

    private static async Task RevokeKeyAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await ReadBareAsync(http);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, "apikey", id, new ApiKeyCommand.Revoke(), sending, http.RequestAborted) : Answer.Refused(id, refusal);
        if (answer.Succeeded)
        {
            await http.RequestServices.GetRequiredService<Credentials>().RevokeKeyAsync(id, http.RequestAborted);
        }

        await AnswerAsync(http, answer, 200);
    }

    /// <summary>Carries a change of a user over to its sign-in.</summary>
    private static async Task FollowAsync(HttpContext http, CrmSilo silo, Answer answer)
    {
        if (answer.Succeeded && await FindUserAsync(http, silo, answer.Id) is { } user)
        {
            await http.RequestServices.GetRequiredService<Credentials>().UpdateLoginAsync(user.Login, user.Name, user.Role, user.Active, http.RequestAborted);
        }
    }

    private static ValueTask<UserCard?> FindUserAsync(HttpContext http, CrmSilo silo, Guid id) =>
        silo.Cards.FindAsync<UserCard>(http.Caller.Asker, silo.Slices.OfKind("user"), id, http.RequestAborted);

    private static async Task<(CrmSilo Silo, TBody? Body, Sending Sending, Refusal? Refusal)> ReadAsync<TBody>(HttpContext http, bool mayBeEmpty = false) where TBody : class
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<TBody>(), mayBeEmpty, http.RequestAborted);
        Sending sending = default;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        return (http.RequestServices.GetRequiredService<CrmSilo>(), body.Value, sending, refusal);
    }

    /// <summary>Reads a request whose verb says everything.</summary>
    private static async Task<(CrmSilo Silo, Sending Sending, Guid Id, Refusal? Refusal)> ReadBareAsync(HttpContext http)
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

    private static Task AnswerAsync(HttpContext http, Answer answer, int status) =>
        answer.Refusal is { } refusal ? Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal) : CommandRequest.WriteAsync(http, status, answer);

    private static Refusal? CheckPassword(string password) =>
        password.Length is >= ShortestPassword and <= LongestPassword
            ? null
            : Refusal.Invalid("password-weak", $"A password has {ShortestPassword} to {LongestPassword} characters.", "password");

    private static async Task ListAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var answer = await silo.Cards.ListAsync(http.Caller.Asker, silo.Slices.OfKind(kind), new(Limit: 200), http.RequestAborted);
        http.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, Records.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in answer.Items)
        {
            writer.WriteRawValue(item, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
