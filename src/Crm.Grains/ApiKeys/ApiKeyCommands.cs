using System.Text.Json.Serialization;

namespace Crm.Grains.ApiKeys;

/// <summary>What may be asked of one API key. A command states intent and may be refused.</summary>
public abstract record ApiKeyCommand
{
    private ApiKeyCommand() { }

    /// <param name="Role">A key of the role book.</param>
    public sealed record Issue(string Name, [property: JsonConverter(typeof(CodeConverter))] string Role) : ApiKeyCommand;

    public sealed record Revoke : ApiKeyCommand;
}
