using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Tests.Support;

/// <summary>What may be asked of a box: the runtime's own slice, with everything a slice can have and no business.</summary>
internal abstract record BoxCommand
{
    private BoxCommand() { }

    /// <summary>Makes the box look like this; nothing when it does already.</summary>
    public sealed record Fill(Look Look) : BoxCommand;

    /// <summary>Refused as "full" when the sum would pass <see cref="BoxBehaviour.MostSum"/>.</summary>
    public sealed record Add(long By) : BoxCommand;

    /// <summary>Adds one, several times, as that many events.</summary>
    public sealed record Split(int Parts) : BoxCommand;

    /// <summary>Claims a key besides those it has.</summary>
    public sealed record Take(string Key) : BoxCommand;

    /// <summary>Refused as "low" unless the sum is at least this; else nothing.</summary>
    public sealed record Require(long Sum) : BoxCommand;

    /// <summary>What its clock says: the clock is stopped and the tick counted.</summary>
    public sealed record Tick(string Clock) : BoxCommand;

    /// <summary>Judging it throws.</summary>
    public sealed record Explode : BoxCommand;

    /// <summary>Asks for a write that no store can take: fewer columns than the card has.</summary>
    public sealed record Break : BoxCommand;
}

[JsonDerivedType(typeof(Filled), "box-filled-v1")]
[JsonDerivedType(typeof(Added), "box-added-v1")]
[JsonDerivedType(typeof(Ticked), "box-ticked-v1")]
internal abstract record BoxEvent
{
    private BoxEvent() { }

    public sealed record Filled(Look Look) : BoxEvent;

    public sealed record Added(long By) : BoxEvent;

    public sealed record Ticked(string Clock) : BoxEvent;
}

/// <summary>A field of every type, and everything that can hang on a grain.</summary>
internal sealed record Look
{
    public string? Name { get; init; }

    public string? Note { get; init; }

    public string? Colour { get; init; }

    public Guid? Owner { get; init; }

    public bool? IsOpen { get; init; }

    public long? Count { get; init; }

    /// <summary>In hundredths.</summary>
    public long? Amount { get; init; }

    public DateTimeOffset? At { get; init; }

    public DateOnly? Day { get; init; }

    public bool IsHidden { get; init; }

    public string Terms { get; init; } = "";

    /// <summary>The running total it counts into, with its amount.</summary>
    public string? Group { get; init; }

    public IReadOnlyList<string> Keys { get; init; } = [];

    public IReadOnlyDictionary<string, DateTimeOffset> Clocks { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Dedupe keys of mails to send when it comes to look so.</summary>
    public IReadOnlyList<string> Mails { get; init; } = [];
}

internal sealed record Box(Look Look, long Sum = 0, int Ticks = 0);

internal sealed record BoxMemory(GrainId Grain, long Version, GrainRow Row, Box Box) : GrainMemory(Grain, Version, Row);

/// <summary>Boxes on the runtime.</summary>
internal sealed class BoxBehaviour(string kind = "box", bool isSearched = true) : IGrainBehaviour
{
    public const long MostSum = 1_000_000;

    public string Kind => kind;

    public bool IsSearched => isSearched;

    /// <summary>Called on each judgement, before it.</summary>
    public Action<GrainMemory, CommandEnvelope>? Judging { get; set; }

    public CardSchema Cards { get; } = new(kind,
    [
        new("name", CardFieldType.Text, Indexed: true),
        new("note", CardFieldType.Text),
        new("colour", CardFieldType.Choice, Indexed: true),
        new("owner", CardFieldType.Id, Indexed: true, IsScope: true),
        new("isOpen", CardFieldType.Flag),
        new("count", CardFieldType.Integer, Indexed: true),
        new("amount", CardFieldType.Money, Indexed: true),
        new("at", CardFieldType.Instant),
        new("day", CardFieldType.Day),
        new("extra", CardFieldType.Bag),
    ]);

    public GrainMemory Recall(GrainId grain, StoredGrain? stored) => stored is null
        ? new BoxMemory(grain, 0, new GrainRow(), new(new()))
        : new BoxMemory(grain, stored.Version, stored.Row, JsonSerializer.Deserialize<Box>(stored.State)!);

