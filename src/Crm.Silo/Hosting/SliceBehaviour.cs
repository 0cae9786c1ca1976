using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains.FieldBooks;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Rights;
using Crm.Silo.Search;
using Crm.Silo.Tenants;

namespace Crm.Silo.Hosting;

/// <summary>What the silo can do with a slice without knowing its types.</summary>
public interface ISliceBehaviour : IGrainBehaviour
{
    Slice Slice { get; }

    /// <summary>What the timeline shows of a recorded event.</summary>
    TimelineFacts Describe(JournalEntry entry);

    /// <summary>Title and subtitle of a card in search results.</summary>
    (string Title, string? Subtitle) Headline(object card);

    /// <summary>Has at hand what judging a command of the tenant needs. To be awaited before a command that somebody's rights come with.</summary>
    ValueTask PrepareAsync(string tenant, CancellationToken cancel);

    object ReadCard(byte[] json);

    /// <summary>A card as UTF-8 JSON.</summary>
    byte[] WriteCard(object card);

    /// <summary>What rights to a card are judged by.</summary>
    RecordFacts FactsOf(object card);

    /// <summary>The texts a card is found by, each with its field.</summary>
    IReadOnlyList<(string Field, string? Text)> SearchTextsOf(object card);

    /// <summary>The fields to filter and sort by, with those a tenant has added.</summary>
    CardSchema CardsWith(FieldSet fields);

    /// <summary>The command that reckons a record's formulas anew; null for records that have none.</summary>
    object? Compute();

    /// <summary>What may be asked of a record, as rights name it: the commands in kebab-case.</summary>
    IReadOnlyCollection<string> Verbs { get; }

    /// <summary>An event from its payload; null when that is erased.</summary>
    object? ReadEvent(byte[] payload);

    /// <summary>
    /// What a command was to write that was judged before and may not have been written, made anew from its events; null when they cannot
    /// be read. Rules are not asked.
    /// </summary>
    GrainWrite? Redo(GrainMemory memory, IReadOnlyList<NewEvent> events, DateTimeOffset at, Sender by, string? commandId, byte[]? fingerprint);

    /// <summary>The command that a verb of <see cref="Verbs"/> stands for; null when there is none.</summary>
    Type? CommandOf(string verb);

    /// <summary>The card that a grain's entries leave behind, oldest first from its first; null when they leave none.</summary>
    object? Fold(GrainId grain, IEnumerable<JournalEntry> entries);

    /// <summary>What a card adds to running totals.</summary>
    IReadOnlyList<Tally> Tallies(object card);

    /// <summary>Names of all fields of a card on the wire.</summary>
    IReadOnlySet<string> FieldNames { get; }

    /// <summary>Wire names of the slice's events.</summary>
    IReadOnlyCollection<string> EventTypes { get; }

    /// <summary>A card's row, to match a filter against.</summary>
    CardValue[] Row(object card);

    /// <summary>What to answer when another record holds a claimed key.</summary>
    Refusal Claimed(string key);

    /// <summary>The command that gives a record to somebody else; null when records of the slice stay with whom they are.</summary>
    object? HandOver(Guid to);
}

