using Crm.Silo.Hosting;

namespace Crm.Web.Hosting;

/// <summary>How to sign in to the demo tenant.</summary>
internal sealed record DemoWelcome(string AdminLogin, string SalesLogin, string Password, string ApiKey);

internal static class DemoData
{
    public static Task<DemoWelcome?> SeedAsync(CrmSilo silo, Credentials credentials, DemoSettings settings, CancellationToken cancel) => Task.FromResult<DemoWelcome?>(null);
}
