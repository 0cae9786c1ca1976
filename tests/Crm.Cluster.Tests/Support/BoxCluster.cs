using System.Collections.Concurrent;
using System.Globalization;
using Crm.Orleans.Grains;
using Crm.Orleans.Hosting;
using Crm.Runtime.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Crm.Cluster.Tests.Support;

/// <summary>
/// Three silos in this process, started once for all suites. Each test has a session of its own: engines of its own on every silo, and seats
/// of its own, so that one test's grains are nothing to another's.
/// </summary>
internal static class BoxCluster
{
    private static readonly Lazy<Task<InProcessTestCluster>> Started = new(StartAsync);
    private static readonly ConcurrentDictionary<(string Silo, int Session), EmbeddedEngine> Engines = new();
    private static int s_sessions;

    public static InProcessTestCluster Cluster => Started.Value.GetAwaiter().GetResult();

    public static int Open(Func<EmbeddedEngine> make)
    {
        var session = Interlocked.Increment(ref s_sessions);
        foreach (var silo in Cluster.Silos)
        {
            Engines[(silo.Name, session)] = make();
        }

        return session;
    }

    public static IReadOnlyList<EmbeddedEngine> EnginesOf(int session) => [.. Engines.Where(engine => engine.Key.Session == session).Select(engine => engine.Value)];

    public static ICrmGrain SeatOf(Crm.Runtime.GrainId grain, int session) =>
        Cluster.Client.GetGrain<ICrmGrain>(string.Create(CultureInfo.InvariantCulture, $"{GrainKeys.Of(grain)}/{session}"));

    public static async Task CloseAsync(int session)
    {
        foreach (var id in Engines.Keys.Where(engine => engine.Session == session).ToArray())
        {
            if (Engines.TryRemove(id, out var engine))
            {
                await engine.DisposeAsync();
            }
        }
    }

    private static async Task<InProcessTestCluster> StartAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddSingleton<LocalEngine>(new SessionEngines(options.SiloName));
            silo.Services.AddSingleton<IEnvelopes, BoxEnvelopes>();
            silo.AddCrmGrains();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private sealed class SessionEngines(string silo) : LocalEngine
    {
        public override EmbeddedEngine? EngineOf(string key) =>
            Engines.GetValueOrDefault((silo, int.Parse(key.AsSpan(key.LastIndexOf('/') + 1), CultureInfo.InvariantCulture)));
    }
}
