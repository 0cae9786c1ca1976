using System.Diagnostics;
using static Crm.Grains.ApiKeys.ApiKeyCommand;
using static Crm.Grains.ApiKeys.ApiKeyEvent;

namespace Crm.Grains.ApiKeys;

/// <summary>An API key's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class ApiKeyRules
{
    /// <summary>The scope of a key that may do all that its role may.</summary>
    public const string Everything = "*";

    /// <summary>How long the old key still works after a rotation, in hours, when nothing else is said.</summary>
    public const int OverlapHours = 24;

    private const int MostScopes = 100;
    private const int LongestOverlapHours = 168;
    private const int MostRequestsPerSecond = 10_000;

    /// <summary>Says what <paramref name="command"/> does to <paramref name="key"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="ApiKeyRefusals"/> entry.</returns>
    public static Decision<ApiKeyEvent> Decide(ApiKey key, ApiKeyCommand command, DateTimeOffset now) => (key, command) switch
    {
        (_, Issue i) when (Check.Required("name", i.Name) ?? Check.Required("role", i.Role) ?? Check.Slug("role", i.Role)) is { } wrong => wrong,  // AK1
        (_, Issue i) when Wrong(i.Scopes, i.RequestsPerSecond) is { } wrong => wrong,                           // AK3
        (ApiKey.Unknown, Issue i) => [new Scoped(i.Name.Trim(), i.Role, Tidy(i.Scopes), i.RequestsPerSecond)],
        (ApiKey.Unknown, _) => ApiKeyRefusals.NotFound,
        (ApiKey.Active, Issue) => [],                                                                           // AK1
        (ApiKey.Active, Rescope s) when Wrong(s.Scopes, s.RequestsPerSecond) is { } wrong => wrong,             // AK3
        (ApiKey.Active active, Rescope s) => Tidy(active.Scopes).SequenceEqual(Tidy(s.Scopes)) && active.RequestsPerSecond == s.RequestsPerSecond  // AK4
            ? []
            : [new Rescoped(Tidy(active.Scopes), Tidy(s.Scopes), s.RequestsPerSecond)],
        (ApiKey.Active, Rotate { OverlapHours: < 0 or > LongestOverlapHours }) => ApiKeyRefusals.OverlapInvalid,  // AK5
        (ApiKey.Active, Rotate r) => [new Rotated(now.AddHours(r.OverlapHours))],                               // AK5
        (ApiKey.Active, Revoke) => [new Revoked()],                                                             // AK2
        (ApiKey.Revoked, Revoke) => [],
        (ApiKey.Revoked, Issue or Rescope or Rotate) => ApiKeyRefusals.Revoked,                                 // AK2
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {key.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static ApiKey Evolve(ApiKey key, ApiKeyEvent happened) => (key, happened) switch
    {
        (_, Issued e) => new ApiKey.Active(e.Role),
        (_, Scoped e) => new ApiKey.Active(e.Role, e.Scopes, e.RequestsPerSecond),
        (ApiKey.Active active, Rescoped e) => active with { Scopes = e.To, RequestsPerSecond = e.RequestsPerSecond },
        (_, Revoked) => new ApiKey.Revoked(),
        _ => key,
    };

    public static Holder Holder(ApiKey key) => key is ApiKey.Unknown ? default : new(OwnerId: null, Exists: true);

    /// <summary>Whether a key with these scopes may use a verb of a slice (AK3). Null is everything.</summary>
    public static bool Allows(IReadOnlyList<string>? scopes, string slice, string verb)
    {
        if (scopes is null)
        {
            return true;
        }

        foreach (var scope in scopes)
        {
            var colon = scope.IndexOf(':', StringComparison.Ordinal);
            if (scope == Everything || (colon == slice.Length && scope.StartsWith(slice, StringComparison.Ordinal) && scope.AsSpan(colon + 1) is var rest && (rest is Everything || rest.SequenceEqual(verb))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a text is written like a scope (AK3); whether there is such a slice and verb, the host knows.</summary>
    public static bool IsScope(string? scope) =>
        scope is Everything || (scope is { Length: <= 100 } && scope.Split(':') is [var slice, var verb] && IsName(slice) && (verb is Everything || IsName(verb)));

    private static Refusal? Wrong(IReadOnlyList<string>? scopes, int? requestsPerSecond) =>
        scopes is not null && (scopes.Count is 0 or > MostScopes || !scopes.All(IsScope)) ? ApiKeyRefusals.ScopeInvalid
        : requestsPerSecond is < 1 or > MostRequestsPerSecond ? ApiKeyRefusals.LimitInvalid
        : null;

    private static IReadOnlyList<string> Tidy(IReadOnlyList<string>? scopes) =>
        scopes is null || scopes.Contains(Everything) ? [Everything] : [.. scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || c == '-');
}
