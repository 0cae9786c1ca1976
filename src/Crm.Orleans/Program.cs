using Crm.Orleans.Hosting;
using Crm.Web.Hosting;

return await CannotStart.TellAsync(() => RunAsync(args));

static async Task<int> RunAsync(string[] args)
{
    var builder = WebApplication.CreateBuilder(CrmApplication.OptionsOf(args));
    var cluster = ClusterSettings.Read(builder.Configuration, args);
    var settings = cluster.Fit(builder.AddCrm());
    if (cluster.HealthUrl is { } health)
    {
        builder.WebHost.UseUrls(health);
    }

    await using var host = new ClusterHost(cluster, settings.Files.PlaceIn(settings.DataPath));
    builder.Services.AddSingleton<SiloShape>(host.Shape);
    var app = builder.Build();
    var log = app.Services.GetRequiredService<ILogger<ClusterHost>>();
    host.Faulted += bug => ClusterLog.Faulted(log, bug);
    host.OnFatal = reason =>
    {
        ClusterLog.Fatal(log, reason);
        app.Lifetime.StopApplication();
    };
    return await app.RunCrmAsync(settings, () => host.Admit(cluster.Role == NodeRole.Silo ? app.MapWatch : app.MapCrm));
}

internal static partial class ClusterLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Something in the background failed and goes on.")]
    public static partial void Faulted(ILogger log, Exception bug);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store has failed and the server stops: {Reason}")]
    public static partial void Fatal(ILogger log, string reason);
}
