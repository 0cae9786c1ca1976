using System.Text.Json.Serialization;

namespace Crm.Grains.ApiKeys;

/// <summary>What may be asked of one API key. A command states intent and may be refused.</summary>
public abstract record ApiKeyCommand
{
    private ApiKeyCommand() { }

    /// <param name="Role">A key of the role book.</param>
    /// <param name="Scopes">What it may be used for, such as <c>leads:read</c>, <c>leads:capture</c>, <c>opportunities:*</c>; default <c>*</c>, everything its role may.</param>
    /// <param name="RequestsPerSecond">1 to 10,000; default the server's limit.</param>
    public sealed record Issue(
        string Name, [property: JsonConverter(typeof(CodeConverter))] string Role, IReadOnlyList<string>? Scopes = null, int? RequestsPerSecond = null) : ApiKeyCommand;

    /// <inheritdoc cref="Issue"/>
    public sealed record Rescope(IReadOnlyList<string> Scopes, int? RequestsPerSecond = null) : ApiKeyCommand;

    /// <summary>Another key takes this one's place.</summary>
    /// <param name="OverlapHours">How long the old key still works, 0 to 168; default 24.</param>
    public sealed record Rotate(int OverlapHours = ApiKeyRules.OverlapHours) : ApiKeyCommand;

    public sealed record Revoke : ApiKeyCommand;
}
