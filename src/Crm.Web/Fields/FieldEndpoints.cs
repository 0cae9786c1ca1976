using Crm.Grains.FieldBooks;
using Crm.Silo.Commands;
using Crm.Silo.Fields;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Fields;

/// <summary>The fields that a tenant adds to its records: read by everybody who works with them, changed by administrators.</summary>
public static class FieldEndpoints
{
    private const string Kind = "fieldbook";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapFields()
        {
            var fields = routes.MapGroup("/api/fields").WithTags("Fields");
            fields.MapRead("", ListAsync).OpenToMembers("whoever sees records has to know their fields; those hidden from a role are not among them");
            fields.MapRead("/{slice}", FindAsync).OpenToMembers("whoever sees records has to know their fields; those hidden from a role are not among them");
            fields.MapRead("/{slice}/timeline", TimelineAsync).Needs(Kind, "read");
            MapFieldVerb<FieldBookCommand.Add>(fields, "add", (slice, command) => command with { Slice = slice });
            MapFieldVerb<FieldBookCommand.Amend>(fields, "amend");
            MapFieldVerb<FieldBookCommand.AddOption>(fields, "add-option");
            MapFieldVerb<FieldBookCommand.RenameOption>(fields, "rename-option");
            MapFieldVerb<FieldBookCommand.RetireOption>(fields, "retire-option");
            MapFieldVerb<FieldBookCommand.RestoreOption>(fields, "restore-option");
            MapFieldVerb<FieldBookCommand.Retire>(fields, "retire");
            MapFieldVerb<FieldBookCommand.Restore>(fields, "restore");
            MapFieldVerb<FieldBookCommand.Reorder>(fields, "reorder");
        }
    }

    private static void MapFieldVerb<TCommand>(RouteGroupBuilder fields, string verb, Func<string, TCommand, TCommand>? fill = null) where TCommand : class =>
        fields.MapPost($"/{{slice}}/{verb}", (RequestDelegate)(http => TellAsync(http, fill))).DescribeCommand<TCommand>(verb, 200).Needs(Kind, verb);

    private static async Task TellAsync<TCommand>(HttpContext http, Func<string, TCommand, TCommand>? fill) where TCommand : class
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<TCommand>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var plural = SliceIn(http);
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending) ?? (Takes(silo, plural) ? null : FieldBookRefusals.NoCustomFields);
        var id = AccessDirectory.FieldsOf(http.Caller.Asker.Tenant, plural).Key;
        object? command = body.Value is null || fill is null ? body.Value : fill(plural, body.Value);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, command!, sending, http.RequestAborted) : Answer.Refused(id, refusal); // no refusal, so a command
        await (answer.Refusal is { } no
            ? Problems.WriteAsync(http, Problems.StatusOf(no), no)
            : CommandRequest.WriteAsync(http, 200, answer));
    }

    private static async Task ListAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var access = await silo.Access.FindAsync(http.Caller.Asker, http.RequestAborted);
        await Records.WriteJsonAsync(http, FieldsJson.WriteAll(access, silo.Slices));
    }

    private static async Task FindAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var access = await silo.Access.FindAsync(http.Caller.Asker, http.RequestAborted);
        if (silo.Slices.TryFindPlural(SliceIn(http), out var slice) && slice.Slice.HasCustomFields && access.IsOn(slice.Slice))
        {
            await Records.WriteJsonAsync(http, FieldsJson.Write(access, slice));
        }
        else
        {
            await Problems.WriteAsync(http, 404, FieldBookRefusals.NoCustomFields);
        }
    }

    private static Task TimelineAsync(HttpContext http) => Takes(http.RequestServices.GetRequiredService<CrmSilo>(), SliceIn(http))
        ? TimelineJson.AnswerAsync(http, AccessDirectory.FieldsOf(http.Caller.Asker.Tenant, SliceIn(http)))
        : Problems.WriteAsync(http, 404, FieldBookRefusals.NoCustomFields);

    private static string SliceIn(HttpContext http) => (string)http.GetRouteValue("slice")!; // the route has it

    private static bool Takes(CrmSilo silo, string plural) => silo.Slices.TryFindPlural(plural, out var slice) && slice.Slice.HasCustomFields;
}
