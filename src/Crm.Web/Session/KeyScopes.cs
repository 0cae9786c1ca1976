using System.Runtime.CompilerServices;
using Crm.Grains.ApiKeys;
using Crm.Grains.Kernel;
using Crm.Silo.Hosting;
using Crm.Web.Http;

namespace Crm.Web.Session;

/// <summary>
/// The one place where an API key's scopes are judged. What a route needs follows from the route itself: its slice is the first part of its
/// path, its verb the one it describes itself with, or <c>read</c>. So a new slice has scopes as soon as it has routes.
/// </summary>
public static class KeyScopes
{
    private const string Reading = "read";

    private static readonly ConditionalWeakTable<Endpoint, Need> Needs = [];

    extension(WebApplication app)
    {
        /// <summary>Refuses keys what their scopes do not name.</summary>
        public void UseKeyScopes() => app.Use(static next => http =>
            http.Features.Get<Caller>() is { Key: { Scopes: not null } key } && http.GetEndpoint() is { } endpoint && Needs.GetValue(endpoint, static of => NeedOf(of)) is { Slice: { } slice, Verb: var verb }
            && !ApiKeyRules.Allows(key.Scopes, slice, verb)
                ? Problems.WriteAsync(http, 403, new Refusal(RefusalKind.Forbidden, "scope-missing", $"This key needs the scope {slice}:{verb}."))
                : next(http));
    }

    /// <summary>Every scope that a route of the application needs, in order.</summary>
    public static IReadOnlyList<string> AllOf(IEnumerable<EndpointDataSource> sources) =>
        [.. sources.SelectMany(source => source.Endpoints).Select(NeedOf).Where(need => need.Slice is not null).Select(need => $"{need.Slice}:{need.Verb}").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether a key may follow a live topic: it stands for a read.</summary>
    public static bool AllowsTopic(KnownKey key, string topic, SliceDirectory slices)
    {
        var (sort, path) = topic?.Split(':', 2) is [var head, var tail] ? (head, tail) : ("", "");
        var slice = sort switch
        {
            "record" => slices.TryFindKind(path.Split('/')[0], out var known) ? known.Slice.Plural : null,
            "list" => path.Split('?')[0],
            "funnel" => "funnels",
            "board" => "boards",
            "mine" => "my-day",
            "import" => "imports",
            "handover" => "handovers",
            "alerts" => "alerts",
            "tenant" => "tenant",
            "pipelines" => "pipelines",
            "fields" => "fields",
            _ => null,
        };
        return slice is null ? key.Scopes is null or [ApiKeyRules.Everything] : ApiKeyRules.Allows(key.Scopes, slice, Reading);
    }

    private static Need NeedOf(Endpoint endpoint)
    {
        // who one is may be asked with any key; what everybody may ask needs none; what is for people no key has come to
        if (endpoint is not RouteEndpoint { RoutePattern.RawText: { } text } || text.Trim('/').Split('/') is not ["api", var slice, .. var rest] || slice == "session"
            || endpoint.IsOpenToGuests)
        {
            return new(null, "");
        }

        if (endpoint.Metadata.GetMetadata<CommandMetadata>() is { } command)
        {
            return new(slice, command.Verb);
        }

        return endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] switch
        {
            "GET" or "HEAD" => new(slice, Reading),
            "POST" => new(slice, rest.LastOrDefault(part => !part.Contains('{', StringComparison.Ordinal)) ?? "create"),
            "PUT" => new(slice, "set"),
            _ => new(slice, "remove"),
        };
    }

    private sealed record Need(string? Slice, string Verb);
}
