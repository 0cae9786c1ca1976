using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Crm.Grains.Alerts;
using Crm.Grains.Departments;
using Crm.Grains.FieldBooks;
using Crm.Grains.RoleBooks;
using Crm.Grains.Shares;
using Crm.Grains.Tenants;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;

namespace Crm.Silo.Rights;

/// <summary>
/// The access of everybody, kept in memory and following the commits: a change of a role, a person, a department or a share holds for
/// whatever is asked after its answer.
/// </summary>
public sealed class AccessDirectory
{
    private static readonly string[] Kinds = ["user", "department", "share", "rolebook", "tenant", "alert", "fieldbook"];

    private readonly ConcurrentDictionary<string, TenantAccess> _tenants = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1);
    private IGrainStore? _store;
    private SliceDirectory? _slices;

    /// <summary>A tenant's rights have changed. Told on the store's thread: must not block.</summary>
    public event Action<string>? Changed;

    /// <summary>The grain of a tenant's role book.</summary>
    public static GrainId BookOf(string tenant) => GrainId.Named(tenant, "rolebook", "roles");

    /// <summary>The grain of the fields that a tenant adds to a slice.</summary>
    public static GrainId FieldsOf(string tenant, string plural) => GrainId.Named(tenant, "fieldbook", plural);

    /// <summary>The grain of a share.</summary>
    public static GrainId ShareOf(string tenant, string kind, Guid record, Guid with) => GrainId.Named(tenant, "share", $"{kind}/{record}/{with}");

    /// <summary>Begins to follow a store.</summary>
    public void Follow(IGrainStore store, SliceDirectory slices)
    {
        (_store, _slices) = (store, slices);
        store.Committed += Follow;
        // what another process has written comes a moment later
        store.Grown += tenant => _ = CatchUpAsync(tenant);
    }

    /// <summary>Has the tenant's organisation at hand. Whoever is about to judge awaits this first; it is done already but for the first time.</summary>
    public ValueTask LoadAsync(string tenant, CancellationToken cancel) =>
        _tenants.TryGetValue(tenant, out var known) && known.IsLoaded ? ValueTask.CompletedTask : new(LoadAllAsync(tenant, cancel));

    /// <summary>The access of an asker, as of now.</summary>
    /// <exception cref="InvalidOperationException">The tenant was not loaded.</exception>
    public Access Of(Asker asker) => asker.IsSystem ? Access.System : Loaded(asker.Tenant).Of(asker.Id, asker.Role);

    /// <summary>The access of an asker, if the tenant is loaded.</summary>
    public bool TryFind(Asker asker, [NotNullWhen(true)] out Access? access)
    {
        access = asker.IsSystem ? Access.System
            : _tenants.TryGetValue(asker.Tenant, out var known) && known.IsLoaded ? known.Of(asker.Id, asker.Role)
            : null;
        return access is not null;
    }

    /// <summary>The access of an asker, once the tenant is loaded.</summary>
    public async ValueTask<Access> FindAsync(Asker asker, CancellationToken cancel)
    {
        if (!asker.IsSystem)
        {
            await LoadAsync(asker.Tenant, cancel);
        }

        return Of(asker);
    }

    /// <summary>The access of somebody who works in a loaded tenant; null for keys and ourselves.</summary>
    public Access? Find(string tenant, Guid person) =>
        Find(tenant)?.Users.GetValueOrDefault(person) is { } user ? Loaded(tenant).Of(person, user.Role) : null;

    /// <summary>The organisation of a tenant, or null while it is not loaded.</summary>
    public Organisation? Find(string tenant) => _tenants.TryGetValue(tenant, out var known) && known.IsLoaded ? known.Organisation : null;

    /// <summary>Who works in a tenant, as of now.</summary>
    public async ValueTask<Organisation> OrganisationAsync(string tenant, CancellationToken cancel)
    {
        await LoadAsync(tenant, cancel);
        return Loaded(tenant).Organisation;
    }

    /// <summary>Forgets a tenant that is gone.</summary>
    public void Forget(string tenant) => _tenants.TryRemove(tenant, out _);

    private TenantAccess Loaded(string tenant) =>
        _tenants.TryGetValue(tenant, out var known) && known.IsLoaded ? known : throw new InvalidOperationException($"The organisation of '{tenant}' is not loaded.");

    private async Task LoadAllAsync(string tenant, CancellationToken cancel)
    {
        var (store, slices) = (_store, _slices) is ({ } some, { } all) ? (some, all) : throw new InvalidOperationException("Follow a store first.");
        await _loading.WaitAsync(cancel);
        try
        {
            var known = _tenants.GetOrAdd(tenant, static _ => new());
            if (known.IsLoaded)
            {
                return;
            }

            // commits that come meanwhile are noted too, and the later version of a card stays
            known.SeenUpTo = store.HeadOf(tenant);
            foreach (var kind in Kinds)
            {
                await LoadAsync(known, store, slices.OfKind(kind), tenant, cancel);
            }

            known.IsLoaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Reads what another process has changed.</summary>
    private async Task CatchUpAsync(string tenant)
    {
        var (store, slices) = (_store!, _slices!); // followed, or nobody would call
        if (!_tenants.TryGetValue(tenant, out var known) || !known.IsLoaded)
        {
            return;
        }

        await _loading.WaitAsync();
        try
        {
            var changed = new HashSet<(string Kind, Guid Key)>();
            var head = store.HeadOf(tenant);
            while (await store.ReadJournalAsync(tenant, known.SeenUpTo, 1_000, [.. Kinds.SelectMany(kind => slices.OfKind(kind).EventTypes)], CancellationToken.None) is { Count: > 0 } entries)
            {
                changed.UnionWith(entries.Select(entry => (entry.Kind, entry.Key)));
                known.SeenUpTo = entries[^1].Position;
            }

            // what is of no interest here is not read again either
            known.SeenUpTo = Math.Max(known.SeenUpTo, head);
            foreach (var (kind, key) in changed)
            {
                var card = (await store.LoadAsync(new(tenant, kind, key), CancellationToken.None))?.Card;
                known.Note(kind, key, card is null ? null : slices.OfKind(kind).ReadCard(card), isNews: true);
            }

            if (changed.Count > 0)
            {
                Changed?.Invoke(tenant);
            }
        }
        catch (Exception)
        {
            // the store is away: everything is read again by whoever asks next
            _tenants.TryRemove(tenant, out _);
        }
        finally
        {
            _loading.Release();
        }
    }

    private static async Task LoadAsync(TenantAccess known, IGrainStore store, ISliceBehaviour slice, string tenant, CancellationToken cancel)
    {
        // alerts go on for as long as there is an organisation; only open ones matter
        var filter = slice.Kind == "alert" ? slice.Is("status", CardValue.Of("open")) : null;
        await foreach (var page in store.PagesAsync(new(tenant, slice.Kind, filter, Limit: 5_000), cancel))
        {
            foreach (var hit in page)
            {
                known.Note(slice.Kind, hit.Key, slice.ReadCard(hit.Json), isNews: false);
            }
        }
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Grain.Kind is "user" or "department" or "share" or "rolebook" or "tenant" or "alert" or "fieldbook" && write.Events.Length > 0)
            {
                _tenants.GetOrAdd(write.Grain.Tenant, static _ => new()).Note(write.Grain.Kind, write.Grain.Key, write.CardAfter, isNews: true);
                Changed?.Invoke(write.Grain.Tenant);
            }
        }
    }

    /// <summary>One tenant's cards that rights follow from, and the access already made from them.</summary>
    private sealed class TenantAccess
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<Guid, UserCard> _users = [];
        private readonly Dictionary<Guid, DepartmentCard> _departments = [];
        private readonly Dictionary<Guid, ShareCard> _shares = [];
        private readonly Dictionary<Guid, AlertCard> _alerts = [];
        private readonly HashSet<Guid> _ended = [];
        private readonly Dictionary<Guid, FieldBookCard> _fields = [];
        private RoleBookCard? _book;
        private TenantCard? _tenant;
        private volatile Made? _made;

        public bool IsLoaded { get; set; }

        /// <summary>What of the journal is known to be in the cards.</summary>
        public long SeenUpTo { get; set; }

        public Organisation Organisation => Current.Organisation;

        private Made Current => _made ?? Make();

        public Access Of(Guid id, string role)
        {
            var made = Current;
            return made.ByAsker.TryGetValue((id, role), out var known)
                ? known
                : made.ByAsker.GetOrAdd((id, role), static (key, of) => Access.Of(of, key.Id, key.Role), made.Organisation);
        }

        public void Note(string kind, Guid key, object? card, bool isNews)
        {
            lock (_gate)
            {
                switch (card)
                {
                    case UserCard user when !(_users.TryGetValue(key, out var known) && known.Version >= user.Version):
                        _users[key] = user;
                        break;
                    case DepartmentCard department when !(_departments.TryGetValue(key, out var known) && known.Version >= department.Version):
                        _departments[key] = department;
                        break;
                    case ShareCard share when (isNews || !_ended.Contains(key)) && !(_shares.TryGetValue(key, out var known) && known.Version >= share.Version):
                        _shares[key] = share;
                        break;
                    case RoleBookCard book when !(_book?.Version >= book.Version):
                        _book = book;
                        break;
                    case TenantCard tenant when !(_tenant?.Version >= tenant.Version):
                        _tenant = tenant;
                        break;
                    case AlertCard alert when !(_alerts.TryGetValue(key, out var known) && known.Version >= alert.Version):
                        _alerts[key] = alert;
                        break;
                    case FieldBookCard fields when !(_fields.TryGetValue(key, out var known) && known.Version >= fields.Version):
                        _fields[key] = fields;
                        break;
                    case null when kind == "share":
                        _shares.Remove(key);
                        _ended.Add(key);
                        break;
                }

                _made = null;
            }
        }

        private Made Make()
        {
            lock (_gate)
            {
                return _made ??= new(new Organisation(
                    new Dictionary<Guid, UserCard>(_users), new Dictionary<Guid, DepartmentCard>(_departments), [.. _shares.Values], _book, _tenant?.ModulesOff,
                    [.. _alerts.Values.Where(alert => alert.Status == "open")], _fields.Values));
            }
        }

        private sealed record Made(Organisation Organisation)
        {
            public ConcurrentDictionary<(Guid Id, string Role), Access> ByAsker { get; } = new();
        }
    }
}