    public Turn Decide(GrainMemory memory, CommandEnvelope envelope, DateTimeOffset now)
    {
        Judging?.Invoke(memory, envelope);
        var known = (BoxMemory)memory;
        return (BoxCommand)envelope.Command switch
        {
            BoxCommand.Fill fill when known.Version > 0 && Json(fill.Look).AsSpan().SequenceEqual(Json(known.Box.Look)) => Turn.Unchanged(memory),
            BoxCommand.Fill fill => Happen(known, envelope, now, new BoxEvent.Filled(fill.Look)),
            BoxCommand.Add add when known.Box.Sum + add.By > MostSum => Turn.Refused("full"),
            BoxCommand.Add add => Happen(known, envelope, now, new BoxEvent.Added(add.By)),
            BoxCommand.Split split => Happen(known, envelope, now, [.. Enumerable.Repeat(new BoxEvent.Added(1), split.Parts)]),
            BoxCommand.Take take => Happen(known, envelope, now, new BoxEvent.Filled(known.Box.Look with { Keys = [.. known.Box.Look.Keys, take.Key] })),
            BoxCommand.Require require => known.Box.Sum < require.Sum ? Turn.Refused("low") : Turn.Unchanged(memory),
            BoxCommand.Tick tick when !known.Box.Look.Clocks.ContainsKey(tick.Clock) => Turn.Refused("no-clock"),
            BoxCommand.Tick tick => Happen(known, envelope, now, new BoxEvent.Ticked(tick.Clock)),
            BoxCommand.Explode => throw new InvalidOperationException("boom"),
            BoxCommand.Break => Broken(Happen(known, envelope, now, new BoxEvent.Added(1))),
            _ => throw new ArgumentException("That cannot be asked of a box.", nameof(envelope)),
        };
    }

    public Turn Refold(GrainMemory memory, JournalEntry entry)
    {
        BoxEvent[] happened = entry.Payload.Length > 0 ? [JsonSerializer.Deserialize<BoxEvent>(entry.Payload)!] : [];
        return Write((BoxMemory)memory, happened, [new(entry.Type, entry.Payload, entry.Salt, entry.PayloadHash, entry)], entry.At, new(entry.ByKind, entry.By), null, null);
    }

    public object OnClock(string name) => name == "poison" ? throw new InvalidOperationException("no command for this clock") : new BoxCommand.Tick(name);

    /// <summary>The order in which the store sorts this text.</summary>
    public static byte[] SortKey(string text) => System.Text.Encoding.UTF8.GetBytes(text.ToLowerInvariant());

    public static CardValue[] Row(Look look) =>
    [
        CardValue.Of(look.Name), CardValue.Of(look.Note), CardValue.Of(look.Colour), CardValue.Of(look.Owner),
        look.IsOpen is { } open ? CardValue.Of(open) : CardValue.Null, CardValue.Of(look.Count), CardValue.Of(look.Amount), CardValue.Of(look.At), CardValue.Of(look.Day),
        Bag(look),
    ];

    /// <summary>Some of the same values again, in a bag.</summary>
    private static CardValue Bag(Look look)
    {
        var bag = new CardBag();
        _ = look.Name is { } name ? bag.Text("name", name, SortKey(name)) : bag;
        _ = look.Colour is { } colour ? bag.Text("colour", colour) : bag;
        _ = look.Count is { } count ? bag.Integer("count", count) : bag;
        _ = look.Amount is { } amount ? look.Colour is { } currency ? bag.Money("amount", amount, currency) : bag.Integer("amount", amount) : bag;
        _ = look.Day is { } day ? bag.Integer("day", day.DayNumber) : bag;
        _ = look.Keys.Count > 0 ? bag.Choices("keys", look.Keys) : bag;
        return bag.ToValue();
    }

