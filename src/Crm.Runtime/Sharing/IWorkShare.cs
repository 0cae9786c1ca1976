namespace Crm.Runtime.Sharing;

/// <summary>
/// Which of the background work is this process's to do. Two processes may believe for a moment that the same work is theirs: whatever is
/// done by it must be harmless to do twice, as a command with an id is.
/// </summary>
public interface IWorkShare
{
    /// <summary>Whether all work is always ours, there being nobody to share it with.</summary>
    bool IsAlone { get; }

    /// <summary>Whether a sort of work is ours to do for a tenant, now.</summary>
    bool IsOurs(string work, string tenant);

    /// <summary>Our share has changed. What came to us was left by its last owner at any point: it is read again from the store.</summary>
    event Action? Changed;
}

/// <summary>The share of a process that has nobody beside it: everything.</summary>
public sealed class WholeShare : IWorkShare
{
    private WholeShare()
    {
    }

    public static WholeShare Instance { get; } = new();

    public bool IsAlone => true;

    public event Action? Changed
    {
        add { }
        remove { }
    }

    public bool IsOurs(string work, string tenant) => true;
}
