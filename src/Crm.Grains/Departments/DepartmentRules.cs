using System.Diagnostics;
using static Crm.Grains.Departments.DepartmentCommand;
using static Crm.Grains.Departments.DepartmentEvent;

namespace Crm.Grains.Departments;

/// <summary>A department's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class DepartmentRules
{
    /// <summary>Says what <paramref name="command"/> does to <paramref name="department"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="DepartmentRefusals"/> entry.</returns>
    public static Decision<DepartmentEvent> Decide(Department department, DepartmentCommand command, DateTimeOffset now) => (department, command) switch
    {
        (_, Create c) when Wrong(c) is { } wrong => wrong,                                                      // DE1
        (Department.Unknown, Create c) => [new Created(c.Name.Trim(), c.ParentId, c.ManagerId, Normal.Text(c.Region))],
        (Department.Unknown, _) => DepartmentRefusals.NotFound,
        (Department.Known, Create) => DepartmentRefusals.Exists,

        (Department.Known known, Reopen) => known.IsOpen ? [] : [new Reopened()],                               // DE4
        (Department.Known { IsOpen: false }, Close) => [],
        (Department.Known { IsOpen: false }, _) => DepartmentRefusals.Closed,
        (Department.Known, Close c) => c.HasMembers ? DepartmentRefusals.HasMembers : [new Closed()],           // DE4

        (Department.Known, Amend a) when Wrong(a) is { } wrong => wrong,                                        // DE1
        (Department.Known known, Amend a) => Difference(known, a) is { Count: > 0 } changes ? [new Amended(changes)] : [],  // DE2
        (Department.Known, Move { IsBelowItself: true }) => DepartmentRefusals.BelowItself,                     // DE3
        (Department.Known known, Move m) => known.ParentId == m.ParentId ? [] : [new Moved(known.ParentId, m.ParentId)],
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {department.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Department Evolve(Department department, DepartmentEvent happened) => (department, happened) switch
    {
        (_, Created e) => new Department.Known(e.Name, e.ParentId, e.ManagerId, e.Region, IsOpen: true),
        (Department.Known known, Amended e) => e.Changes.Aggregate(known, With),
        (Department.Known known, Moved e) => known with { ParentId = e.To },
        (Department.Known known, Closed) => known with { IsOpen = false },
        (Department.Known known, Reopened) => known with { IsOpen = true },
        _ => department,
    };

    public static Holder Holder(Department department) => department is Department.Known ? new(OwnerId: null, Exists: true) : default;

    private static Refusal? Wrong(Create c) => Check.Required("name", c.Name) ?? Check.Line("region", c.Region);

    private static Refusal? Wrong(Amend a) =>
        (a.Name.IsGiven ? Check.Required("name", a.Name.Value) : null)
        ?? (a.Region.IsGiven ? Check.Line("region", a.Region.Value) : null);

    private static IReadOnlyList<FieldChange> Difference(Department.Known known, Amend a) => new Changes()
        .Text("name", known.Name, a.Name)
        .Id("managerId", known.ManagerId, a.ManagerId)
        .Text("region", known.Region, a.Region)
        .ToList();

    private static Department.Known With(Department.Known known, FieldChange change) => change.Field switch
    {
        "name" => known with { Name = change.To ?? known.Name },
        "managerId" => known with { ManagerId = Changes.ReadId(change.To) },
        "region" => known with { Region = change.To },
        _ => known,
    };
}
