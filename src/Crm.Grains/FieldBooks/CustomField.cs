namespace Crm.Grains.FieldBooks;

/// <summary>A field that a tenant added to the records of a slice.</summary>
/// <param name="Key">In filters and on cards it stands behind <c>custom.</c>; never changes.</param>
/// <param name="Type">One of <see cref="Types"/>; never changes.</param>
/// <param name="Required">A record made by somebody has a value, and none can be taken away.</param>
/// <param name="Scale">Most decimals of a number, or decimals that a formula is rounded to.</param>
/// <param name="Options">Of a choice, in their order, retired ones included.</param>
/// <param name="Expression">Of a formula.</param>
/// <param name="Result">What a formula results in: <c>number</c>, <c>money</c> or <c>date</c>.</param>
/// <param name="Retired">It takes no values any more; those that are there stay.</param>
public sealed record CustomField(
    string Key, string Type, FieldLabel Label, bool Required, int? Scale, IReadOnlyList<FieldOption> Options, string? Expression, string? Result, bool Retired)
{
    public const string Text = "text";
    public const string Number = "number";
    public const string Money = "money";
    public const string Date = "date";
    public const string Choice = "choice";
    public const string MultiChoice = "multi-choice";
    public const string Person = "person";
    public const string Link = "link";
    public const string Formula = "formula";

    /// <summary>Most decimals of a number.</summary>
    public const int MostDecimals = 6;

    /// <summary>Largest absolute number: with its decimals it fits a 64-bit integer.</summary>
    public const decimal LargestNumber = 9_000_000_000_000m;

    public static readonly IReadOnlySet<string> Types = new HashSet<string> { Text, Number, Money, Date, Choice, MultiChoice, Person, Link, Formula };

    public bool HasOptions() => Type is Choice or MultiChoice;

    /// <summary>What values are compared as: its type, or that of a formula's result.</summary>
    public string Quantity() => Type == Formula ? Result ?? Number : Type;
}

/// <summary>How people call something; at least one of the two is given, and stands in for the other.</summary>
public sealed record FieldLabel(string? Zh = null, string? En = null)
{
    public string Any() => Zh ?? En ?? "";

    public bool Is(string text) => string.Equals(Zh, text, StringComparison.OrdinalIgnoreCase) || string.Equals(En, text, StringComparison.OrdinalIgnoreCase);

    public FieldLabel Trimmed() => new(Normal.Text(Zh), Normal.Text(En));

    public override string ToString() => Zh is null || En is null || Zh == En ? Any() : $"{Zh} / {En}";
}

/// <summary>One of the values of a choice.</summary>
/// <param name="Retired">Records keep it, and none takes it anew.</param>
public sealed record FieldOption(string Key, FieldLabel Label, bool Retired = false);

/// <summary>A value of a choice that is to be there.</summary>
/// <param name="Key">Default: made from the label.</param>
public sealed record OptionDraft(FieldLabel Label, string? Key = null);
