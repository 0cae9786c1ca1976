using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.Shares;
using Crm.Runtime.Cards;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Rights;

/// <param name="UserId">Either a person</param>
/// <param name="DepartmentId">or a department.</param>
/// <param name="Right"><c>read</c> or <c>edit</c>.</param>
public sealed record ShareBody(Guid? UserId = null, Guid? DepartmentId = null, [property: JsonConverter(typeof(CodeConverter))] string Right = "read");

public sealed record UnshareBody(Guid? UserId = null, Guid? DepartmentId = null);

public static class ShareEndpoints
{
    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps the sharing of a slice's records.</summary>
        public void MapShares(string kind)
        {
            group.MapRead("/{id}/shares", http => ListAsync(http, kind)).Needs(kind, "read");
            group.MapPost("/{id}/share", (RequestDelegate)(http => ShareAsync(http, kind))).DescribeCommand<ShareBody>("share", 200).Needs(kind, "share");
            group.MapPost("/{id}/unshare", (RequestDelegate)(http => UnshareAsync(http, kind))).DescribeCommand<UnshareBody>("unshare", 200).Needs(kind, "share");
        }
    }

    private static async Task ListAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        if (!CommandRequest.TryReadId(http, out var id))
        {
            await Problems.WriteAsync(http, 400, CommandRequest.IdInvalid);
            return;
        }

        if (await silo.Cards.FindAsync(asker, silo.Slices.OfKind(kind), id, http.RequestAborted) is null)
        {
            await Problems.WriteAsync(http, 404, AccessPolicy.NotFound);
            return;
        }

        var slice = silo.Slices.OfKind("share");
        var record = new CardFilter.Compare(slice.Cards.Find("recordId")!, CardOperator.Equal, CardValue.Of(id)); // shares have a record
        var page = await silo.Store.QueryAsync(new(asker.Tenant, "share", record, Limit: 200), http.RequestAborted);
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var hit in page.Hits)
        {
            writer.WriteRawValue(hit.Json, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static async Task ShareAsync(HttpContext http, string kind)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<ShareBody>(), mayBeEmpty: false, http.RequestAborted);
        var share = body.Value;
        await TellAsync(http, kind, body.Refusal, body.Fingerprint, share?.UserId, share?.DepartmentId, share?.Right == "edit",
            (id, withKind, with) => new ShareCommand.Give(kind, id, withKind, with, share!.Right)); // told only without a refusal, so with a body
    }

    private static async Task UnshareAsync(HttpContext http, string kind)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<UnshareBody>(), mayBeEmpty: false, http.RequestAborted);
        await TellAsync(http, kind, body.Refusal, body.Fingerprint, body.Value?.UserId, body.Value?.DepartmentId, givesEditing: false, (_, _, _) => new ShareCommand.End());
    }

    private static async Task TellAsync(HttpContext http, string kind, Refusal? refusal, byte[] fingerprint, Guid? userId, Guid? departmentId, bool givesEditing, Func<Guid, string, Guid, ShareCommand> toCommand)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        Sending sending = default;
        refusal = (CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid) ?? refusal ?? CommandRequest.Read(http, fingerprint, out sending)
            ?? await silo.AccessDesk.JudgeAsync(asker, silo.Slices.OfKind(kind), id, "share", http.RequestAborted)
            // nobody gives what he has not
            ?? (givesEditing ? await silo.AccessDesk.JudgeAsync(asker, silo.Slices.OfKind(kind), id, "amend", http.RequestAborted) : null)
            ?? CheckWith(await silo.Access.OrganisationAsync(asker.Tenant, http.RequestAborted), userId, departmentId);
        var with = userId ?? departmentId ?? default;
        var share = AccessDirectory.ShareOf(asker.Tenant, kind, id, with);
        // judged on the record that is shared; the share itself belongs to nobody
        var answer = refusal is null
            ? await silo.Commands.TellAsync(asker, "share", share.Key, toCommand(id, userId is null ? "department" : "user", with), sending with { Trusted = true, ExpectedVersion = null }, http.RequestAborted)
            : Answer.Refused(share.Key, refusal);
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 200, answer));
    }

    private static Refusal? CheckWith(Organisation organisation, Guid? userId, Guid? departmentId) => (userId, departmentId) switch
    {
        ({ } user, null) => organisation.Users.GetValueOrDefault(user) is { Active: true } ? null : Refusal.Invalid("reference-not-found", "There is no such active user.", "userId"),
        (null, { } department) => organisation.Departments.GetValueOrDefault(department) is { Open: true } ? null : Refusal.Invalid("reference-not-found", "There is no such open department.", "departmentId"),
        (null, null) => Refusal.Invalid("field-required", "Name a person or a department.", "userId"),
        _ => Refusal.Invalid("field-invalid", "Name either a person or a department.", "departmentId"),
    };
}
