using System.Diagnostics;
using static Crm.Grains.ApiKeys.ApiKeyCommand;
using static Crm.Grains.ApiKeys.ApiKeyEvent;

namespace Crm.Grains.ApiKeys;

/// <summary>An API key's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class ApiKeyRules
{
    /// <summary>Says what <paramref name="command"/> does to <paramref name="key"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="ApiKeyRefusals"/> entry.</returns>
    public static Decision<ApiKeyEvent> Decide(ApiKey key, ApiKeyCommand command, DateTimeOffset now) => (key, command) switch
    {
        (_, Issue i) when (Check.Required("name", i.Name) ?? Check.Required("role", i.Role) ?? Check.Slug("role", i.Role)) is { } wrong => wrong,  // AK1
        (ApiKey.Unknown, Issue i) => [new Issued(i.Name.Trim(), i.Role)],
        (ApiKey.Unknown, _) => ApiKeyRefusals.NotFound,
        (ApiKey.Active, Issue) => [],                                                                           // AK1
        (ApiKey.Active, Revoke) => [new Revoked()],                                                             // AK2
        (ApiKey.Revoked, Revoke) => [],
        (ApiKey.Revoked, Issue) => ApiKeyRefusals.Revoked,                                                      // AK2
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {key.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static ApiKey Evolve(ApiKey key, ApiKeyEvent happened) => happened switch
    {
        Issued e => new ApiKey.Active(e.Role),
        Revoked => new ApiKey.Revoked(),
        _ => key,
    };

    public static Holder Holder(ApiKey key) => key is ApiKey.Unknown ? default : new(OwnerId: null, Exists: true);
}
