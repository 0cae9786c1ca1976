using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Web.Http;

/// <summary>What a command's endpoint looks up before it can give the command: a command, or why there is none.</summary>
public readonly record struct Gathered(object? Command, Refusal? Refusal)
{
    public static implicit operator Gathered(Refusal refusal) => new(null, refusal);

    public static Gathered Of(object command) => new(command, null);
}

/// <summary>Looks up what the command needs from elsewhere.</summary>
public delegate ValueTask<Gathered> Gather<in TBody>(CrmSilo silo, Asker asker, Guid id, TBody body, CancellationToken cancel);

/// <summary>An answer to a command.</summary>
public sealed record CommandReply(Guid Id, long Version);

/// <summary>Maps verbs of a record to commands of its grain.</summary>
public static class Commands
{
    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps <c>POST {id}/{verb}</c> to a command that is the body itself.</summary>
        public RouteHandlerBuilder MapVerb<TCommand>(string kind, string verb, bool mayBeEmpty = false, bool needsVersion = false) where TCommand : class =>
            group.MapVerb<TCommand>(kind, verb, static body => body, mayBeEmpty, needsVersion);

        /// <summary>Maps <c>POST {id}/{verb}</c> to a command made of the body alone.</summary>
        public RouteHandlerBuilder MapVerb<TBody>(string kind, string verb, Func<TBody, object> toCommand, bool mayBeEmpty = false, bool needsVersion = false) where TBody : class =>
            group.MapVerb<TBody>(kind, verb, (_, _, _, body, _) => ValueTask.FromResult(Gathered.Of(toCommand(body))), mayBeEmpty, needsVersion);

        /// <summary>Maps <c>POST {id}/{verb}</c> to a command that needs something looked up.</summary>
        public RouteHandlerBuilder MapVerb<TBody>(string kind, string verb, Gather<TBody> gather, bool mayBeEmpty = false, bool needsVersion = false) where TBody : class
        {
            var type = WebJson.Strict.TypeInfo<TBody>();
            var handler = new VerbHandler<TBody>(kind, type, gather, mayBeEmpty, needsVersion);
            return group.MapPost($"/{{id}}/{verb}", (RequestDelegate)handler.HandleAsync).DescribeCommand<TBody>(verb, 200).Needs(kind, verb);
        }

        /// <summary>Maps <c>POST /</c> to the creation of a record with a new id.</summary>
        public RouteHandlerBuilder MapCreate<TBody>(string kind, Gather<TBody> gather) where TBody : class
        {
            var handler = new CreateHandler<TBody>(kind, WebJson.Strict.TypeInfo<TBody>(), gather);
            return group.MapPost("", (RequestDelegate)handler.HandleAsync).DescribeCommand<TBody>("create", 201).Needs(kind, "create");
        }
    }

    extension(IEndpointConventionBuilder endpoint)
    {
        /// <summary>Lists a raw handler in the OpenAPI document.</summary>
        public IEndpointConventionBuilder Describe()
        {
            endpoint.Add(static builder => builder.Metadata.Add(DescribedMethod.Info));
            return endpoint;
        }

        /// <summary>Tells the OpenAPI document what a raw handler takes and answers.</summary>
        public RouteHandlerBuilder DescribeCommand<TBody>(string verb, int status)
        {
            endpoint.Add(builder =>
            {
                builder.Metadata.Add(new CommandMetadata(verb, typeof(TBody), status));
                builder.Metadata.Add(DescribedMethod.Info);
                builder.Metadata.Add(new Microsoft.AspNetCore.Http.Metadata.AcceptsMetadata(["application/json"], typeof(TBody)));
                builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(CommandReply), ["application/json"]));
            });
            return new RouteHandlerBuilder([endpoint]);
        }
    }

    private sealed class VerbHandler<TBody>(string kind, JsonTypeInfo<TBody> type, Gather<TBody> gather, bool mayBeEmpty, bool needsVersion) where TBody : class
    {
        private readonly TBody? _empty = mayBeEmpty ? JsonSerializer.Deserialize("{}", type) : null;

        public async Task HandleAsync(HttpContext http)
        {
            // whoever hangs up has still given the command
            var cancel = CancellationToken.None;
            if (!CommandRequest.TryReadId(http, out var id))
            {
                await Problems.WriteAsync(http, 400, CommandRequest.IdInvalid);
                return;
            }

            var body = await JsonBody.ReadAsync(http, type, mayBeEmpty, cancel);
            Sending sending = default;
            var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
            if (refusal is null && needsVersion && !http.Request.Headers.ContainsKey("If-Match"))
            {
                refusal = Refusal.Invalid("precondition-required", "This changes the whole of something: send If-Match with the version you saw.");
            }

            var silo = http.RequestServices.GetRequiredService<CrmSilo>();
            var gathered = refusal is null ? await gather(silo, http.Caller.Asker, id, body.Value ?? _empty!, cancel) : refusal; // without a body only where it may be empty
            if (gathered.Refusal is { } no)
            {
                if (refusal is null && await silo.Cards.FindAsync(http.Caller.Asker, silo.Slices.OfKind(kind), id, cancel) is null)
                {
                    no = AccessPolicy.NotFound; // first of all, whatever it was to be changed into
                }

                await Problems.WriteAsync(http, Problems.StatusOf(no), no);
                return;
            }

            var answer = await silo.Commands.TellAsync(http.Caller.Asker, kind, id, gathered.Command!, sending, cancel); // no refusal, so a command
            await (answer.Refusal is { } refused
                ? Problems.WriteAsync(http, Problems.StatusOf(refused), refused)
                : CommandRequest.WriteAsync(http, 200, answer));
        }
    }

    private sealed class CreateHandler<TBody>(string kind, JsonTypeInfo<TBody> type, Gather<TBody> gather) where TBody : class
    {
        public async Task HandleAsync(HttpContext http)
        {
            // whoever hangs up has still given the command
            var cancel = CancellationToken.None;
            var body = await JsonBody.ReadAsync(http, type, mayBeEmpty: false, cancel);
            Sending sending = default;
            var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
            var silo = http.RequestServices.GetRequiredService<CrmSilo>();
            var id = GrainId.NewKey(silo.Time.GetUtcNow());
            var gathered = refusal is null ? await gather(silo, http.Caller.Asker, id, body.Value!, cancel) : refusal; // no refusal, so a body
            if (gathered.Refusal is { } no)
            {
                await Problems.WriteAsync(http, Problems.StatusOf(no), no);
                return;
            }

            var answer = await silo.Commands.TellAsync(http.Caller.Asker, kind, id, gathered.Command!, sending with { ExpectedVersion = null, IsFresh = true }, cancel); // no refusal, so a command
            await (answer.Refusal is { } refused
                ? Problems.WriteAsync(http, Problems.StatusOf(refused), refused)
                : CommandRequest.WriteAsync(http, 201, answer));
        }
    }
}

