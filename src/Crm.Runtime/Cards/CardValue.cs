using System.Diagnostics.CodeAnalysis;

namespace Crm.Runtime.Cards;

/// <summary>A value in a card's row: nothing, a whole number, text, or bytes. Carries no allocation for numbers.</summary>
public readonly struct CardValue : IEquatable<CardValue>
{
    private readonly object? _reference;
    private readonly long _integer;

    private CardValue(object? reference, long integer)
    {
        _reference = reference;
        _integer = integer;
    }

    public static CardValue Null => default;

    public static CardValue Of(long value) => new(IntegerTag.Instance, value);

    public static CardValue Of(long? value) => value is { } some ? Of(some) : Null;

    public static CardValue Of(bool value) => Of(value ? 1L : 0L);

    public static CardValue Of(string? value) => value is null ? Null : new(value, 0);

    public static CardValue Of(byte[]? value) => value is null ? Null : new(value, 0);

    /// <summary>An id, stored as its 16 bytes in big-endian order so that UUIDv7 keys sort by time.</summary>
    public static CardValue Of(Guid? value) => value is { } id ? new(id.ToByteArray(bigEndian: true), 0) : Null;

    /// <summary>A moment, in whole milliseconds since 1970.</summary>
    public static CardValue Of(DateTimeOffset? value) => value is { } at ? Of(at.ToUnixTimeMilliseconds()) : Null;

    public static CardValue Of(DateOnly? value) => value is { } day ? Of((long)day.DayNumber) : Null;

    public bool IsNull => _reference is null;

    public bool IsInteger => ReferenceEquals(_reference, IntegerTag.Instance);

    public long Integer => _integer;

    public string? Text => _reference as string;

    public byte[]? Bytes => _reference as byte[];

    public bool Equals(CardValue other) =>
        IsInteger ? other.IsInteger && _integer == other._integer
        : Bytes is { } bytes ? other.Bytes is { } others && bytes.AsSpan().SequenceEqual(others)
        : Text is { } text ? text == other.Text
        : other.IsNull;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is CardValue other && Equals(other);

    public override int GetHashCode() => IsInteger ? _integer.GetHashCode() : Text?.GetHashCode(StringComparison.Ordinal) ?? Bytes?.Length ?? 0;

    public override string ToString() => IsNull ? "null" : IsInteger ? $"{_integer}" : Text ?? Convert.ToHexString(Bytes!); // not null, not integer, not text: bytes

    public static bool operator ==(CardValue left, CardValue right) => left.Equals(right);

    public static bool operator !=(CardValue left, CardValue right) => !left.Equals(right);

    private sealed class IntegerTag
    {
        public static readonly IntegerTag Instance = new();
    }
}
