using Crm.Grains;

namespace Crm.Silo.Tenants;

/// <summary>A module with the slices that declare it.</summary>
/// <param name="Needs">Keys of the modules without which it is off.</param>
/// <param name="Slices">Plurals.</param>
public sealed record ModuleEntry(string Key, IReadOnlyList<string> Needs, IReadOnlyList<string> Slices);

/// <summary>The modules there are, as the slices declare them.</summary>
public static class ModuleCatalog
{
    public static IReadOnlyList<ModuleEntry> All { get; } =
    [
        .. Slices.All.Where(slice => slice.Module is not null).GroupBy(slice => slice.Module!.Key, StringComparer.Ordinal) // only those with a module
            .Select(module => new ModuleEntry(module.Key, [.. module.SelectMany(slice => slice.Module!.Needs).Distinct()], [.. module.Select(slice => slice.Plural)])),
    ];

    public static bool Knows(string key) => All.Any(module => module.Key == key);

    /// <summary>What is off when some are switched off: those, and all that need one of them.</summary>
    public static IReadOnlySet<string> Off(IReadOnlyCollection<string> switchedOff)
    {
        var off = switchedOff.ToHashSet(StringComparer.Ordinal);
        int before;
        do
        {
            before = off.Count;
            off.UnionWith(All.Where(module => module.Needs.Any(off.Contains)).Select(module => module.Key));
        }
        while (off.Count > before);

        return off;
    }
}
