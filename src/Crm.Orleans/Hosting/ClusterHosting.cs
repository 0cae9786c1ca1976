using Crm.Orleans.Feed;
using Crm.Orleans.Grains;
using Crm.Orleans.Placing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Orleans.Hosting;

/// <summary>What every silo of the cluster needs, wherever its members and its grains are kept.</summary>
internal static class ClusterHosting
{
    /// <summary>How long an idle grain keeps its seat; its memory is put away no later.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(3);

    /// <summary>How long one try of a command may take before it is sent again.</summary>
    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(6);

    public static ISiloBuilder AddCrmGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton<LocalEngine>();
        silo.Services.TryAddSingleton<IEnvelopes, SliceEnvelopes>();
        silo.Services.AddSingleton<FeedReceiver>();
        silo.Services.AddSingleton<FeedClient>();
        silo.Services.AddSingleton<ClusterLoad>();
        silo.AddPlacementDirector<TenantPlacement, TenantPlacementDirector>();
        silo.AddGrainService<CommitFeed>();
        silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = IdleTime);
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = TryTime;
            // a message that nobody waits for any more is not worth a turn
            options.DropExpiredMessages = true;
        });
        return silo;
    }
}
