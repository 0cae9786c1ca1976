namespace Crm.Runtime.Cards;

/// <summary>How a field is compared with a value. Text operators apply to <see cref="CardFieldType.Text"/> and Choice fields only.</summary>
public enum CardOperator
{
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// <summary>Which cards are wanted, as a tree over fields of one schema. Compiled to SQL by the store; never text from the wire.</summary>
public abstract record CardFilter
{
    private CardFilter() { }

    public sealed record And(CardFilter Left, CardFilter Right) : CardFilter;

    public sealed record Or(CardFilter Left, CardFilter Right) : CardFilter;

    public sealed record Not(CardFilter Inner) : CardFilter;

    /// <param name="Value">Of the field's own storage type; <see cref="CardValue.Null"/> only with Equal and NotEqual.</param>
    /// <param name="SortKey">The text's collation key, if it is known: lets an index find equal texts.</param>
    public sealed record Compare(CardField Field, CardOperator Operator, CardValue Value, byte[]? SortKey = null) : CardFilter;

    /// <summary>The field has a value that is not empty.</summary>
    public sealed record Present(CardField Field) : CardFilter;

    /// <summary>The field has one of some values.</summary>
    /// <param name="Values">Of the field's own storage type, none of them null; ids in order.</param>
    public sealed record In(CardField Field, IReadOnlyList<CardValue> Values) : CardFilter;

    /// <summary>The card is one of these.</summary>
    public sealed record Keys(IReadOnlyList<Guid> Ids) : CardFilter;

    /// <summary>Both, or the one that is given, or null when neither is.</summary>
    public static CardFilter? AllOf(CardFilter? left, CardFilter? right) =>
        left is null ? right : right is null ? left : new And(left, right);
}