/// <summary>What a raw handler is, for the OpenAPI document.</summary>
public sealed record CommandMetadata(string Verb, Type Body, int Status);

/// <summary>The document lists only endpoints with a method; raw handlers share this one.</summary>
internal static class DescribedMethod
{
    public static System.Reflection.MethodInfo Info { get; } = ((Func<HttpContext, Task>)DescribeAsync).Method;

    private static Task DescribeAsync(HttpContext http) => throw new System.Diagnostics.UnreachableException();
}

/// <summary>JSON of the slices and of the bodies that only HTTP has.</summary>
public static class WebJson
{
    public static JsonSerializerOptions Strict { get; } = SiloJson.Strict.With(BodyJson.Default);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(EmptyBody))]
[JsonSerializable(typeof(ActivityDraft))]
[JsonSerializable(typeof(Step))]
[JsonSerializable(typeof(Dictionary<string, string?>))]
[JsonSerializable(typeof(Leads.ConvertBody))]
[JsonSerializable(typeof(Leads.BulkAssignBody))]
[JsonSerializable(typeof(Contacts.CreateContactBody))]
[JsonSerializable(typeof(Contacts.MoveContactBody))]
[JsonSerializable(typeof(Opportunities.CreateOpportunityBody))]
[JsonSerializable(typeof(Opportunities.MoveBody))]
[JsonSerializable(typeof(Pipelines.TargetBody))]
[JsonSerializable(typeof(Session.SignInBody))]
[JsonSerializable(typeof(Session.LocaleBody))]
[JsonSerializable(typeof(Session.SecondFactorBody))]
[JsonSerializable(typeof(Session.PasskeySignInBody))]
[JsonSerializable(typeof(Session.CompanySignInBody))]
[JsonSerializable(typeof(Session.ForgottenBody))]
[JsonSerializable(typeof(Session.LinkBody))]
[JsonSerializable(typeof(Session.LinkPasswordBody))]
[JsonSerializable(typeof(Session.ConfirmBody))]
[JsonSerializable(typeof(Session.CodeBody))]
[JsonSerializable(typeof(Session.PasskeyBody))]
[JsonSerializable(typeof(Session.PasskeyIdBody))]
[JsonSerializable(typeof(Session.SessionIdBody))]
[JsonSerializable(typeof(Session.CompanySettingsBody))]
[JsonSerializable(typeof(People.RegisterBody))]
[JsonSerializable(typeof(People.PasswordBody))]
[JsonSerializable(typeof(Tenants.ModuleBody))]
[JsonSerializable(typeof(Tenants.OpenTenantBody))]
[JsonSerializable(typeof(Tenants.LimitFilesBody))]
[JsonSerializable(typeof(Tenants.SuspendTenantBody))]
[JsonSerializable(typeof(Tenants.DeleteTenantBody))]
[JsonSerializable(typeof(Handovers.HandoverBody))]
[JsonSerializable(typeof(Exports.ExportBody))]
[JsonSerializable(typeof(Exports.RefuseExportBody))]
[JsonSerializable(typeof(Audit.RestoreBody))]
[JsonSerializable(typeof(Audit.ReleaseBody))]
[JsonSerializable(typeof(Crm.Grains.Policies.PolicyLimits))]
[JsonSerializable(typeof(Rights.RoleBody))]
[JsonSerializable(typeof(Rights.SimulateBody))]
[JsonSerializable(typeof(Rights.ShareBody))]
[JsonSerializable(typeof(Rights.UnshareBody))]
[JsonSerializable(typeof(People.InviteBody))]
[JsonSerializable(typeof(Crm.Grains.Users.UserCommand.Amend))]
[JsonSerializable(typeof(Crm.Grains.ApiKeys.ApiKeyCommand.Issue))]
[JsonSerializable(typeof(Crm.Grains.ApiKeys.ApiKeyCommand.Rescope))]
[JsonSerializable(typeof(Crm.Grains.ApiKeys.ApiKeyCommand.Rotate))]
internal sealed partial class BodyJson : JsonSerializerContext;

/// <summary>A verb that says everything.</summary>
public sealed record EmptyBody;
