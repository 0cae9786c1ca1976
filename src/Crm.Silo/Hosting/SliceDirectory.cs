using System.Diagnostics.CodeAnalysis;

namespace Crm.Silo.Hosting;

/// <summary>The behaviours of all slices, by kind and by plural.</summary>
public sealed class SliceDirectory(IReadOnlyList<ISliceBehaviour> all)
{
    private readonly Dictionary<string, ISliceBehaviour> _byKind = all.ToDictionary(slice => slice.Kind, StringComparer.Ordinal);
    private readonly Dictionary<string, ISliceBehaviour> _byPlural = all.ToDictionary(slice => slice.Slice.Plural, StringComparer.Ordinal);

    public IReadOnlyList<ISliceBehaviour> All => all;

    public ISliceBehaviour OfKind(string kind) => _byKind[kind];

    public bool TryFindKind(string kind, [NotNullWhen(true)] out ISliceBehaviour? slice) => _byKind.TryGetValue(kind, out slice);

    public bool TryFindPlural(string plural, [NotNullWhen(true)] out ISliceBehaviour? slice) => _byPlural.TryGetValue(plural, out slice);
}
