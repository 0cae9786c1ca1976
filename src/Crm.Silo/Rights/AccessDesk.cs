using Crm.Grains.Kernel;
using Crm.Grains.RoleBooks;
using Crm.Grains.Users;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;

namespace Crm.Silo.Rights;

/// <summary>One reason of a decision. The UI says it in words by its code.</summary>
/// <param name="Code">Such as <c>owner</c>, <c>department</c>, <c>shared</c>, <c>no-grant</c>.</param>
/// <param name="Holds">Whether it speaks for the right.</param>
/// <param name="Sentence">The same in English.</param>
public sealed record Reason(string Code, bool Holds, string Sentence);

/// <summary>Why somebody may or may not do something to a record.</summary>
public sealed record Explanation(bool Allowed, string Role, IReadOnlyList<Reason> Reasons, IReadOnlyDictionary<string, string> Fields);

/// <summary>How many records of a slice one person sees, before and after a change of roles.</summary>
public sealed record SightChange(Guid UserId, string Name, string Role, string Slice, long Before, long After, long Gained, long Lost);

/// <summary>Answers questions about rights: why somebody sees a record, and what a change of roles would do.</summary>
public sealed class AccessDesk(IGrainStore store, SliceDirectory slices, AccessDirectory access)
{
    /// <summary>Why a person may or may not do something to a record; null when there is no such person or record.</summary>
    public async ValueTask<Explanation?> ExplainAsync(string tenant, Guid userId, ISliceBehaviour slice, Guid id, string verb, CancellationToken cancel)
    {
        var organisation = await access.OrganisationAsync(tenant, cancel);
        if (!organisation.Users.TryGetValue(userId, out var user) || (await store.LoadAsync(new(tenant, slice.Kind, id), cancel))?.Card is not { } json)
        {
            return null;
        }

        var facts = slice.FactsOf(slice.ReadCard(json));
        var rights = Access.Of(organisation, userId, user.Role);
        var reasons = new List<Reason>();
        Add("active", user.Active, user.Active ? $"{user.Name} is active." : $"{user.Name} is shut out.");
        if (rights.IsEverything)
        {
            Add("admin", true, "The role admin may do everything.");
            return new(true, user.Role, reasons, new Dictionary<string, string>());
        }

        var scope = rights.Of(slice.Slice).ScopeOf(verb);
        Add(scope == Scope.None ? "no-grant" : "grant", scope != Scope.None, $"The role {user.Role} grants {verb} on {slice.Slice.Plural}: {(scope == Scope.None ? "nothing" : scope)}.");
        Explain(rights, organisation, user, scope, facts, Add);
        var shared = organisation.SharedWith(user).TryGetValue((slice.Kind, id), out var mayEdit) ? mayEdit : (bool?)null;
        if (shared is not null)
        {
            Add(mayEdit ? "shared-edit" : "shared-read", verb == "read" || mayEdit, $"The record is shared with {user.Name}, to {(mayEdit ? "edit" : "read")}.");
        }

        var allowed = user.Active && (verb == "read"
            ? rights.Sees(slice.Slice, facts)
            : rights.MayCommand(slice.Slice, verb, id, new Holder(facts.OwnerId, Exists: true, facts.Region)) is null);
        var fields = rights.Of(slice.Slice).Mask?.Fields.ToDictionary(field => field.Key, field => JsonNameOf(field.Value)) ?? [];
        return new(allowed, user.Role, reasons, fields);

        void Add(string code, bool holds, string sentence) => reasons.Add(new(code, holds, sentence));
    }

    /// <summary>Why somebody may not do something to a record, or null when he may: for what is done beside the record and not by its grain.</summary>
    public async ValueTask<Refusal?> JudgeAsync(Asker asker, ISliceBehaviour slice, Guid id, string verb, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        if ((await store.LoadAsync(new(asker.Tenant, slice.Kind, id), cancel))?.Card is not { } json)
        {
            return AccessPolicy.NotFound;
        }

        var facts = slice.FactsOf(slice.ReadCard(json));
        return rights.MayCommand(slice.Slice, verb, id, new Holder(facts.OwnerId, Exists: true, facts.Region));
    }