/// <summary>Puts a slice on the runtime: turns what its functions say into what one command writes.</summary>
internal sealed class SliceBehaviour<TState, TCommand, TEvent, TCard> : ISliceBehaviour
    where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
{
    private readonly Slice<TState, TCommand, TEvent, TCard> _slice;
    private readonly TenantDirectory _tenants;
    private readonly JsonTypeInfo<TState> _stateJson = SiloJson.Stored.TypeInfo<TState>();
    private readonly JsonTypeInfo<TEvent> _eventJson = SiloJson.Stored.TypeInfo<TEvent>();
    private readonly JsonTypeInfo<TCard> _cardJson = SiloJson.Cards.TypeInfo<TCard>();
    private readonly Dictionary<Type, string> _wireNames;
    private readonly CardColumn<TCard>[] _columns;
    private readonly Dictionary<Type, string> _verbs;
    private readonly AccessDirectory _access;
    private readonly ConditionalWeakTable<FieldSet, CardSchema> _schemas = [];
    private readonly Type? _compute;
    private readonly int _owner;
    private readonly int _region;

    public SliceBehaviour(Slice<TState, TCommand, TEvent, TCard> slice, TenantDirectory tenants, AccessDirectory access)
    {
        (_slice, _tenants, _access) = (slice, tenants, access);
        _columns = [.. slice.Columns];
        var columns = _columns.Select(column => new CardField(column.Name, TypeOf(column), column.Indexed, IsScope: column.Name == "ownerId") { Repeats = column is CardColumn<TCard>.Text { Repeats: true } });
        Cards = new(slice.Kind, slice.Custom is null ? columns : columns.Append(new CardField(CustomColumns.Bag, CardFieldType.Bag)));
        _compute = slice.Custom?.Compute().GetType();
        _owner = Cards.Find("ownerId")?.Ordinal ?? -1;
        _region = Cards.Find("region")?.Ordinal ?? -1;
        _verbs = typeof(TCommand).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(TCommand)))
            .ToDictionary(type => type, type => JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name));
        _wireNames = typeof(TEvent).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false).Cast<JsonDerivedTypeAttribute>()
            .ToDictionary(derived => derived.DerivedType, derived => (string)derived.TypeDiscriminator!); // every event has a quoted wire name; a baseline test holds it
    }

    public Slice Slice => _slice;

    public string Kind => _slice.Kind;

    public CardSchema Cards { get; }

    public bool IsSearched => _slice.SearchTexts is not null;

    public GrainMemory Recall(GrainId grain, StoredGrain? stored) => stored is null
        ? new Memory(grain, 0, new GrainRow(), _slice.Initial, null)
        : new Memory(
            grain, stored.Version, stored.Row,
            JsonSerializer.Deserialize(stored.State, _stateJson) ?? _slice.Initial,
            stored.Card is { } card ? JsonSerializer.Deserialize(card, _cardJson) : null);

    public Turn Decide(GrainMemory memory, CommandEnvelope envelope, DateTimeOffset now)
    {
        var known = (Memory)memory;
        var command = (TCommand)envelope.Command;
        if (envelope.By.Rights is Asker asker && Forbids(_access.Of(asker), known, command) is { } forbidden)
        {
            return Turn.Refused(forbidden);
        }

        if (command is ICustomised customised)
        {
            var (bound, wrong) = Read(known, customised, envelope);
            if (wrong is not null)
            {
                return Turn.Refused(wrong);
            }

            command = (TCommand)bound;
        }

        var decision = _slice.Decide(known.State, command, now);
        if (decision.Refusal is { } refusal)
        {
            // in the words for a record that is somebody else's: the two must not be told apart
            return Turn.Refused(refusal.Kind == RefusalKind.NotFound ? AccessPolicy.NotFound : refusal);
        }

        var happened = decision.Events.Count > 0 || command.GetType() == _compute ? Reckoned(known, decision.Events, now, envelope.By) : decision.Events;
        if (happened.Count == 0)
        {
            return Turn.Unchanged(memory);
        }

        var events = new NewEvent[happened.Count];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = Encode(happened[i]);
        }

        return Write(known, happened, events, now, envelope.By, envelope.CommandId, envelope.Fingerprint, Effects(known.Grain.Key, happened));
    }

    /// <summary>The command with its values of the tenant's own fields in the form they are kept in, or why they cannot be.</summary>
    private (object Command, Refusal? Refusal) Read(Memory known, ICustomised command, CommandEnvelope envelope)
    {
        var isCreation = command.IsCreation && _slice.Custom?.ValuesOf(known.State) is null;
        if (!command.Given.IsGiven && !isCreation)
        {
            return (command, null);
        }

        var (tenant, by) = (known.Grain.Tenant, envelope.By);
        var organisation = _access.Find(tenant) ?? throw new InvalidOperationException($"The fields of '{tenant}' are not loaded.");
        var access = by.Rights is Asker asker ? _access.Of(asker) : _access.Find(tenant, by.Id);
        var (values, refusal) = organisation.FieldsOf(_slice.Plural).Read(
            command.Given.IsGiven ? command.Given.Value : CustomColumns.Nothing,
            isCreation,
            new(
                _tenants.Find(tenant).Currency, organisation.FindPerson, key => access?.Of(_slice).Mask?.Of($"custom.{key}") is null or FieldAccess.Edit,
                by.Kind is SenderKind.User or SenderKind.Key or SenderKind.Import));
        return (values is null || !command.Given.IsGiven ? command : command.With(values), refusal);
    }

    /// <summary>What happened, and what formulas result in after it.</summary>
    private IReadOnlyList<TEvent> Reckoned(Memory known, IReadOnlyList<TEvent> happened, DateTimeOffset now, Sender by)
    {
        if (_slice.Custom is not { } custom || _access.Find(known.Grain.Tenant)?.FieldsOf(_slice.Plural) is not { HasFormulas: true } fields)
        {
            return happened;
        }

        var (state, card, _) = Fold(known, happened, now, by);
        if (card is null || custom.ValuesOf(state) is not { } values)
        {
            return happened;
        }

        var row = Row(card);
        var changes = fields.Compute(values, name => CustomColumns.QuantityOf(Cards, row, name), _tenants.Find(known.Grain.Tenant).Currency);
        return changes.Count == 0 ? happened
            : happened.Count > 0 && custom.Together(happened[^1], changes) is { } together ? [.. happened.Take(happened.Count - 1), together]
            : [.. happened, custom.Computed(changes)];
    }

    private (TState State, TCard? Card, long Version) Fold(Memory known, IReadOnlyList<TEvent> happened, DateTimeOffset now, Sender by)
    {
        var (state, card, version) = (known.State, known.Card, known.Version);
        foreach (var one in happened)
        {
            state = _slice.Evolve(state, one);
            card = _slice.Project(card, new Recorded<TEvent>(known.Grain.Key, ++version, one, now, by.Id));
        }

        return (state, card, version);
    }

    private Refusal? Forbids(Access access, Memory known, TCommand command) => access.IsEverything && access.IsOn(_slice)
        ? null
        : access.MayCommand(_slice, _verbs[command.GetType()], known.Grain.Key, _slice.Holder(known.State)) ?? access.MayFill(_slice, command);

    public RecordFacts FactsOf(object card)
    {
        var known = (TCard)card;
        var owner = _owner < 0 ? CardValue.Null : Read(_columns[_owner], known);
        return new(known.Id, owner.Bytes is { } bytes ? new Guid(bytes, bigEndian: true) : null, _region < 0 ? null : Read(_columns[_region], known).Text);
    }

    public IReadOnlyList<(string Field, string? Text)> SearchTextsOf(object card) => _slice.SearchTexts is not { } texts ? [] :
    [
        .. _slice.SearchedFields.Zip(texts((TCard)card)),
        .. _slice.Custom is { } custom ? CustomColumns.TextsOf(custom.Shown((TCard)card)).Select(text => ($"custom.{text.Key}", (string?)text.Text)) : [],
    ];

    public CardSchema CardsWith(FieldSet fields) => Cards.Bag is null || fields.Fields.Count == 0 ? Cards : _schemas.GetValue(fields, added => CustomColumns.With(Cards, added));

    public object? Compute() => _slice.Custom?.Compute();

    public IReadOnlyCollection<string> Verbs => _verbs.Values;

    public Turn Refold(GrainMemory memory, JournalEntry entry)
    {
        TEvent[] happened = entry.Payload.Length > 0 && JsonSerializer.Deserialize(entry.Payload, _eventJson) is { } one ? [one] : [];
        return Write((Memory)memory, happened, [new(entry.Type, entry.Payload, entry.Salt, entry.PayloadHash, happened)], entry.At, new Sender(entry.ByKind, entry.By), null, null, []);
    }

    public GrainWrite? Redo(GrainMemory memory, IReadOnlyList<NewEvent> events, DateTimeOffset at, Sender by, string? commandId, byte[]? fingerprint)
    {
        var happened = new List<TEvent>();
        foreach (var one in events)
        {
            if (one.Payload.Length == 0 || JsonSerializer.Deserialize(one.Payload, _eventJson) is not { } read)
            {
                return null;
            }

            happened.Add(read);
        }

        return Write((Memory)memory, happened, [.. events.Select((one, i) => one with { Event = happened[i] })], at, by, commandId, fingerprint, Effects(memory.Grain.Key, happened)).Write;
    }

    public object OnClock(string name) =>
        _slice.OnClock?.Invoke(name) ?? throw new InvalidOperationException($"Slice '{Kind}' has a clock but no command for it.");

    public TimelineFacts Describe(JournalEntry entry) =>
        entry.Payload.Length > 0 && JsonSerializer.Deserialize(entry.Payload, _eventJson) is { } happened ? _slice.Describe(happened) : TimelineFacts.None;

    public (string Title, string? Subtitle) Headline(object card) => _slice.Headline?.Invoke((TCard)card) ?? ("", null);

    public ValueTask PrepareAsync(string tenant, CancellationToken cancel) => _access.LoadAsync(tenant, cancel);

    public object ReadCard(byte[] json) => JsonSerializer.Deserialize(json, _cardJson)!; // a stored card is an object, never null

    public byte[] WriteCard(object card) => JsonSerializer.SerializeToUtf8Bytes((TCard)card, _cardJson);

    public object? ReadEvent(byte[] payload) => payload.Length > 0 ? JsonSerializer.Deserialize(payload, _eventJson) : null;

    public Type? CommandOf(string verb) => _verbs.FirstOrDefault(known => known.Value == verb).Key;

    public object? Fold(GrainId grain, IEnumerable<JournalEntry> entries)
    {
        TCard? card = null;
        foreach (var entry in entries)
        {
            if (entry.Payload.Length > 0 && JsonSerializer.Deserialize(entry.Payload, _eventJson) is { } happened)
            {
                card = _slice.Project(card, new Recorded<TEvent>(grain.Key, entry.Version, happened, entry.At, entry.By));
            }
        }

        return card;
    }

    public IReadOnlyList<Tally> Tallies(object card) => _slice.Tallies?.Invoke((TCard)card) ?? [];

    public IReadOnlySet<string> FieldNames { get; } = SiloJson.Cards.TypeInfo<TCard>().Properties.Select(property => property.Name).ToHashSet();

    public IReadOnlyCollection<string> EventTypes => _wireNames.Values;

    public CardValue[] Row(object card) => Row((TCard)card);

    public Refusal Claimed(string key) => _slice.Claimed?.Invoke(key) ?? Refusal.Conflict("duplicate", "Another record holds this key.");

    public object? HandOver(Guid to) => _slice.HandOver?.Invoke(to);

    private Turn Write(Memory known, IReadOnlyList<TEvent> happened, NewEvent[] events, DateTimeOffset now, Sender by, string? commandId, byte[]? fingerprint, IReadOnlyList<NewEffect> effects)
    {
        var (state, card, _) = Fold(known, happened, now, by);
        var next = new Memory(known.Grain, known.Version + events.Length, known.Row, state, card);
        var row = card is null ? null : Row(card, isStored: true);
        var changed = known.Card is { } before && card is not null ? Difference(before, card) : ulong.MaxValue;
        var write = new GrainWrite
        {
            Grain = known.Grain,
            FromVersion = known.Version,
            Row = known.Row,
            Events = events,
            At = now,
            By = by,
            State = JsonSerializer.SerializeToUtf8Bytes(state, _stateJson),
            Card = card is null ? null : JsonSerializer.SerializeToUtf8Bytes(card, _cardJson),
            Columns = row,
            SortKeys = row is null ? null : SortKeys(row, changed),
            Changed = changed,
            ListingChanges = known.Version == 0 || known.Card is null != card is null,
            SearchTerms = SearchChange(known.Card, card),
            Claims = Added(_slice.Claims, known.State, state),
            Releases = Added(_slice.Claims, state, known.State),
            ClocksSet = ClocksSet(known.State, state),
            ClocksStopped = ClocksStopped(known.State, state),
            Tallies = TallyChanges(known.Card, card),
            Day = _tenants.Find(known.Grain.Tenant).DayOf(now).DayNumber,
            Effects = effects,
            CommandId = commandId,
            Fingerprint = fingerprint,
            CardBefore = known.Card,
            CardAfter = card,
        };
        return new(null, next, write);
    }

    private IReadOnlyList<NewEffect> Effects(Guid id, IReadOnlyList<TEvent> happened) => _slice.Effects is { } effects
        ? [.. happened.SelectMany(one => effects(id, one)).Select(effect => new NewEffect(effect.Kind, effect.DedupeKey, Encoding.UTF8.GetBytes(effect.Payload)))]
        : [];

    private NewEvent Encode(TEvent happened)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(happened, _eventJson);
        var salt = RandomBytes.Next().ToArray();
        return new(_wireNames[happened.GetType()], payload, salt, HashChain.HashPayload(salt, payload), happened);
    }

    private CardValue[] Row(TCard card, bool isStored = false)
    {
        var row = new CardValue[Cards.Fields.Count];
        for (var i = 0; i < _columns.Length; i++)
        {
            row[i] = Read(_columns[i], card);
        }

        if (_slice.Custom is { } custom)
        {
            row[^1] = CustomColumns.BagOf(custom.Shown(card), withSortKeys: isStored);
        }

        return row;
    }

    /// <summary>The columns that differ, a bit each.</summary>
    private ulong Difference(TCard before, TCard after)
    {
        var changed = 0UL;
        for (var i = 0; i < _columns.Length; i++)
        {
            if (!IsSame(_columns[i], before, after))
            {
                changed |= 1UL << i;
            }
        }

        return Cards.Bag is { } bag && !CustomColumns.AreSame(_slice.Custom!.Shown(before), _slice.Custom.Shown(after)) ? changed | (1UL << bag.Ordinal) : changed; // a bag is there for them
    }

    private static bool IsSame(CardColumn<TCard> column, TCard before, TCard after) => column is CardColumn<TCard>.Id id
        ? id.Read(before) == id.Read(after)
        : Read(column, before) == Read(column, after);

    /// <summary>Collation keys are costly to make, so only changed texts get theirs; null when none did.</summary>
    private byte[]?[]? SortKeys(CardValue[] row, ulong changed)
    {
        byte[]?[]? keys = null;
        for (var i = 0; i < _columns.Length; i++)
        {
            if ((changed & (1UL << i)) != 0 && _columns[i] is CardColumn<TCard>.Text && row[i].Text is { } text)
            {
                (keys ??= new byte[]?[row.Length])[i] = SearchTerms.SortKey(text);
            }
        }

        return keys;
    }

    private string? SearchChange(TCard? before, TCard? after)
    {
        if (!IsSearched)
        {
            return null;
        }

        if (after is null)
        {
            return before is null ? null : "";
        }

        var now = Texts(after);
        return before is not null && Texts(before).AsSpan().SequenceEqual(now) && (_owner < 0 || IsSame(_columns[_owner], before, after)) ? null : SearchTerms.ForIndex(now);

        string?[] Texts(TCard card) =>
            _slice.Custom?.Shown(card) is { Count: > 0 } custom ? [.. _slice.SearchTexts!(card), .. CustomColumns.TextsOf(custom).Select(text => text.Text)] : _slice.SearchTexts!(card); // it is searched
    }

    /// <summary>What <paramref name="after"/> has and <paramref name="before"/> has not.</summary>
    private static IReadOnlyList<string> Added(Func<TState, IReadOnlyList<string>>? keysOf, TState before, TState after)
    {
        if (keysOf is null || keysOf(after) is not { Count: > 0 } now)
        {
            return [];
        }

        var then = keysOf(before);
        List<string>? added = null;
        foreach (var key in now)
        {
            if (!then.Contains(key))
            {
                (added ??= []).Add(key);
            }
        }

        return added ?? (IReadOnlyList<string>)[];
    }

    private IReadOnlyList<ClockSetting> ClocksSet(TState before, TState after)
    {
        if (_slice.Clocks is not { } clocks || clocks(after) is not { Count: > 0 } now)
        {
            return [];
        }

        var then = clocks(before);
        List<ClockSetting>? set = null;
        foreach (var clock in now)
        {
            if (!then.Contains(clock))
            {
                (set ??= []).Add(new(clock.Name, clock.DueAt));
            }
        }

        return set ?? (IReadOnlyList<ClockSetting>)[];
    }

    private IReadOnlyList<string> ClocksStopped(TState before, TState after)
    {
        if (_slice.Clocks is not { } clocks || clocks(before) is not { Count: > 0 } then)
        {
            return [];
        }

        var now = clocks(after);
        List<string>? stopped = null;
        foreach (var clock in then)
        {
            if (!now.Any(running => running.Name == clock.Name))
            {
                (stopped ??= []).Add(clock.Name);
            }
        }

        return stopped ?? (IReadOnlyList<string>)[];
    }

    private IReadOnlyList<TallyChange> TallyChanges(TCard? before, TCard? after)
    {
        if (_slice.Tallies is not { } tallies)
        {
            return [];
        }

        var then = before is null ? [] : tallies(before);
        var now = after is null ? [] : tallies(after);
        if (IsSame(then, now))
        {
            return [];
        }

        var changes = new List<TallyChange>(then.Count + now.Count);
        for (var i = 0; i < then.Count; i++)
        {
            changes.Add(new(then[i].Group, -then[i].Count, -then[i].Hundredths));
        }

        for (var i = 0; i < now.Count; i++)
        {
            changes.Add(new(now[i].Group, now[i].Count, now[i].Hundredths));
        }

        return changes;
    }

    private static bool IsSame(IReadOnlyList<Tally> before, IReadOnlyList<Tally> after)
    {
        if (before.Count != after.Count)
        {
            return false;
        }

        for (var i = 0; i < after.Count; i++)
        {
            if (before[i] != after[i])
            {
                return false;
            }
        }

        return true;
    }

    private static CardValue Read(CardColumn<TCard> column, TCard card) => column switch
    {
        CardColumn<TCard>.Text text => CardValue.Of(text.Read(card)),
        CardColumn<TCard>.Choice choice => CardValue.Of(choice.Read(card)),
        CardColumn<TCard>.Id id => CardValue.Of(id.Read(card)),
        CardColumn<TCard>.Flag flag => CardValue.Of(flag.Read(card)),
        CardColumn<TCard>.Integer integer => CardValue.Of(integer.Read(card)),
        CardColumn<TCard>.Amount amount => CardValue.Of(amount.Read(card)?.Hundredths),
        CardColumn<TCard>.Instant instant => CardValue.Of(instant.Read(card)),
        CardColumn<TCard>.Day day => CardValue.Of(day.Read(card)),
        _ => throw new InvalidOperationException($"Column '{column.Name}' is of no known type."),
    };

    private static CardFieldType TypeOf(CardColumn<TCard> column) => column switch
    {
        CardColumn<TCard>.Text => CardFieldType.Text,
        CardColumn<TCard>.Choice => CardFieldType.Choice,
        CardColumn<TCard>.Id => CardFieldType.Id,
        CardColumn<TCard>.Flag => CardFieldType.Flag,
        CardColumn<TCard>.Integer => CardFieldType.Integer,
        CardColumn<TCard>.Amount => CardFieldType.Money,
        CardColumn<TCard>.Instant => CardFieldType.Instant,
        CardColumn<TCard>.Day => CardFieldType.Day,
        _ => throw new InvalidOperationException($"Column '{column.Name}' is of no known type."),
    };

    private sealed record Memory(GrainId Grain, long Version, GrainRow Row, TState State, TCard? Card) : GrainMemory(Grain, Version, Row);
}

/// <summary>Makes the behaviours of all slices.</summary>
public sealed class SliceBehaviours(TenantDirectory tenants, AccessDirectory access) : ISliceVisitor<ISliceBehaviour>
{
    public IReadOnlyList<ISliceBehaviour> Make() => [.. Grains.Slices.All.Select(slice => slice.Accept(this))];

    public ISliceBehaviour Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
        where TState : class where TCommand : class where TEvent : class where TCard : class, ICard =>
        new SliceBehaviour<TState, TCommand, TEvent, TCard>(slice, tenants, access);
}
