using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.Grains;

/// <summary>Where grains are spoken to. The cluster is asked once what they are called there: it finds that out by reflection each time.</summary>
/// <param name="grains">Of a node that has joined.</param>
internal sealed class Seats(IGrainFactory grains)
{
    private readonly Lazy<(GrainType Type, GrainInterfaceType Interface)> _called = new(() =>
    {
        var any = grains.GetGrain<ICrmGrain>("any");
        return (any.GetGrainId().Type, ((GrainReference)any).InterfaceType);
    });

    public ICrmGrain Of(GrainId grain) =>
        (ICrmGrain)grains.GetGrain(global::Orleans.Runtime.GrainId.Create(_called.Value.Type, GrainKeys.Of(grain)), _called.Value.Interface);
}
