using Crm.Grains.Kernel;

namespace Crm.Silo.Rights;

/// <summary>On whose behalf something is read or commanded.</summary>
/// <param name="Role"><c>admin</c> or <c>sales</c>.</param>
public sealed record Asker(string Tenant, Guid Id, string Name, string Role)
{
    public bool IsAdmin => Role == "admin";

    /// <summary>Our own reactions, clocks and imports: they act on what somebody with the right began.</summary>
    public static Asker System(string tenant) => new(tenant, Guid.Empty, "system", "admin");
}

/// <summary>The one place that says who may see and command which record.</summary>
public static class AccessPolicy
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such record.");
    public static readonly Refusal AdminsOnly = Refusal.Forbidden("Only an administrator may do this.");

    /// <summary>Why the asker may not command a record of the slice, or null when he may.</summary>
    public static Refusal? MayCommand(Asker asker, Slice slice, Holder holder)
    {
        if (asker.IsAdmin)
        {
            return null;
        }

        if (slice.IsSetting)
        {
            return AdminsOnly;
        }

        return !holder.Exists || Sees(asker, slice, holder.OwnerId) ? null : NotFound;
    }

    /// <summary>Whether the asker sees a record that belongs to <paramref name="ownerId"/>.</summary>
    public static bool Sees(Asker asker, Slice slice, Guid? ownerId) =>
        asker.IsAdmin || slice.IsSetting || ownerId == asker.Id || (ownerId is null && slice.UnassignedIsOpen);
}
