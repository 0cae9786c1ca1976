using System.Collections.Concurrent;
using System.Collections.Frozen;
using Crm.Grains.FieldBooks;
using Crm.Grains.Kernel;
using Crm.Grains.RoleBooks;
using Crm.Grains.Users;
using Crm.Runtime.Cards;
using Crm.Silo.Hosting;

namespace Crm.Silo.Rights;

/// <summary>What one asker may do in one tenant: a role, and the people, regions and shares that its scopes mean for this person.</summary>
public sealed class Access
{
    private readonly Guid _id;
    private readonly Role? _role;
    private readonly Lazy<FrozenSet<Guid>> _team;
    private readonly Lazy<FrozenSet<Guid>> _department;
    private readonly FrozenDictionary<(string Kind, Guid Id), bool> _shared;
    private readonly string? _region;
    private readonly bool _isVeiled;
    private readonly ConcurrentDictionary<string, SliceAccess> _slices = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CardFilter?> _filters = new(StringComparer.Ordinal);

    private Access(Guid id, Role? role, UserCard? person, Organisation? organisation, bool isEverything, bool isVeiled = false)
    {
        (_id, _role, IsEverything, Organisation, _isVeiled) = (id, role, isEverything, organisation, isVeiled);
        _team = new(() => person is null || organisation is null ? [id] : organisation.TeamOf(person).ToFrozenSet());
        _department = new(() => person is null || organisation is null ? [id] : organisation.DepartmentOf(person).ToFrozenSet());
        _region = person is null ? null : organisation?.RegionOf(person);
        _shared = person is null || organisation is null || isEverything ? FrozenDictionary<(string, Guid), bool>.Empty : organisation.SharedWith(person).ToFrozenDictionary();
    }

    /// <summary>No limits: ourselves, and administrators.</summary>
    public bool IsEverything { get; }

    public string? RoleKey => _role?.Key;

    /// <summary>The region that scopes by region mean.</summary>
    public string? RegionName => _region;

    /// <summary>An alert about this person has stopped all sight until somebody releases it.</summary>
    public bool IsStopped { get; private init; }

    /// <summary>What it was made from; null for ourselves.</summary>
    public Organisation? Organisation { get; }

    public static Access System { get; } = new(Guid.Empty, null, null, null, isEverything: true);

    /// <summary>The access of a person, or of a key, which has a role and no place in the organisation.</summary>
    public static Access Of(Organisation organisation, Guid id, string roleKey)
    {
        var person = organisation.Users.GetValueOrDefault(id);
        var known = person is { Active: false } ? null : organisation.FindRole(person?.Role ?? roleKey);
        // an administrator who was shut out by an alert could not be let in again by anybody
        var isAdmin = known?.Key == RoleKeys.Admin;
        var isStopped = !isAdmin && organisation.RestraintOf(id) == Restraint.Stop;
        return new(id, isStopped ? null : known, person, organisation, isAdmin, organisation.RestraintOf(id) == Restraint.Mask) { IsStopped = isStopped };
    }

    /// <summary>Whether the tenant works with the slice's module. What is in a module that is off is there for nobody but ourselves.</summary>
    public bool IsOn(Slice slice) => IsOn(slice.Module?.Key);

    /// <inheritdoc cref="IsOn(Slice)"/>
    public bool IsOn(string? module) => module is null || Organisation?.ModulesOff.Contains(module) != true;

    /// <summary>The fields that the tenant has added to a slice; none for ourselves, who do not look at them.</summary>
    public FieldSet FieldsOf(Slice slice) => Organisation?.FieldsOf(slice.Plural) ?? FieldSet.None;

    /// <summary>What is granted on a slice.</summary>
    public SliceAccess Of(Slice slice) =>
        _slices.TryGetValue(slice.Kind, out var known) ? known : _slices.GetOrAdd(slice.Kind, _ => IsOn(slice) ? new SliceAccess(slice, _role, IsEverything, FieldsOf(slice), _isVeiled, IsStopped) : SliceAccess.None);

    /// <summary>Whether the role may do this to any record at all.</summary>
    public bool MayEver(Slice slice, string verb) => Of(slice).ScopeOf(verb) != Scope.None || (verb == "read" && IsOn(slice) && HasShared(slice.Kind));

    /// <summary>Whether any field of any slice is not shown as it is.</summary>
    public bool ConcealsAny => !IsEverything && (_isVeiled || _role?.Fields.Any(each => each.Right is "hidden" or "masked") == true);

    /// <summary>Whether every record of a slice is seen.</summary>
    public bool SeesAll(Slice slice) => Of(slice).Read.HasFlag(Scope.All);

