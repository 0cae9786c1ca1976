using Orleans.Storage;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.States;

/// <summary>The documents of grains in an Orleans storage provider, whichever it is.</summary>
/// <param name="find">The provider, which is there once the node has joined.</param>
internal sealed class DocumentStore(Func<IGrainStorage> find)
{
    /// <summary>The provider's name in the host, and the states' name in the provider.</summary>
    public const string Name = "crm";

    private static readonly GrainType Type = GrainType.Create("crm-document");

    /// <summary>Reads a grain's document; one that was never written has no ETag.</summary>
    public async Task<GrainState<GrainDocument>> ReadAsync(GrainId grain)
    {
        var state = new GrainState<GrainDocument>(new());
        await find().ReadStateAsync(Name, AddressOf(grain), state);
        state.State ??= new();
        return state;
    }

    /// <summary>Writes it, if nobody else has since it was read.</summary>
    /// <exception cref="InconsistentStateException">Somebody has.</exception>
    public Task WriteAsync(GrainId grain, GrainState<GrainDocument> state) => find().WriteStateAsync(Name, AddressOf(grain), state);

    public async Task RemoveAsync(GrainId grain)
    {
        if (await ReadAsync(grain) is { RecordExists: true } known)
        {
            await find().ClearStateAsync(Name, AddressOf(grain), known);
        }
    }

    private static global::Orleans.Runtime.GrainId AddressOf(GrainId grain) => global::Orleans.Runtime.GrainId.Create(Type, Grains.GrainKeys.Of(grain));
}
