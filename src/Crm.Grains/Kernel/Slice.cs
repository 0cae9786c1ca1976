using System.Text.Json.Serialization.Metadata;

namespace Crm.Grains.Kernel;

/// <summary>One business area: everything a host must know to run it. The list of them all is <c>Slices.cs</c>.</summary>
public abstract class Slice
{
    /// <summary>The kind of grain, singular: <c>lead</c>. On disk forever.</summary>
    public required string Kind { get; init; }

    /// <summary>The name in routes and topics, plural: <c>leads</c>.</summary>
    public required string Plural { get; init; }

    /// <summary>How the slice's commands, events, state and card are written as JSON.</summary>
    public required IJsonTypeInfoResolver Json { get; init; }

    /// <summary>Everybody in the tenant reads it, whatever their role; commands still need a grant.</summary>
    public bool IsReadByAll { get; init; }

    /// <summary>The module it is part of, which a tenant can switch off as a whole; null for what no tenant can do without.</summary>
    public Module? Module { get; init; }

    /// <summary>Everybody reads the records that are their own, whatever their role.</summary>
    public bool IsReadByOwner { get; init; }

    /// <summary>The fields that full-text search looks into: who may not see one finds nothing by it.</summary>
    public IReadOnlyList<string> SearchedFields { get; init; } = [];

    /// <summary>Whether tenants add fields of their own to its records.</summary>
    public abstract bool HasCustomFields { get; }

    /// <summary>The fields that a formula can reckon with, by name: <c>number</c>, <c>money</c> or <c>date</c>.</summary>
    public abstract IReadOnlyDictionary<string, string> Quantities { get; }

    public abstract TResult Accept<TResult>(ISliceVisitor<TResult> visitor);
}

/// <summary>Gives a host the slice with its types.</summary>
public interface ISliceVisitor<out TResult>
{
    TResult Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
        where TState : class where TCommand : class where TEvent : class where TCard : class, ICard;
}

/// <summary>A row of a read model.</summary>
public interface ICard
{
    Guid Id { get; }

    long Version { get; }
}