    /// <summary>Whether a record made without naming an owner belongs to its maker: those who make them for everybody leave them to be taken.</summary>
    public bool OwnsWhatIsMade(Slice slice) => (Of(slice).ScopeOf("create") & Scope.All) == 0;

    public bool Sees(Slice slice, in RecordFacts record) => Covers(Of(slice).Read, record) || (_shared.ContainsKey((slice.Kind, record.Id)) && IsOn(slice));

    /// <summary>Whether records that belong to somebody are seen, as far as that alone decides it.</summary>
    public bool SeesOwner(Slice slice, Guid? ownerId) => Covers(Of(slice).Read, new(default, ownerId, null));

    /// <summary>Why a command may not be given to a record, or null when it may.</summary>
    public Refusal? MayCommand(Slice slice, string verb, Guid id, Holder holder)
    {
        if (!IsOn(slice))
        {
            return AccessPolicy.NotFound;
        }

        if (IsEverything)
        {
            return null;
        }

        var rights = Of(slice);
        if (!holder.Exists)
        {
            return rights.ScopeOf("create") != Scope.None || rights.ScopeOf(verb) != Scope.None ? null : AccessPolicy.Forbidden;
        }

        var record = new RecordFacts(id, holder.OwnerId, holder.Region);
        return !Sees(slice, record) ? AccessPolicy.NotFound : verb == "read" || May(rights, verb, slice.Kind, record) ? null : AccessPolicy.Forbidden;
    }

    /// <summary>Whether a scope covers a record.</summary>
    public bool Covers(Scope scope, in RecordFacts record) =>
        (scope & Scope.All) != 0
        || (record.OwnerId is { } owner
            ? ((scope & Scope.Own) != 0 && owner == _id)
                || ((scope & Scope.Department) != 0 && _department.Value.Contains(owner))
                || ((scope & Scope.Team) != 0 && _team.Value.Contains(owner))
            : (scope & Scope.Pool) != 0 || ((scope & Scope.SubPool) != 0 && IsMyRegion(record.Region)))
        || ((scope & Scope.Region) != 0 && IsMyRegion(record.Region));

    /// <summary>The cards of a slice that are seen, as a filter; null for all of them.</summary>
    public CardFilter? Filter(ISliceBehaviour slice) =>
        _filters.TryGetValue(slice.Kind, out var known) ? known : _filters.GetOrAdd(slice.Kind, MakeFilter(slice));

    private CardFilter? MakeFilter(ISliceBehaviour slice)
    {
        var scope = Of(slice.Slice).Read;
        if ((scope & Scope.All) != 0)
        {
            return null;
        }

        if (!IsOn(slice.Slice))
        {
            return new CardFilter.Keys([]);
        }

        var seen = Covered(scope, slice);
        var shared = _shared.Keys.Where(key => key.Kind == slice.Kind).Select(key => key.Id).Order().ToArray();
        return shared.Length == 0 ? seen ?? new CardFilter.Keys([]) : Either(seen, new CardFilter.Keys(shared));
    }

    /// <summary>The cards of a slice that are seen and that a verb may be done to, as a filter; null for all of them.</summary>
    public CardFilter? Filter(ISliceBehaviour slice, string verb)
    {
        var scope = Of(slice.Slice).ScopeOf(verb);
        return (scope & Scope.All) != 0 ? Filter(slice) : CardFilter.AllOf(Filter(slice), Covered(scope, slice) ?? new CardFilter.Keys([]));
    }

    /// <summary>The cards that a scope covers; null for none.</summary>
    private CardFilter? Covered(Scope scope, ISliceBehaviour slice)
    {
        CardFilter? seen = null;
        if (slice.Cards.Find("ownerId") is { } owner)
        {
            var owners = (scope & Scope.Department) != 0 ? _department.Value : (scope & Scope.Team) != 0 ? _team.Value : null;
            if (owners is not null)
            {
                seen = new CardFilter.In(owner, [.. owners.Order().Select(id => CardValue.Of(id))]);
            }
            else if ((scope & Scope.Own) != 0)
            {
                seen = new CardFilter.Compare(owner, CardOperator.Equal, CardValue.Of(_id));
            }

            var nobodys = new CardFilter.Compare(owner, CardOperator.Equal, CardValue.Null);
            if ((scope & Scope.Pool) != 0)
            {
                seen = Either(seen, nobodys);
            }

            if ((scope & (Scope.SubPool | Scope.Region)) != 0 && slice.Cards.Find("region") is { } region && _region is { } mine)
            {
                CardFilter here = new CardFilter.Compare(region, CardOperator.Equal, CardValue.Of(mine));
                seen = Either(seen, (scope & Scope.Region) != 0 ? here : new CardFilter.And(nobodys, here));
            }
        }

        return seen;
    }

