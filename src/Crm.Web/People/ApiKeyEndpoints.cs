using System.Text.Json;
using Crm.Grains.ApiKeys;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Web.Http;
using Crm.Web.Live;

namespace Crm.Web.People;

/// <summary>API keys and what they may be used for.</summary>
public static class ApiKeyEndpoints
{
    private const string Kind = "apikey";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapApiKeys()
        {
            var keys = routes.MapGroup("/api/api-keys").WithTags("People");
            keys.MapRead("", ListAsync).Needs(Kind, "read");
            keys.MapRead("/scopes", ScopesAsync).Needs(Kind, "read");
            keys.MapPost("", (RequestDelegate)IssueAsync).DescribeCommand<ApiKeyCommand.Issue>("create", 201).Needs(Kind, "create");
            keys.MapPost("/{id}/rescope", (RequestDelegate)RescopeAsync).DescribeCommand<ApiKeyCommand.Rescope>("rescope", 200).Needs(Kind, "rescope");
            keys.MapPost("/{id}/rotate", (RequestDelegate)RotateAsync).DescribeCommand<ApiKeyCommand.Rotate>("rotate", 200).Needs(Kind, "rotate");
            keys.MapPost("/{id}/revoke", (RequestDelegate)RevokeAsync).DescribeCommand<EmptyBody>("revoke", 200).Needs(Kind, "revoke");
        }
    }

    private static async Task ListAsync(HttpContext http)
    {
        var cancel = http.RequestAborted;
        var (silo, credentials) = (http.RequestServices.GetRequiredService<CrmSilo>(), http.RequestServices.GetRequiredService<Credentials>());
        var slice = silo.Slices.OfKind(Kind);
        var answer = await silo.Cards.ListAsync(http.Caller.Asker, slice, new ListRequest(Limit: 200), cancel);
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in answer.Items)
        {
            using var card = JsonDocument.Parse(item);
            writer.WriteStartObject();
            foreach (var field in card.RootElement.EnumerateObject())
            {
                field.WriteTo(writer);
            }

            var lastUse = await credentials.LastUseAsync(card.RootElement.GetProperty("id").GetGuid(), cancel);
            writer.WriteString("lastUsedAt"u8, lastUse is { } at ? SessionHttp.Written(at) : null);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static Task ScopesAsync(HttpContext http) => JsonAnswer.WriteAsync(http, 200, writer =>
    {
        writer.WriteStartArray("items"u8);
        foreach (var scope in KeyScopes.AllOf(http.RequestServices.GetServices<EndpointDataSource>()))
        {
            writer.WriteStringValue(scope);
        }

        writer.WriteEndArray();
    });

    private static async Task IssueAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await PeopleEndpoints.ReadAsync<ApiKeyCommand.Issue>(http);
        var id = GrainId.NewKey(silo.Time.GetUtcNow());
        refusal ??= Unknown(http, body!.Scopes) ?? Beyond(http.Caller, body.Scopes) // no refusal, so a body
            ?? await UserPlaces.CheckAsync(silo, http.Caller.Asker, null, body.Role, null, null, http.RequestAborted);
        // the key is shown once and stored nowhere, so a repeated request could not be answered with it again
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, body!, sending with { CommandId = null }, http.RequestAborted) : Answer.Refused(id, refusal);
        if (!answer.Succeeded)
        {
            await PeopleEndpoints.AnswerAsync(http, answer, 201);
            return;
        }

        var holder = new KnownKey(new(http.Caller.Asker.Tenant, id, body!.Name.Trim(), body.Role), ScopesOf(body.Scopes), body.RequestsPerSecond); // succeeded, so a body
        var key = await http.RequestServices.GetRequiredService<Credentials>().IssueScopedKeyAsync(holder, null, http.RequestAborted);
        await CommandRequest.WriteAsync(http, 201, answer, $",\"key\":\"{key}\"");
    }

    private static async Task RescopeAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await PeopleEndpoints.ReadAsync<ApiKeyCommand.Rescope>(http);
        refusal ??= (CommandRequest.TryReadId(http, out _) ? null : CommandRequest.IdInvalid) ?? Unknown(http, body!.Scopes) ?? Beyond(http.Caller, body.Scopes); // no refusal, so a body
        CommandRequest.TryReadId(http, out var id);
        refusal ??= await CheckKeyAsync(http, silo, id);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, body!, sending, http.RequestAborted) : Answer.Refused(id, refusal);
        if (answer.Succeeded)
        {
            await http.RequestServices.GetRequiredService<Credentials>().RescopeKeyAsync(id, ScopesOf(body!.Scopes), body.RequestsPerSecond, http.RequestAborted); // succeeded, so a body
            http.RequestServices.GetRequiredService<LiveSockets>().CloseUser(id);
        }

        await PeopleEndpoints.AnswerAsync(http, answer, 200);
    }

    private static async Task RotateAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await PeopleEndpoints.ReadAsync<ApiKeyCommand.Rotate>(http, mayBeEmpty: true);
        body ??= new();
        refusal ??= CommandRequest.TryReadId(http, out _) ? null : CommandRequest.IdInvalid;
        CommandRequest.TryReadId(http, out var id);
        refusal ??= await CheckKeyAsync(http, silo, id);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, body, sending with { CommandId = null }, http.RequestAborted) : Answer.Refused(id, refusal);
        if (!answer.Succeeded)
        {
            await PeopleEndpoints.AnswerAsync(http, answer, 200);
            return;
        }

        var until = silo.Time.GetUtcNow().AddHours(body.OverlapHours);
        var key = await http.RequestServices.GetRequiredService<Credentials>().RotateKeyAsync(id, until, http.RequestAborted);
        await CommandRequest.WriteAsync(http, 200, answer, $",\"key\":\"{key}\",\"oldKeyUntil\":\"{SessionHttp.Written(until)}\"");
    }

    private static async Task RevokeAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await PeopleEndpoints.ReadBareAsync(http);
        refusal ??= await CheckKeyAsync(http, silo, id);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, new ApiKeyCommand.Revoke(), sending, http.RequestAborted) : Answer.Refused(id, refusal);
        if (answer.Succeeded)
        {
            await http.RequestServices.GetRequiredService<Credentials>().RevokeKeyAsync(id, http.RequestAborted);
            http.RequestServices.GetRequiredService<LiveSockets>().CloseUser(id);
        }

        await PeopleEndpoints.AnswerAsync(http, answer, 200);
    }

    /// <summary>Why the caller may not have this key in his hands, or null: it may do more than he may. Whether there is one is the command's to say.</summary>
    private static async ValueTask<Refusal?> CheckKeyAsync(HttpContext http, CrmSilo silo, Guid id) =>
        await silo.Cards.FindAsync<ApiKeyCard>(http.Caller.Asker, silo.Slices.OfKind(Kind), id, http.RequestAborted) is { } card
            ? await UserPlaces.CheckKeyAsync(silo, http.Caller.Asker, card.Role, http.RequestAborted) ?? Beyond(http.Caller, card.Scopes)
            : null;

    private static IReadOnlyList<string>? ScopesOf(IReadOnlyList<string>? scopes) => scopes is null || scopes.Contains(ApiKeyRules.Everything) ? null : scopes;

    /// <summary>A scope that no route needs is a typo, and a key with it would be refused where its owner least expects it.</summary>
    private static Refusal? Unknown(HttpContext http, IReadOnlyList<string>? scopes)
    {
        if (scopes is null || !scopes.All(ApiKeyRules.IsScope))
        {
            return null; // the rules have the word for it
        }

        var all = KeyScopes.AllOf(http.RequestServices.GetServices<EndpointDataSource>());
        var unknown = scopes.FirstOrDefault(scope => scope.Split(':') is [var slice, var verb] && !(verb == ApiKeyRules.Everything ? all.Any(known => known.StartsWith(slice + ':', StringComparison.Ordinal)) : all.Contains(scope)));
        return unknown is null ? null : Refusal.Invalid("scope-unknown", $"There is no scope {unknown}; GET /api/api-keys/scopes lists them all.", "scopes");
    }

    /// <summary>A key gives away only what it has itself.</summary>
    private static Refusal? Beyond(Caller caller, IReadOnlyList<string>? scopes) =>
        caller.Key?.Scopes is { } own && (scopes ?? []).All(ApiKeyRules.IsScope) && !(scopes ?? [ApiKeyRules.Everything]).All(scope => scope.Split(':') is [var slice, var verb] ? ApiKeyRules.Allows(own, slice, verb) : own.Contains(ApiKeyRules.Everything))
            ? new Refusal(RefusalKind.Forbidden, "scope-missing", "A key cannot give what it has not.")
            : null;
}