/// <inheritdoc cref="Slice"/>
/// <remarks>
/// Claims, clocks and tallies are stated as functions of what is, not as orders to change something: the host compares before and after.
/// So they can always be rebuilt, and no rule can forget to release, cancel or subtract.
/// </remarks>
public sealed class Slice<TState, TCommand, TEvent, TCard> : Slice
    where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
{
    public required TState Initial { get; init; }

    public required Func<TState, TCommand, DateTimeOffset, Decision<TEvent>> Decide { get; init; }

    public required Func<TState, TEvent, TState> Evolve { get; init; }

    public required Func<TCard?, Recorded<TEvent>, TCard?> Project { get; init; }

    /// <summary>What lists can filter and sort by. The card's other fields are only shown.</summary>
    public required IReadOnlyList<CardColumn<TCard>> Columns { get; init; }

    /// <summary>What the timeline shows of an event.</summary>
    public Func<TEvent, TimelineFacts> Describe { get; init; } = _ => TimelineFacts.None;

    /// <summary>The texts that full-text search finds the card by, as many as <see cref="Slice.SearchedFields"/>; null when it is not searched.</summary>
    public Func<TCard, string?[]>? SearchTexts { get; init; }

    /// <summary>How search results name the card.</summary>
    public Func<TCard, (string Title, string? Subtitle)>? Headline { get; init; }

    /// <summary>Keys that no other record of the tenant may hold at the same time.</summary>
    public Func<TState, IReadOnlyList<string>>? Claims { get; init; }

    /// <summary>What to answer when another record holds a claimed key.</summary>
    public Func<string, Refusal>? Claimed { get; init; }

    /// <summary>Timers that run as long as the state says so.</summary>
    public Func<TState, IReadOnlyList<Clock>>? Clocks { get; init; }

    /// <summary>The command that a clock gives when it is due.</summary>
    public Func<string, TCommand>? OnClock { get; init; }

    /// <summary>What the card adds to running totals.</summary>
    public Func<TCard, IReadOnlyList<Tally>>? Tallies { get; init; }

    /// <summary>How records carry fields that tenants add; null when they carry none.</summary>
    public CustomFields<TState, TCommand, TEvent, TCard>? Custom { get; init; }

    public override bool HasCustomFields => Custom is not null;

    public override IReadOnlyDictionary<string, string> Quantities => Columns.Select(column => (column.Name, Type: TypeOf(column))).Where(column => column.Type is not null)
        .ToDictionary(column => column.Name, column => column.Type!, StringComparer.Ordinal); // not null by the filter

    private static string? TypeOf(CardColumn<TCard> column) => column switch
    {
        CardColumn<TCard>.Integer => CustomValue.Number,
        CardColumn<TCard>.Amount => CustomValue.Money,
        CardColumn<TCard>.Day => "date",
        _ => null,
    };

    /// <summary>What is to be done to the outside world because of an event of a record. Done once for each event, never again when the journal is replayed.</summary>
    public Func<Guid, TEvent, IReadOnlyList<Effect>>? Effects { get; init; }
    /// <summary>The command that gives a record to somebody else, for slices whose records go to colleagues when their owner leaves.</summary>
    public Func<Guid, TCommand>? HandOver { get; init; }

    /// <summary>Who a record belongs to.</summary>
    public required Func<TState, Holder> Holder { get; init; }

    public override TResult Accept<TResult>(ISliceVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A timer of a record.</summary>
/// <param name="Name">Unique in the record.</param>
/// <param name="DueAt">UTC; fires at the first moment not before it.</param>
public readonly record struct Clock(string Name, DateTimeOffset DueAt);

/// <summary>Something to be done to the outside world after the commit, at least once.</summary>
/// <param name="Kind">Names who does it.</param>
/// <param name="DedupeKey">Tells a repetition.</param>
public readonly record struct Effect(string Kind, string DedupeKey, string Payload);

/// <summary>What one card adds to a running total.</summary>
/// <param name="Group">The total's key: parts joined by <c>|</c>.</param>
/// <param name="Hundredths">In hundredths of a currency that is part of the group; bytes, of files.</param>
public readonly record struct Tally(string Group, long Count, long Hundredths);

/// <summary>To whom a record belongs.</summary>
/// <param name="OwnerId">Null when it belongs to nobody yet.</param>
/// <param name="Exists">False before the first event.</param>
/// <param name="Region">The region it lies in, for those whose rights go by region.</param>
public readonly record struct Holder(Guid? OwnerId, bool Exists, string? Region = null);

/// <summary>A column of a card: its name on the wire, its type, and how to read it.</summary>
public abstract record CardColumn<TCard>(string Name, bool Indexed)
{
    /// <summary>Free text, sorted as zh-CN readers expect.</summary>
    /// <param name="Repeats">Whether many records have the same, so that lists are grouped by it.</param>
    public sealed record Text(string Name, Func<TCard, string?> Read, bool Indexed = false, bool Repeats = false) : CardColumn<TCard>(Name, Indexed);

    /// <summary>A code.</summary>
    public sealed record Choice(string Name, Func<TCard, string?> Read, bool Indexed = false) : CardColumn<TCard>(Name, Indexed);

    public sealed record Id(string Name, Func<TCard, Guid?> Read, bool Indexed = false) : CardColumn<TCard>(Name, Indexed);

    public sealed record Flag(string Name, Func<TCard, bool> Read) : CardColumn<TCard>(Name, Indexed: false);

    public sealed record Integer(string Name, Func<TCard, long?> Read, bool Indexed = false) : CardColumn<TCard>(Name, Indexed);

    /// <summary>The amount; its currency is a column of its own.</summary>
    public sealed record Amount(string Name, Func<TCard, Money?> Read, bool Indexed = false) : CardColumn<TCard>(Name, Indexed);

    public sealed record Instant(string Name, Func<TCard, DateTimeOffset?> Read, bool Indexed = false) : CardColumn<TCard>(Name, Indexed);

    public sealed record Day(string Name, Func<TCard, DateOnly?> Read, bool Indexed = false) : CardColumn<TCard>(Name, Indexed);
}
