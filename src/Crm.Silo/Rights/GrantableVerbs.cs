using Crm.Grains.RoleBooks;
using Crm.Silo.Hosting;

namespace Crm.Silo.Rights;

/// <summary>What roles may be granted.</summary>
public static class GrantableVerbs
{
    /// <summary>Those that are no commands of the slice's own.</summary>
    private static readonly string[] Common = ["read", "create", "export", "erase", "share"];

    extension(ISliceBehaviour slice)
    {
        /// <summary>Verbs that roles may be granted on the slice, in order.</summary>
        public IEnumerable<string> Grantable => slice.Verbs.Concat(Common).Distinct().Order(StringComparer.Ordinal);
    }

    extension(Access access)
    {
        /// <summary>Whether this asker's rights include all of another role's, on every slice and by every verb.</summary>
        public bool Includes(Role role, SliceDirectory slices) =>
            access.Includes(role, slices.All.Select(slice => slice.Slice), slices.All.SelectMany(slice => slice.Grantable).Distinct());
    }
}