    /// <summary>The same once more, with other columns and claims, and nothing else that hangs on it.</summary>
    public static GrainWrite Again(GrainWrite write, CardValue[]? columns, byte[]?[]? sortKeys, IReadOnlyList<string> claims) => new()
    {
        Grain = write.Grain,
        FromVersion = write.FromVersion,
        Row = write.Row,
        Events = write.Events,
        At = write.At,
        By = write.By,
        State = write.State,
        Card = write.Card,
        Columns = columns,
        SortKeys = sortKeys,
        Claims = claims,
    };

    private static Turn Happen(BoxMemory known, CommandEnvelope envelope, DateTimeOffset now, params BoxEvent[] happened) =>
        Write(known, happened, [.. happened.Select(Encode)], now, envelope.By, envelope.CommandId, envelope.Fingerprint);

    private static Turn Broken(Turn turn)
    {
        var write = turn.Write!; // what happens is written
        return turn with { Write = Again(write, columns: [], sortKeys: [], claims: []) };
    }

    private static Turn Write(BoxMemory known, BoxEvent[] happened, NewEvent[] events, DateTimeOffset now, Sender by, string? commandId, byte[]? fingerprint)
    {
        var before = known.Box;
        var after = happened.Aggregate(before, Evolve);
        var version = known.Version + events.Length;
        var isListed = !after.Look.IsHidden;
        var row = Row(after.Look);
        return new(null, new BoxMemory(known.Grain, version, known.Row, after), new GrainWrite
        {
            Grain = known.Grain,
            FromVersion = known.Version,
            Row = known.Row,
            Events = events,
            At = now,
            By = by,
            State = Json(after),
            Card = isListed ? Json(new { known.Grain.Key, version, after.Look.Name, after.Sum }) : null,
            Columns = isListed ? row : null,
            SortKeys = isListed ? [.. row.Select((value, i) => i < 2 && value.Text is { } text ? SortKey(text) : null)] : null,
            SearchTerms = (before.Look.Terms, before.Look.Owner, before.Look.IsHidden) == (after.Look.Terms, after.Look.Owner, after.Look.IsHidden) ? null : after.Look.Terms,
            Claims = [.. after.Look.Keys.Except(before.Look.Keys)],
            Releases = [.. before.Look.Keys.Except(after.Look.Keys)],
            ClocksSet = [.. after.Look.Clocks.Except(before.Look.Clocks).Select(clock => new ClockSetting(clock.Key, clock.Value))],
            ClocksStopped = [.. before.Look.Clocks.Keys.Except(after.Look.Clocks.Keys)],
            Tallies = [.. TalliesOf(before.Look, -1), .. TalliesOf(after.Look, 1)],
            Day = DateOnly.FromDateTime(now.UtcDateTime).DayNumber,
            Effects = [.. happened.OfType<BoxEvent.Filled>().SelectMany(filled => filled.Look.Mails).Select(mail => new NewEffect("mail", mail, Json(mail)))],
            CommandId = commandId,
            Fingerprint = fingerprint,
            CardBefore = before,
            CardAfter = after,
        });
    }

    private static Box Evolve(Box box, BoxEvent happened) => happened switch
    {
        BoxEvent.Filled filled => box with { Look = filled.Look },
        BoxEvent.Added added => box with { Sum = box.Sum + added.By },
        BoxEvent.Ticked ticked => box with { Ticks = box.Ticks + 1, Look = box.Look with { Clocks = box.Look.Clocks.Where(clock => clock.Key != ticked.Clock).ToDictionary() } },
        _ => box,
    };

    private static IEnumerable<TallyChange> TalliesOf(Look look, int sign) =>
        look.Group is { } group ? [new(group, sign, sign * (look.Amount ?? 0))] : [];

    private static NewEvent Encode(BoxEvent happened)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(happened);
        // salts need not be secret here, only of the right length
        var salt = new byte[16];
        return new(TypeOf(happened), payload, salt, HashChain.HashPayload(salt, payload), happened);
    }

    private static string TypeOf(BoxEvent happened) => happened switch
    {
        BoxEvent.Filled => "box-filled-v1",
        BoxEvent.Added => "box-added-v1",
        _ => "box-ticked-v1",
    };

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value);
}
