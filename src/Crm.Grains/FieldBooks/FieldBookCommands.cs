using System.Text.Json.Serialization;

namespace Crm.Grains.FieldBooks;

/// <summary>What may be asked of the fields that a tenant adds to one slice. A command states intent and may be refused.</summary>
public abstract record FieldBookCommand
{
    private FieldBookCommand() { }

    /// <param name="Type">One of <see cref="CustomField.Types"/>; never changes.</param>
    /// <param name="Key">Default: made from the label. Never changes.</param>
    /// <param name="Scale">Most decimals of a number, 0 to 6; default 2.</param>
    /// <param name="Options">Of a choice.</param>
    /// <param name="Expression">Of a formula; see SPEC FB6.</param>
    /// <param name="Slice">Filled in by the host.</param>
    public sealed record Add(
        FieldLabel Label,
        [property: JsonConverter(typeof(CodeConverter))] string Type,
        string? Key = null,
        bool Required = false,
        int? Scale = null,
        IReadOnlyList<OptionDraft>? Options = null,
        string? Expression = null,
        [property: JsonIgnore] string Slice = "") : FieldBookCommand;

    /// <summary>What is left out stays as it is.</summary>
    public sealed record Amend(
        string Key,
        Optional<FieldLabel> Label = default,
        Optional<bool> Required = default,
        Optional<int?> Scale = default,
        Optional<string?> Expression = default) : FieldBookCommand;

    public sealed record AddOption(string Key, OptionDraft Option) : FieldBookCommand;

    public sealed record RenameOption(string Key, string Option, FieldLabel Label) : FieldBookCommand;

    public sealed record RetireOption(string Key, string Option) : FieldBookCommand;

    public sealed record RestoreOption(string Key, string Option) : FieldBookCommand;

    public sealed record Retire(string Key) : FieldBookCommand;

    public sealed record Restore(string Key) : FieldBookCommand;

    /// <param name="Keys">All of them, each once.</param>
    public sealed record Reorder(IReadOnlyList<string> Keys) : FieldBookCommand;
}
