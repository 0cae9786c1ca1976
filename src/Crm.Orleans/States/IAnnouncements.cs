using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.States;

/// <summary>What a member says of a grain: that it may have a write under way.</summary>
internal readonly record struct Announcement(GrainId Grain, Guid Member);

/// <summary>
/// Where writes are announced before they are made, so that what a member leaves behind between two stores is found without looking through
/// all there is.
/// </summary>
internal interface IAnnouncements
{
    /// <summary>On disk when it returns.</summary>
    Task AnnounceAsync(GrainId grain, Guid member, CancellationToken cancel);

    Task WithdrawAsync(GrainId grain, Guid member, CancellationToken cancel);

    /// <summary>Those of all members.</summary>
    Task<IReadOnlyList<Announcement>> ReadAsync(int limit, CancellationToken cancel);
}
