using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Crm.Web.Hosting;

/// <summary>Where people reach the server. Never taken from a request: whoever sends one chooses its Host header.</summary>
public sealed class PublicAddress(CrmSettings settings, IServer server)
{
    /// <summary>Without a slash at the end.</summary>
    public string Base => (settings.PublicUrl ?? Listening()).GetLeftPart(UriPartial.Authority);

    private Uri Listening()
    {
        var first = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        var named = first.Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://*", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).Replace("://[::]", "://localhost", StringComparison.Ordinal);
        return new(named);
    }
}
