using Crm.Grains.Alerts;
using Crm.Grains.Departments;
using Crm.Grains.FieldBooks;
using Crm.Grains.Kernel;
using Crm.Grains.RoleBooks;
using Crm.Grains.Shares;
using Crm.Grains.Users;
using Crm.Silo.Tenants;

namespace Crm.Silo.Rights;

/// <summary>What alerts do to a person's sight. Ordered from least to most.</summary>
public enum Restraint
{
    None,
    Mask,
    Stop,
}

/// <summary>Who works in a tenant, where, and with which roles: everything rights follow from. An immutable picture at one moment.</summary>
public sealed class Organisation
{
    private readonly ILookup<Guid, DepartmentCard> _below;
    private readonly ILookup<Guid, UserCard> _members;
    private readonly ILookup<Guid, UserCard> _reports;
    private readonly ILookup<Guid, ShareCard> _shares;
    private readonly Dictionary<string, Role> _roles;

    private readonly Dictionary<Guid, Restraint> _restraints;
    private readonly Dictionary<string, FieldSet> _fields;
    private readonly Lazy<Dictionary<string, Guid>> _logins;
    private readonly Lazy<ILookup<string, Guid>> _names;

    /// <param name="alerts">Those that are open.</param>
    public Organisation(
        IReadOnlyDictionary<Guid, UserCard> users, IReadOnlyDictionary<Guid, DepartmentCard> departments, IEnumerable<ShareCard> shares, RoleBookCard? book,
        IReadOnlyCollection<string>? modulesOff = null, IEnumerable<AlertCard>? alerts = null, IEnumerable<FieldBookCard>? fields = null)
    {
        _fields = (fields ?? []).ToDictionary(book => book.Slice, book => new FieldSet(book.Slice, book.Fields), StringComparer.Ordinal);
        _restraints = (alerts ?? []).GroupBy(alert => alert.PersonId).ToDictionary(
            about => about.Key, about => about.Max(alert => alert.Step switch { "stop" => Restraint.Stop, "mask" => Restraint.Mask, _ => Restraint.None }));
        (Users, Departments) = (users, departments);
        _logins = new(() => users.Values.DistinctBy(user => Normal.Login(user.Login)).ToDictionary(user => Normal.Login(user.Login), user => user.Id, StringComparer.Ordinal));
        _names = new(() => users.Values.Where(user => user.Active).ToLookup(user => user.Name, user => user.Id, StringComparer.Ordinal));
        ModulesOff = ModuleCatalog.Off(modulesOff ?? []);
        Template = book?.Template ?? RoleTemplates.Standard;
        Roles = book?.Roles ?? [.. RoleTemplates.Templates[RoleTemplates.Standard].Values];
        _roles = Roles.ToDictionary(role => role.Key, StringComparer.Ordinal);
        _below = departments.Values.Where(each => each.ParentId is not null).ToLookup(each => each.ParentId.GetValueOrDefault());
        _members = users.Values.Where(each => each.DepartmentId is not null).ToLookup(each => each.DepartmentId.GetValueOrDefault());
        _reports = users.Values.Where(each => each.SuperiorId is not null).ToLookup(each => each.SuperiorId.GetValueOrDefault());
        _shares = shares.ToLookup(each => each.WithId);
    }

    private Organisation(Organisation other, string template, IReadOnlyList<Role> roles)
    {
        (_restraints, _fields, _logins, _names) = (other._restraints, other._fields, other._logins, other._names);
        (Users, Departments, _below, _members, _reports, _shares) = (other.Users, other.Departments, other._below, other._members, other._reports, other._shares);
        ModulesOff = other.ModulesOff;
        (Template, Roles, _roles) = (template, roles, roles.ToDictionary(role => role.Key, StringComparer.Ordinal));
    }

    public IReadOnlyDictionary<Guid, UserCard> Users { get; }

    public IReadOnlyDictionary<Guid, DepartmentCard> Departments { get; }

    /// <summary>Keys of the modules that are off, those among them that need another one.</summary>
    public IReadOnlySet<string> ModulesOff { get; }

    public string Template { get; }

    public IReadOnlyList<Role> Roles { get; }

    /// <summary>The role of a key, or null when there is none.</summary>
    public Role? FindRole(string key) => _roles.GetValueOrDefault(key);

    /// <summary>The fields that the tenant has added to a slice.</summary>
    /// <param name="plural">The slice.</param>
    public FieldSet FieldsOf(string plural) => _fields.GetValueOrDefault(plural) ?? FieldSet.None;