    /// <summary>What somebody is called before this asker: a role may hide or mask the names of people, wherever they are named.</summary>
    /// <param name="users">The slice of people.</param>
    public string? NameShown(Slice users, string? name) => name is null ? null : (Of(users).Mask?.Of("name") ?? FieldAccess.Edit) switch
    {
        FieldAccess.Hidden => null,
        FieldAccess.Masked => FieldMask.Mask(name),
        _ => name,
    };

    /// <summary>Why a command's fields may not be set, or null when they may.</summary>
    public Refusal? MayFill(Slice slice, object command)
    {
        if (Of(slice).Mask is not { } mask)
        {
            return null;
        }

        foreach (var field in CommandFields.GivenIn(command))
        {
            if (mask.Of(field) != FieldAccess.Edit)
            {
                return AccessPolicy.FieldForbidden(field);
            }
        }

        return null;
    }

    /// <summary>Whether this asker's rights include all of another role's: nobody grants what he does not have.</summary>
    public bool Includes(Role role, IEnumerable<Slice> slices, IEnumerable<string> verbs)
    {
        if (IsEverything)
        {
            return true;
        }

        if (role.Key == RoleKeys.Admin)
        {
            return false;
        }

        var all = verbs.ToList();
        return slices.All(slice =>
        {
            var (mine, theirs) = (Of(slice), new SliceAccess(slice, role, isEverything: false, FieldsOf(slice)));
            return all.All(verb => ContainsScope(mine.ScopeOf(verb), theirs.ScopeOf(verb)))
                && (mine.Mask is null || mine.Mask.Fields.All(field => theirs.Mask is { } mask && mask.Of(field.Key) <= field.Value));
        });
    }

    private static bool ContainsScope(Scope mine, Scope theirs) => (mine & Scope.All) != 0 || (theirs & ~mine) == 0;

    private bool May(SliceAccess rights, string verb, string kind, in RecordFacts record)
    {
        var scope = rights.ScopeOf(verb);
        return Covers(scope, record) || (scope != Scope.None && _shared.TryGetValue((kind, record.Id), out var mayEdit) && mayEdit);
    }

    private bool HasShared(string kind) => _shared.Keys.Any(key => key.Kind == kind);

    private bool IsMyRegion(string? region) => _region is not null && region is not null && string.Equals(region, _region, StringComparison.OrdinalIgnoreCase);

    private static CardFilter Either(CardFilter? left, CardFilter right) => left is null ? right : new CardFilter.Or(left, right);
}

/// <summary>What a role grants on one slice.</summary>
public sealed class SliceAccess
{
    private readonly FrozenDictionary<string, Scope> _verbs;
    private readonly Scope _anyVerb;
    private readonly bool _isEverything;

    /// <param name="added">The fields that the tenant has added to the slice.</param>
    /// <param name="isVeiled">Whether an alert has masked the fields that are worth taking away.</param>
    /// <param name="isStopped">Whether an alert has stopped all sight.</param>
    public SliceAccess(Slice slice, Role? role, bool isEverything, FieldSet added, bool isVeiled = false, bool isStopped = false)
    {
        var verbs = new Dictionary<string, Scope>(StringComparer.Ordinal);
        foreach (var grant in role?.Grants ?? [])
        {
            if (grant.Slice != Grant.Any && grant.Slice != slice.Plural)
            {
                continue;
            }

            var scope = Scopes.Of(grant.Scopes);
            if (grant.Verb == Grant.Any)
            {
                _anyVerb |= scope;
            }
            else
            {
                verbs[grant.Verb] = verbs.GetValueOrDefault(grant.Verb) | scope;
            }
        }

        _isEverything = isEverything;
        _verbs = verbs.ToFrozenDictionary(StringComparer.Ordinal);
        Read = isEverything || (slice.IsReadByAll && !isStopped) ? Scope.All : ScopeOf("read") | (slice.IsReadByOwner && !isStopped ? Scope.Own : Scope.None);
        Mask = isEverything || role is null ? null : FieldMask.Of(role, slice.Plural, added, isVeiled);
    }

    private SliceAccess() => _verbs = FrozenDictionary<string, Scope>.Empty;

    /// <summary>Nothing at all: of a slice whose module is off.</summary>
    public static SliceAccess None { get; } = new();

    /// <summary>Which records are seen.</summary>
    public Scope Read { get; }

    /// <summary>Fields that are not had in full; null when all are.</summary>
    public FieldMask? Mask { get; }

    /// <summary>Which records a verb may be done to.</summary>
    public Scope ScopeOf(string verb) =>
        _isEverything ? Scope.All
        : _verbs.GetValueOrDefault(verb) | (Grant.NeverImplied.Contains(verb) ? Scope.None : _anyVerb)
            | (verb == "read" ? Read : Scope.None);
}
