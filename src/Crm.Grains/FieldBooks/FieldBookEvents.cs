using System.Text.Json.Serialization;

namespace Crm.Grains.FieldBooks;

/// <summary>What has happened to the fields of one slice. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Added), "fieldbook-field-added-v1")]
[JsonDerivedType(typeof(Amended), "fieldbook-field-amended-v1")]
[JsonDerivedType(typeof(OptionAdded), "fieldbook-option-added-v1")]
[JsonDerivedType(typeof(OptionRenamed), "fieldbook-option-renamed-v1")]
[JsonDerivedType(typeof(OptionRetired), "fieldbook-option-retired-v1")]
[JsonDerivedType(typeof(OptionRestored), "fieldbook-option-restored-v1")]
[JsonDerivedType(typeof(Retired), "fieldbook-field-retired-v1")]
[JsonDerivedType(typeof(Restored), "fieldbook-field-restored-v1")]
[JsonDerivedType(typeof(Reordered), "fieldbook-fields-reordered-v1")]
public abstract record FieldBookEvent
{
    private FieldBookEvent() { }

    public sealed record Added(string Slice, CustomField Field) : FieldBookEvent;

    public sealed record Amended(CustomField From, CustomField To) : FieldBookEvent;

    public sealed record OptionAdded(string Key, FieldOption Option) : FieldBookEvent;

    public sealed record OptionRenamed(string Key, string Option, FieldLabel From, FieldLabel To) : FieldBookEvent;

    public sealed record OptionRetired(string Key, string Option) : FieldBookEvent;

    public sealed record OptionRestored(string Key, string Option) : FieldBookEvent;

    public sealed record Retired(string Key) : FieldBookEvent;

    public sealed record Restored(string Key) : FieldBookEvent;

    public sealed record Reordered(IReadOnlyList<string> From, IReadOnlyList<string> To) : FieldBookEvent;
}