    /// <summary>The id of somebody who works here, by id, sign-in name, or a name that only one person has; null when there is nobody.</summary>
    public Guid? FindPerson(string text)
    {
        if (Guid.TryParse(text, out var id))
        {
            return Users.ContainsKey(id) ? id : null;
        }

        return _logins.Value.TryGetValue(Normal.Login(text), out var known) ? known : _names.Value[text].Take(2).ToArray() is [var only] ? only : null;
    }

    /// <summary>What open alerts have done to a person's sight.</summary>
    public Restraint RestraintOf(Guid person) => _restraints.GetValueOrDefault(person);

    /// <summary>The person's superior, or else who manages the person's department or the nearest one above that somebody else manages; null when there is nobody.</summary>
    public Guid? ManagerOf(Guid person)
    {
        if (!Users.TryGetValue(person, out var user))
        {
            return null;
        }

        var (manager, department) = (user.SuperiorId, user.DepartmentId);
        for (var depth = 0; manager is null && depth < 100 && department is { } id && Departments.TryGetValue(id, out var card); depth++)
        {
            (manager, department) = (card.ManagerId == person ? null : card.ManagerId, card.ParentId);
        }

        return manager;
    }

    /// <summary>The same people under other roles: to see what a change would do.</summary>
    public Organisation With(string template, IReadOnlyList<Role> roles) => new(this, template, roles);

    /// <summary>People directly in a department.</summary>
    public IEnumerable<UserCard> MembersOf(Guid department) => _members[department];

    /// <summary>Whether people or open departments are in a department.</summary>
    public bool HasMembers(Guid department) => _members[department].Any(user => user.Active) || _below[department].Any(each => each.Open);

    /// <summary>Whether one department is another, or lies below it.</summary>
    public bool IsWithin(Guid department, Guid other) => Subtree([other]).Contains(department);

    /// <summary>The person, everybody in the same department, and the person's reports.</summary>
    public HashSet<Guid> TeamOf(UserCard user)
    {
        var team = new HashSet<Guid> { user.Id };
        team.UnionWith(_reports[user.Id].Select(each => each.Id));
        if (user.DepartmentId is { } department)
        {
            team.UnionWith(_members[department].Select(each => each.Id));
        }

        return team;
    }

    /// <summary>Everybody in the person's department, in those the person manages, in all below these, and reports of any depth.</summary>
    public HashSet<Guid> DepartmentOf(UserCard user)
    {
        var roots = Departments.Values.Where(each => each.ManagerId == user.Id).Select(each => each.Id);
        var people = TeamOf(user);
        foreach (var department in Subtree(user.DepartmentId is { } own ? roots.Append(own) : roots))
        {
            people.UnionWith(_members[department].Select(each => each.Id));
        }

        var waiting = new Queue<Guid>([user.Id]);
        var seen = new HashSet<Guid>();
        while (waiting.TryDequeue(out var superior))
        {
            // two who are each other's superiors would go round for ever
            if (seen.Add(superior))
            {
                foreach (var report in _reports[superior])
                {
                    people.Add(report.Id);
                    waiting.Enqueue(report.Id);
                }
            }
        }

        return people;
    }

    /// <summary>The department's own region, or that of the nearest one above that has one.</summary>
    public string? RegionOf(UserCard user)
    {
        var (region, department) = (user.Region, user.DepartmentId);
        for (var depth = 0; region is null && depth < 100 && department is { } id && Departments.TryGetValue(id, out var card); depth++)
        {
            (region, department) = (card.Region, card.ParentId);
        }

        return region;
    }

    /// <summary>Records shared with a person, or with a department the person is in; true for those that may be worked on.</summary>
    public Dictionary<(string Kind, Guid Id), bool> SharedWith(UserCard user)
    {
        var shared = new Dictionary<(string Kind, Guid Id), bool>();
        var department = user.DepartmentId;
        Take(user.Id, "user");
        for (var depth = 0; depth < 100 && department is { } id; depth++)
        {
            Take(id, "department");
            department = Departments.GetValueOrDefault(id)?.ParentId;
        }

        return shared;

        void Take(Guid with, string kind)
        {
            foreach (var share in _shares[with].Where(each => each.WithKind == kind))
            {
                var key = (share.Kind, share.RecordId);
                shared[key] = shared.GetValueOrDefault(key) || share.Right == "edit";
            }
        }
    }

    private HashSet<Guid> Subtree(IEnumerable<Guid> roots)
    {
        var found = new HashSet<Guid>();
        var waiting = new Queue<Guid>(roots);
        while (waiting.TryDequeue(out var department))
        {
            if (found.Add(department))
            {
                foreach (var below in _below[department])
                {
                    waiting.Enqueue(below.Id);
                }
            }
        }

        return found;
    }
}
