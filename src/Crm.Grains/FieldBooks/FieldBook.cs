using System.Text.Json.Serialization;

namespace Crm.Grains.FieldBooks;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="FieldBookCard"/>.</summary>
[JsonDerivedType(typeof(Unwritten), "unwritten")]
[JsonDerivedType(typeof(Written), "written")]
public abstract record FieldBook
{
    private FieldBook() { }

    public static FieldBook Initial { get; } = new Unwritten();

    public sealed record Unwritten : FieldBook;

    /// <param name="Slice">Whose records the fields are on, plural.</param>
    /// <param name="Fields">In their order, retired ones included.</param>
    public sealed record Written(string Slice, IReadOnlyList<CustomField> Fields) : FieldBook;
}
