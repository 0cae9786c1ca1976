using Crm.Grains.Handovers;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;
using Crm.Web.People;

namespace Crm.Web.Handovers;

/// <param name="FromId">Who leaves.</param>
/// <param name="To">Who gets what no share names; they take turns.</param>
/// <param name="Shares">Slices that go to others.</param>
public sealed record HandoverBody(Guid FromId, IReadOnlyList<Guid> To, IReadOnlyList<HandoverShare>? Shares = null);

public static class HandoverEndpoints
{
    private const string Kind = "handover";

    private static readonly Refusal Oneself = Refusal.Conflict("state-conflict", "You cannot shut yourself out.");

    extension(IEndpointRouteBuilder routes)
    {
        public void MapHandovers()
        {
            var handovers = routes.MapGroup("/api/handovers").WithTags("Handovers");
            handovers.MapReads(Kind);
            handovers.MapRead("/preview", PreviewAsync).Needs(Kind, "request");
            handovers.MapPost("", (RequestDelegate)RequestAsync).DescribeCommand<HandoverBody>("request", 202).Needs(Kind, "request");
            handovers.MapPost("/{id}/undo", (RequestDelegate)UndoAsync).DescribeCommand<EmptyBody>("undo", 202).Needs(Kind, "request-undo");
        }
    }

    private static async Task PreviewAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var refusal = Records.CheckQuery(http, ["userId"]) ?? (Guid.TryParseExact(http.Request.Query["userId"], "D", out _) ? null : CommandRequest.IdInvalid with { Field = "userId" });
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, 400, refusal);
            return;
        }

        if (await silo.Handovers.PreviewAsync(http.Caller.Asker.Tenant, Guid.Parse(http.Request.Query["userId"]!), http.RequestAborted) is not { } preview) // read above
        {
            await Problems.WriteAsync(http, 404, AccessPolicy.NotFound);
            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteString("fromId"u8, preview.FromId);
        writer.WriteStartArray("slices"u8);
        foreach (var holding in preview.Holdings)
        {
            writer.WriteStartObject();
            writer.WriteString("slice"u8, holding.Slice);
            writer.WriteNumber("count"u8, holding.Count);
            writer.WriteNumber("openSteps"u8, holding.OpenSteps);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("total"u8, preview.Holdings.Sum(holding => holding.Count));
        writer.WriteNumber("targetsKept"u8, preview.Targets);
        writer.WriteTexts("departments"u8, preview.Departments);
        writer.WriteTexts("reports"u8, preview.Reports);
        writer.WriteEndObject();
    }

    private static async Task RequestAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<HandoverBody>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var id = GrainId.NewKey(silo.Time.GetUtcNow());
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)
            ?? (body.Value!.FromId == asker.Id ? Oneself : null) // no refusal, so a body
            ?? await UserPlaces.CheckAsync(silo, asker, body.Value.FromId, null, null, null, http.RequestAborted);
        var answer = refusal is null
            ? await silo.Handovers.RequestAsync(asker, id, body.Value!.FromId, body.Value.To, body.Value.Shares ?? [], sending with { ExpectedVersion = null }, http.RequestAborted) // as above
            : Answer.Refused(id, refusal);
        if (answer.Succeeded)
        {
            await SetActiveAsync(http, silo, body.Value!.FromId, new UserCommand.Deactivate(), sending.By); // as above
        }

        await AnswerAsync(http, answer);
    }

    private static async Task UndoAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<EmptyBody>(), mayBeEmpty: true, http.RequestAborted);
        Sending sending = default;
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var refusal = (CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid) ?? body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        var card = refusal is null ? await silo.Cards.FindAsync<HandoverCard>(asker, silo.Slices.OfKind(Kind), id, http.RequestAborted) : null;
        refusal ??= card is null ? AccessPolicy.NotFound : await UserPlaces.CheckAboveAsync(silo, asker, card.FromId, http.RequestAborted);
        var answer = refusal is null ? await silo.Commands.TellAsync(asker, Kind, id, new HandoverCommand.RequestUndo(), sending, http.RequestAborted) : Answer.Refused(id, refusal);
        if (answer.Succeeded && card is { WasActive: true })
        {
            await SetActiveAsync(http, silo, card.FromId, new UserCommand.Activate(), sending.By);
        }

        await AnswerAsync(http, answer);
    }

    /// <summary>Shuts the person out, or lets him in again, at once; the run itself would do so a moment later, but not to his sign-in.</summary>
    private static async Task SetActiveAsync(HttpContext http, CrmSilo silo, Guid person, UserCommand command, SenderKind by)
    {
        // asking for a hand-over is asking for this too
        await silo.Commands.TellAsync(http.Caller.Asker, "user", person, command, new(by, Trusted: true), http.RequestAborted);
        if (await silo.Cards.FindAsync<UserCard>(Asker.System(http.Caller.Asker.Tenant), silo.Slices.OfKind("user"), person, http.RequestAborted) is { } user)
        {
            await http.RequestServices.GetRequiredService<Credentials>().UpdateLoginAsync(user.Login, user.Name, user.Role, user.Active, http.RequestAborted);
        }
    }

    private static Task AnswerAsync(HttpContext http, Answer answer) =>
        answer.Refusal is { } refusal ? Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal) : CommandRequest.WriteAsync(http, 202, answer);
}
