using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.RoleBooks;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Rights;

/// <param name="Name">For people.</param>
public sealed record RoleBody(string Name, IReadOnlyList<Grant>? Grants = null, IReadOnlyList<FieldRight>? Fields = null);

/// <param name="Roles">Roles as they would be; null for those of the template.</param>
public sealed record SimulateBody([property: JsonConverter(typeof(CodeConverter))] string? Template = null, IReadOnlyList<Role>? Roles = null);

public static class RoleEndpoints
{
    private const string Kind = "rolebook";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapRoles()
        {
            var roles = routes.MapGroup("/api/roles").WithTags("Roles");
            roles.MapRead("", ListAsync).Needs(Kind, "read");
            roles.MapRead("/catalog", CatalogAsync).Needs(Kind, "define-role");
            roles.MapRead("/templates", TemplatesAsync).Needs(Kind, "define-role");
            roles.MapRead("/timeline", TimelineAsync).Needs(Kind, "define-role");
            roles.MapPut("/{key}", (RequestDelegate)DefineAsync).DescribeCommand<RoleBody>("define-role", 200).Needs(Kind, "define-role");
            roles.MapPost("/{key}/remove", (RequestDelegate)RemoveAsync).DescribeCommand<EmptyBody>("remove-role", 200).Needs(Kind, "remove-role");
            roles.MapPost("/simulate", (RequestDelegate)SimulateAsync).DescribeCommand<SimulateBody>("simulate", 200).Needs(Kind, "switch-template");
            roles.MapPost("/switch-template", (RequestDelegate)SwitchAsync).DescribeCommand<RoleBookCommand.SwitchTemplate>("switch-template", 200).Needs(Kind, "switch-template");

            var access = routes.MapGroup("/api/access").WithTags("Roles");
            access.MapRead("/mine", MineAsync).OpenToMembers("the caller's own rights");
            access.MapRead("/explain", ExplainAsync).Needs(Kind, "define-role");
        }
    }

    private static async Task ListAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var organisation = await silo.Access.OrganisationAsync(asker.Tenant, http.RequestAborted);
        // what a role grants is for those who define roles; everybody may know its name
        var isWhole = silo.Access.Of(asker).MayEver(silo.Slices.OfKind(Kind).Slice, "define-role");
        var version = (await silo.Store.LoadAsync(AccessDirectory.BookOf(asker.Tenant), http.RequestAborted))?.Version ?? 0;
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteString("template"u8, organisation.Template);
            writer.WriteNumber("version"u8, version);
            writer.WriteStartArray("items"u8);
            foreach (var role in organisation.Roles)
            {
                WriteRole(writer, role, isWhole, organisation.Users.Values.Count(user => user.Active && user.Role == role.Key));
            }

            writer.WriteEndArray();
        });
    }

    private static async Task CatalogAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var access = await silo.Access.FindAsync(http.Caller.Asker, http.RequestAborted);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartArray("slices"u8);
            foreach (var slice in silo.Slices.All.Where(slice => access.IsOn(slice.Slice)))
            {
                writer.WriteStartObject();
                writer.WriteString("slice"u8, slice.Slice.Plural);
                writer.WriteBoolean("readByAll"u8, slice.Slice.IsReadByAll);
                writer.WriteBoolean("owned"u8, slice.Cards.Find("ownerId") is not null);
                writer.WriteBoolean("regional"u8, slice.Cards.Find("region") is not null);
                writer.WriteTexts("verbs"u8, slice.Grantable);
                writer.WriteTexts("fields"u8, slice.FieldNames.Where(field => field is not ("id" or "version"))
                    .Concat(access.FieldsOf(slice.Slice).Fields.Where(field => !field.Retired).Select(field => $"custom.{field.Key}")));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteTexts("scopes"u8, Grant.Codes);
            writer.WriteTexts("fieldRights"u8, FieldRight.Codes);
            writer.WriteTexts("neverImplied"u8, Grant.NeverImplied);
        });
    }

    private static async Task TemplatesAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var organisation = await silo.Access.OrganisationAsync(http.Caller.Asker.Tenant, http.RequestAborted);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartArray("items"u8);
            foreach (var (key, roles) in RoleTemplates.Templates)
            {
                writer.WriteStartObject();
                writer.WriteString("key"u8, key);
                writer.WriteBoolean("current"u8, key == organisation.Template);
                writer.WriteStartArray("roles"u8);
                foreach (var role in roles.Values)
                {
                    WriteRole(writer, role, isWhole: true, people: null);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    private static Task TimelineAsync(HttpContext http) => TimelineJson.AnswerAsync(http, AccessDirectory.BookOf(http.Caller.Asker.Tenant));

    private static async Task DefineAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<RoleBody>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        var role = new Role((string)http.GetRouteValue("key")!, body.Value?.Name ?? "", body.Value?.Grants ?? [], body.Value?.Fields ?? []); // the route has it
        refusal ??= CheckNames(silo, role) ?? await CheckIncludedAsync(silo, http.Caller.Asker, [role, .. await KnownAsync(silo, http.Caller.Asker, role.Key, http.RequestAborted)], http.RequestAborted);
        await TellAsync(http, refusal, new RoleBookCommand.DefineRole(role), sending);
    }

    private static async Task RemoveAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<EmptyBody>(), mayBeEmpty: true, http.RequestAborted);
        Sending sending = default;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        var key = (string)http.GetRouteValue("key")!; // the route has it
        var organisation = await silo.Access.OrganisationAsync(http.Caller.Asker.Tenant, http.RequestAborted);
        refusal ??= await CheckIncludedAsync(silo, http.Caller.Asker, await KnownAsync(silo, http.Caller.Asker, key, http.RequestAborted), http.RequestAborted);
        await TellAsync(http, refusal, new RoleBookCommand.RemoveRole(key, organisation.Users.Values.Any(user => user.Role == key)), sending);
    }

    private static async Task SwitchAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<RoleBookCommand.SwitchTemplate>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        if (refusal is null && RoleTemplates.Templates.TryGetValue(body.Value!.Template, out var roles)) // no refusal, so a body
        {
            refusal = await CheckIncludedAsync(silo, http.Caller.Asker, roles.Values.Where(role => role.Key != RoleKeys.Admin), http.RequestAborted);
        }

        await TellAsync(http, refusal, body.Value, sending);
    }

    private static async Task SimulateAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<SimulateBody>(), mayBeEmpty: false, http.RequestAborted);
        var tenant = http.Caller.Asker.Tenant;
        var organisation = await silo.Access.OrganisationAsync(tenant, http.RequestAborted);
        var refusal = body.Refusal
            ?? (body.Value is { Template: null, Roles: null } ? Refusal.Invalid("field-required", "Name a template or roles.", "template") : null)
            ?? (body.Value!.Template is { } named && !RoleTemplates.Templates.ContainsKey(named) // no refusal, so a body
                ? Refusal.Invalid("enum-invalid", $"Use one of: {string.Join(", ", RoleTemplates.Templates.Keys)}.", "template")
                : null);
        refusal ??= body.Value!.Roles?.Select(role => CheckNames(silo, role)).FirstOrDefault(wrong => wrong is not null) // no refusal, so a body
            ?? (body.Value.Roles?.DistinctBy(role => role.Key).Count() != body.Value.Roles?.Count ? Refusal.Invalid("field-invalid", "Each role is named once.", "roles") : null);
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var roles = body.Value!.Template is { } template ? RoleBookRules.After(organisation.Roles, template) : organisation.Roles; // no refusal, so a body
        roles = [.. roles.Where(role => body.Value.Roles?.Any(each => each.Key == role.Key) != true), .. body.Value.Roles ?? []];
        var changes = await silo.AccessDesk.SimulateAsync(tenant, body.Value.Template ?? organisation.Template, roles, http.RequestAborted);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartArray("items"u8);
            foreach (var change in changes)
            {
                writer.WriteStartObject();
                writer.WriteString("userId"u8, change.UserId);
                writer.WriteString("name"u8, change.Name);
                writer.WriteString("role"u8, change.Role);
                writer.WriteString("slice"u8, change.Slice);
                writer.WriteNumber("before"u8, change.Before);
                writer.WriteNumber("after"u8, change.After);
                writer.WriteNumber("gained"u8, change.Gained);
                writer.WriteNumber("lost"u8, change.Lost);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    private static async Task MineAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var access = await silo.Access.FindAsync(http.Caller.Asker, http.RequestAborted);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteString("role"u8, access.RoleKey);
            writer.WriteBoolean("everything"u8, access.IsEverything);
            writer.WriteStartObject("slices"u8);
            foreach (var slice in silo.Slices.All)
            {
                writer.WriteStartObject(slice.Slice.Plural);
                writer.WriteTexts("verbs"u8, slice.Grantable.Where(verb => access.MayEver(slice.Slice, verb)));
                writer.WriteStartObject("fields"u8);
                foreach (var (field, right) in access.Of(slice.Slice).Mask?.FieldsAndFormulas ?? [])
                {
                    writer.WriteString(field, right.ToString().ToLowerInvariant());
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        });
    }

    private static async Task ExplainAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var query = http.Request.Query;
        var (verb, plural) = ((string?)query["verb"] ?? "read", (string?)query["slice"] ?? "");
        Guid user = default, id = default;
        ISliceBehaviour? slice = null;
        var refusal = Records.CheckQuery(http, ["userId", "slice", "id", "verb"])
            ?? (Guid.TryParseExact(query["userId"], "D", out user) ? null : CommandRequest.IdInvalid with { Field = "userId" })
            ?? (Guid.TryParseExact(query["id"], "D", out id) ? null : CommandRequest.IdInvalid)
            ?? (silo.Slices.TryFindPlural(plural, out slice) ? null : Refusal.Invalid("enum-invalid", "There is no such slice.", "slice"))
            ?? (slice!.Grantable.Contains(verb) ? null : Refusal.Invalid("enum-invalid", "There is no such verb.", "verb")); // found just before
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        if (await silo.AccessDesk.ExplainAsync(http.Caller.Asker.Tenant, user, slice!, id, verb, http.RequestAborted) is not { } explanation) // no refusal, so a slice
        {
            await Problems.WriteAsync(http, 404, AccessPolicy.NotFound);
            return;
        }

        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteBoolean("allowed"u8, explanation.Allowed);
            writer.WriteString("role"u8, explanation.Role);
            writer.WriteStartArray("reasons"u8);
            foreach (var reason in explanation.Reasons)
            {
                writer.WriteStartObject();
                writer.WriteString("code"u8, reason.Code);
                writer.WriteBoolean("holds"u8, reason.Holds);
                writer.WriteString("sentence"u8, reason.Sentence);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartObject("fields"u8);
            foreach (var (field, right) in explanation.Fields)
            {
                writer.WriteString(field, right);
            }

            writer.WriteEndObject();
        });
    }

    /// <summary>Slices, verbs and fields are those there are: a misspelt one would grant or hide nothing, in silence.</summary>
    private static Refusal? CheckNames(CrmSilo silo, Role role)
    {
        for (var i = 0; i < role.Grants.Count; i++)
        {
            var (slice, verb) = (role.Grants[i].Slice, role.Grants[i].Verb);
            var known = slice == Grant.Any ? silo.Slices.All : silo.Slices.TryFindPlural(slice, out var one) ? [one] : (IReadOnlyList<ISliceBehaviour>)[];
            if (known.Count == 0)
            {
                return Refusal.Invalid("enum-invalid", $"There is no slice '{slice}'.", $"grants[{i}].slice");
            }

            if (verb != Grant.Any && !known.Any(each => each.Grantable.Contains(verb)))
            {
                return Refusal.Invalid("enum-invalid", $"'{slice}' has no verb '{verb}'.", $"grants[{i}].verb");
            }
        }

        for (var i = 0; i < role.Fields.Count; i++)
        {
            var right = role.Fields[i];
            if (!silo.Slices.TryFindPlural(right.Slice, out var slice))
            {
                return Refusal.Invalid("enum-invalid", $"There is no slice '{right.Slice}'.", $"fields[{i}].slice");
            }

            if (right.Field is "id" or "version" or "ownerId" || !(slice.FieldNames.Contains(right.Field) || right.Field.StartsWith("custom.", StringComparison.Ordinal)))
            {
                return Refusal.Invalid("enum-invalid", $"'{right.Slice}' has no field '{right.Field}' that could be limited.", $"fields[{i}].field");
            }
        }

        return null;
    }

    /// <summary>The role as it is: whoever takes from those who may do more commands them as well.</summary>
    private static async ValueTask<IEnumerable<Role>> KnownAsync(CrmSilo silo, Asker asker, string key, CancellationToken cancel) =>
        (await silo.Access.OrganisationAsync(asker.Tenant, cancel)).FindRole(key) is { } known ? [known] : [];

    private static async ValueTask<Refusal?> CheckIncludedAsync(CrmSilo silo, Asker asker, IEnumerable<Role> roles, CancellationToken cancel)
    {
        var access = await silo.Access.FindAsync(asker, cancel);
        return roles.All(role => access.Includes(role, silo.Slices))
            ? null
            : Refusal.Forbidden("Nobody grants what he may not do himself.");
    }

    private static async Task TellAsync(HttpContext http, Refusal? refusal, object? command, Sending sending)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var book = AccessDirectory.BookOf(http.Caller.Asker.Tenant);
        var answer = refusal is null
            ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, book.Key, command!, sending, http.RequestAborted) // no refusal, so a command
            : Answer.Refused(book.Key, refusal);
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 200, answer));
    }

    private static void WriteRole(Utf8JsonWriter writer, Role role, bool isWhole, int? people)
    {
        writer.WriteStartObject();
        writer.WriteString("key"u8, role.Key);
        writer.WriteString("name"u8, role.Name);
        if (people is { } count)
        {
            writer.WriteNumber("people"u8, count);
        }

        if (isWhole)
        {
            writer.WriteStartArray("grants"u8);
            foreach (var grant in role.Grants)
            {
                writer.WriteStartObject();
                writer.WriteString("slice"u8, grant.Slice);
                writer.WriteString("verb"u8, grant.Verb);
                writer.WriteTexts("scopes"u8, grant.Scopes);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("fields"u8);
            foreach (var right in role.Fields)
            {
                writer.WriteStartObject();
                writer.WriteString("slice"u8, right.Slice);
                writer.WriteString("field"u8, right.Field);
                writer.WriteString("right"u8, right.Right);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
