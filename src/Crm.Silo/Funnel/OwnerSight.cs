using Crm.Grains.Kernel;
using Crm.Silo.Rights;

namespace Crm.Silo.Funnel;

/// <summary>Whose records of a slice an asker counts, by the owner's written form in a tally; each owner is judged once.</summary>
/// <param name="only">Of these, only this owner's; null for all.</param>
internal sealed class OwnerSight(Access rights, Slice slice, Guid? only = null)
{
    private readonly bool _seesAll = rights.SeesAll(slice);
    private readonly string? _only = only?.ToString();
    private readonly Dictionary<string, bool>.AlternateLookup<ReadOnlySpan<char>> _judged = new Dictionary<string, bool>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public bool Sees(ReadOnlySpan<char> owner)
    {
        if (_only is not null && !owner.SequenceEqual(_only))
        {
            return false;
        }

        if (!_seesAll && !_judged.TryGetValue(owner, out _))
        {
            _judged[owner] = rights.SeesOwner(slice, Guid.TryParse(owner, out var id) ? id : null);
        }

        return _seesAll || _judged[owner];
    }
}