    /// <summary>Who would gain and lose sight of what under other roles, counted on the records there are.</summary>
    /// <param name="roles">All roles as they would be.</param>
    public async ValueTask<IReadOnlyList<SightChange>> SimulateAsync(string tenant, string template, IReadOnlyList<Role> roles, CancellationToken cancel)
    {
        var before = await access.OrganisationAsync(tenant, cancel);
        var after = before.With(template, roles);
        var changes = new List<SightChange>();
        foreach (var slice in slices.All.Where(slice => slice.IsSearched && slice.Cards.Find("ownerId") is not null))
        {
            var groups = await GroupsAsync(tenant, slice, cancel);
            foreach (var user in before.Users.Values.Where(user => user.Active).OrderBy(user => user.Id))
            {
                var (now, then) = (Access.Of(before, user.Id, user.Role), Access.Of(after, user.Id, user.Role));
                long seenNow = 0, seenThen = 0, gained = 0, lost = 0;
                foreach (var (facts, count) in groups)
                {
                    var (is_, willBe) = (now.Sees(slice.Slice, facts), then.Sees(slice.Slice, facts));
                    seenNow += is_ ? count : 0;
                    seenThen += willBe ? count : 0;
                    gained += willBe && !is_ ? count : 0;
                    lost += is_ && !willBe ? count : 0;
                }

                if (gained > 0 || lost > 0)
                {
                    changes.Add(new(user.Id, user.Name, user.Role, slice.Slice.Plural, seenNow, seenThen, gained, lost));
                }
            }
        }

        return changes;
    }

    /// <summary>Records counted by what rights go by, those of one owner and region together.</summary>
    private async ValueTask<List<(RecordFacts Facts, long Count)>> GroupsAsync(string tenant, ISliceBehaviour slice, CancellationToken cancel)
    {
        var fields = slice.Cards.Find("region") is { } region ? new[] { slice.Column("ownerId"), region } : [slice.Column("ownerId")];
        var groups = new List<(RecordFacts Facts, long Count)>();
        foreach (var (values, count) in await store.GroupAsync(new CardQuery(tenant, slice.Kind), fields, cancel))
        {
            groups.Add((new(Guid.Empty, values[0].Bytes is { } owner ? new Guid(owner, bigEndian: true) : null, values.Count > 1 ? values[1].Text : null), count));
        }

        return groups;
    }

    private static void Explain(Access rights, Organisation organisation, UserCard user, Scope scope, RecordFacts facts, Action<string, bool, string> add)
    {
        if (facts.OwnerId is not { } owner)
        {
            add("unassigned", rights.Covers(scope & (Scope.Pool | Scope.SubPool), facts), $"The record belongs to nobody{(facts.Region is { } region ? $", in the region {region}" : "")}.");
        }
        else if (owner == user.Id)
        {
            add("owner", (scope & Scope.Own) != 0, $"{user.Name} owns the record.");
        }
        else
        {
            var name = organisation.Users.GetValueOrDefault(owner)?.Name ?? "Somebody else";
            var isTeam = organisation.TeamOf(user).Contains(owner);
            var isDepartment = organisation.DepartmentOf(user).Contains(owner);
            add("other-owner", false, $"{name} owns the record.");
            add("team", isTeam && (scope & Scope.Team) != 0, $"{name} is {(isTeam ? "" : "not ")}in the team of {user.Name}.");
            add("department", isDepartment && (scope & Scope.Department) != 0, $"{name} is {(isDepartment ? "" : "not ")}in or below the departments of {user.Name}.");
        }

        if ((scope & Scope.Region) != 0)
        {
            add("region", rights.Covers(Scope.Region, facts), $"The region of {user.Name} is {rights.RegionName ?? "none"}, the record's is {facts.Region ?? "none"}.");
        }

        if ((scope & Scope.All) != 0)
        {
            add("all", true, "The grant covers every record.");
        }
    }

    private static string JsonNameOf(FieldAccess access) => access switch
    {
        FieldAccess.Hidden => "hidden",
        FieldAccess.Masked => "masked",
        FieldAccess.Read => "read",
        _ => "edit",
    };
}
