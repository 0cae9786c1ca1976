namespace Crm.Grains.RoleBooks;

/// <summary>What people with one job may do.</summary>
public sealed record Role(string Key, string Name, IReadOnlyList<Grant> Grants, IReadOnlyList<FieldRight> Fields)
{
    /// <summary>Whether the two say the same, in whatever order.</summary>
    public bool SaysTheSame(Role other) =>
        Key == other.Key && Name == other.Name
        && Grants.Select(grant => grant.Normal).ToHashSet().SetEquals(other.Grants.Select(grant => grant.Normal))
        && Fields.ToHashSet().SetEquals(other.Fields);
}

/// <summary>Something a role may do.</summary>
/// <param name="Slice">Its plural, or <c>*</c> for all.</param>
/// <param name="Verb"><c>read</c>, a command in kebab-case, or <c>*</c> for all but those of <see cref="NeverImplied"/>.</param>
/// <param name="Scopes">Which records it covers, taken together; see <see cref="Codes"/>.</param>
public sealed record Grant(string Slice, string Verb, IReadOnlyList<string> Scopes)
{
    public const string Any = "*";

    /// <summary>
    /// own: the person's; team: of everybody in the same department and of the person's reports; department: of the department and all below
    /// it, and of departments the person manages; sub-pool: nobody's, in the person's region; pool: nobody's; region: of the person's region;
    /// all: every record.
    /// </summary>
    public static readonly IReadOnlySet<string> Codes = new HashSet<string> { "own", "team", "department", "sub-pool", "pool", "region", "all" };

    /// <summary>Verbs that take data out or in by the thousand, or destroy it: granted by name only.</summary>
    public static readonly IReadOnlySet<string> NeverImplied = new HashSet<string> { "export", "erase" };

    internal string Normal => $"{Slice}:{Verb}:{string.Join(',', Scopes.Order(StringComparer.Ordinal))}";
}

/// <param name="Slice">Its plural.</param>
/// <param name="Field">Its name on the card; <c>custom.x</c> for the custom field x.</param>
/// <param name="Right">See <see cref="Codes"/>.</param>
public sealed record FieldRight(string Slice, string Field, string Right)
{
    /// <summary>hidden: as if it were not there; masked: its last four characters only; read: seen, not changed; edit: both.</summary>
    public static readonly IReadOnlySet<string> Codes = new HashSet<string> { "hidden", "masked", "read", "edit" };
}
