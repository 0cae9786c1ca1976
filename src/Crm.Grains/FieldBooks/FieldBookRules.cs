using System.Diagnostics;
using System.Text;
using static Crm.Grains.FieldBooks.FieldBookCommand;
using static Crm.Grains.FieldBooks.FieldBookEvent;

namespace Crm.Grains.FieldBooks;

/// <summary>The life of the fields that a tenant adds, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class FieldBookRules
{
    /// <summary>Most fields of a slice, retired ones included.</summary>
    public const int MostFields = 100;

    /// <summary>Most options of a choice, retired ones included.</summary>
    public const int MostOptions = 200;

    /// <summary>Longest label, in text elements.</summary>
    public const int LabelLength = 60;

    /// <summary>Decimals of a number for which none are given.</summary>
    public const int UsualScale = 2;

    private static readonly FieldOption Nothing = new("", new());

    /// <summary>Says what <paramref name="command"/> does to <paramref name="book"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="FieldBookRefusals"/> entry.</returns>
    public static Decision<FieldBookEvent> Decide(FieldBook book, FieldBookCommand command, DateTimeOffset now) => (book, command) switch
    {
        (_, Add { Slice: var slice }) when Slices.All.All(each => each.Plural != slice || !each.HasCustomFields) => FieldBookRefusals.NoCustomFields,
        (FieldBook.Unwritten, Add a) => Adding(new(a.Slice, []), a),                                            // FB1
        (FieldBook.Written written, Add a) => Adding(written, a),
        (FieldBook.Unwritten, Reorder { Keys.Count: 0 }) => [],
        (FieldBook.Unwritten, Reorder) => FieldBookRefusals.OrderIncomplete,
        (FieldBook.Unwritten, _) => FieldBookRefusals.FieldUnknown,
        (FieldBook.Written written, Amend a) => On(written, a.Key, field => Amending(written, field, a)),       // FB3
        (FieldBook.Written written, AddOption o) => On(written, o.Key, field => AddingOption(field, o.Option)), // FB4
        (FieldBook.Written written, RenameOption o) => On(written, o.Key, field => OnOption(field, o.Option, option => Renaming(field, option, o.Label))),
        (FieldBook.Written written, RetireOption o) => On(written, o.Key, field => OnOption(field, o.Option, option => Retiring(field, option))),
        (FieldBook.Written written, RestoreOption o) => On(written, o.Key, field => OnOption(field, o.Option, option => option.Retired ? [new OptionRestored(field.Key, option.Key)] : [])),
        (FieldBook.Written written, Retire r) => On(written, r.Key, field => Retiring(written, field)),         // FB5
        (FieldBook.Written written, Restore r) => On(written, r.Key, field => Restoring(written, field), evenRetired: true),
        (FieldBook.Written written, Reorder r) => Reordering(written, r.Keys),                                  // FB7
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {book.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static FieldBook Evolve(FieldBook book, FieldBookEvent happened) => (book, happened) switch
    {
        (FieldBook.Written written, _) => written with { Fields = Evolve(written.Fields, happened) },
        (_, Added e) => new FieldBook.Written(e.Slice, [e.Field]),
        _ => book,
    };

    /// <summary>The fields after one event.</summary>
    public static IReadOnlyList<CustomField> Evolve(IReadOnlyList<CustomField> fields, FieldBookEvent happened) => happened switch
    {
        Added e => [.. fields, e.Field],
        Amended e => With(fields, e.To.Key, field => field with { Label = e.To.Label, Required = e.To.Required, Scale = e.To.Scale, Expression = e.To.Expression }),
        OptionAdded e => With(fields, e.Key, field => field with { Options = [.. field.Options, e.Option] }),
        OptionRenamed e => WithOption(fields, e.Key, e.Option, option => option with { Label = e.To }),
        OptionRetired e => WithOption(fields, e.Key, e.Option, option => option with { Retired = true }),
        OptionRestored e => WithOption(fields, e.Key, e.Option, option => option with { Retired = false }),
        Retired e => With(fields, e.Key, field => field with { Retired = true }),
        Restored e => With(fields, e.Key, field => field with { Retired = false }),
        Reordered e => [.. fields.OrderBy(field => e.To.ToList().IndexOf(field.Key))],
        _ => fields,
    };

    public static Holder Holder(FieldBook book) => new(OwnerId: null, Exists: book is FieldBook.Written);

    /// <summary>Reads a formula over the fields of a slice and those of the tenant's own that are not retired.</summary>
    public static (Formula? Formula, Refusal? Refusal) Read(string slice, IReadOnlyList<CustomField> fields, string? expression)
    {
        var known = Slices.All.FirstOrDefault(each => each.Plural == slice)?.Quantities;
        return FormulaParser.Parse(expression, name =>
            fields.FirstOrDefault(field => field.Key == name) is { } field
                ? !field.Retired && field.Quantity() is CustomField.Number or CustomField.Money or CustomField.Date ? field.Quantity() : null
                : known?.GetValueOrDefault(name));
    }

    private static Decision<FieldBookEvent> Adding(FieldBook.Written book, Add a)
    {
        if ((Wrong(a) ?? (book.Fields.Count >= MostFields ? FieldBookRefusals.TooMany : null)) is { } wrong)
        {
            return wrong;
        }

        var taken = book.Fields.Select(field => field.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var key = a.Key ?? KeyOf(a.Label, "field", '_', taken);                                                 // FB2
        if (taken.Contains(key))
        {
            return FieldBookRefusals.KeyTaken;
        }

        var options = new List<FieldOption>();
        foreach (var draft in a.Options ?? [])
        {
            if (OptionOf(draft, options, "options") is var (option, no) && no is not null)
            {
                return no;
            }

            options.Add(option);
        }

        string? result = null;
        if (a.Type == CustomField.Formula)
        {
            var (formula, no) = Read(book.Slice, book.Fields, a.Expression);                                    // FB6
            if (formula is null)
            {
                return no!; // there is a formula or a refusal
            }

            result = formula.Type;
        }

        var scale = a.Type is CustomField.Number or CustomField.Formula ? a.Scale ?? UsualScale : (int?)null;
        return [new Added(book.Slice, new(key, a.Type, a.Label.Trimmed(), a.Required, scale, options, a.Expression?.Trim(), result, Retired: false))];
    }

    private static Refusal? Wrong(Add a) =>
        Check.Required("type", a.Type)
        ?? Check.OneOf("type", a.Type, CustomField.Types)
        ?? Wrong("label", a.Label)
        ?? (a.Key is { } key ? WrongKey(key) : null)
        ?? (a.Scale is not null && a.Type is not (CustomField.Number or CustomField.Formula) ? FieldBookRefusals.NotOfThisType with { Field = "scale" } : null)
        ?? (a.Scale is < 0 or > CustomField.MostDecimals ? FieldBookRefusals.ScaleInvalid : null)
        ?? (a.Expression is not null && a.Type != CustomField.Formula ? FieldBookRefusals.NotOfThisType with { Field = "expression" } : null)
        ?? (a.Required && a.Type == CustomField.Formula ? FieldBookRefusals.NotOfThisType with { Field = "required" } : null)
        ?? (a.Type is CustomField.Choice or CustomField.MultiChoice
            ? a.Options is { Count: > 0 and <= MostOptions } ? null : FieldBookRefusals.OptionsNeeded
            : a.Options is null or { Count: 0 } ? null : FieldBookRefusals.NotOfThisType with { Field = "options" });

    private static Refusal? Wrong(string field, FieldLabel? label) =>
        label is null || (Normal.Text(label.Zh) ?? Normal.Text(label.En)) is null
            ? FieldBookRefusals.LabelNeeded with { Field = field }
            : Check.Line($"{field}.zh", label.Zh, LabelLength) ?? Check.Line($"{field}.en", label.En, LabelLength);

    private static Refusal? WrongKey(string key) =>
        key.Length is 0 or > 40 || !char.IsAsciiLetter(key[0]) || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? FieldBookRefusals.KeyInvalid
        : FormulaParser.Functions.Contains(key) ? FieldBookRefusals.KeyReserved
        : null;

    private static Decision<FieldBookEvent> Amending(FieldBook.Written book, CustomField field, Amend a)
    {
        var refusal = (a.Label.IsGiven ? Wrong("label", a.Label.Value) : null)
            ?? (a.Required.Value && field.Type == CustomField.Formula ? FieldBookRefusals.NotOfThisType with { Field = "required" } : null)
            ?? (a.Scale.IsGiven && field.Scale is null ? FieldBookRefusals.NotOfThisType with { Field = "scale" } : null)
            ?? (a.Scale.Value is < 0 or > CustomField.MostDecimals ? FieldBookRefusals.ScaleInvalid : null)
            ?? (!a.Expression.IsGiven ? null
                : field.Type != CustomField.Formula ? FieldBookRefusals.NotOfThisType with { Field = "expression" }
                : WrongFormula(book, field, a.Expression.Value));
        if (refusal is not null)
        {
            return refusal;
        }

        var next = field with
        {
            Label = a.Label.Or(field.Label).Trimmed(),
            Required = a.Required.Or(field.Required),
            Scale = a.Scale.IsGiven ? a.Scale.Value ?? UsualScale : field.Scale,
            Expression = a.Expression.Or(field.Expression)?.Trim(),
        };
        return (next.Label, next.Required, next.Scale, next.Expression) == (field.Label, field.Required, field.Scale, field.Expression) ? [] : [new Amended(field, next)];
    }

    private static Refusal? WrongFormula(FieldBook.Written book, CustomField field, string? expression)
    {
        var (formula, refusal) = Read(book.Slice, book.Fields, expression);
        return formula is null ? refusal
            : formula.Type != field.Result ? FieldBookRefusals.Formula(0, $"this formula results in a {field.Result}, and must go on doing so.")
            : Reaches(book, formula, field.Key) is { } name ? FieldBookRefusals.Formula(expression!.IndexOf(name, StringComparison.Ordinal), $"'{name}' reckons with this very field.") // a formula was read from it
            : null;
    }

    /// <summary>The name in a formula by which it would depend on a field; null when it does not.</summary>
    private static string? Reaches(FieldBook.Written book, Formula formula, string key)
    {
        return Formula.NamesIn(formula).FirstOrDefault(name => Leads(name, []));

        bool Leads(string name, HashSet<string> seen) =>
            name == key
            || (seen.Add(name) && book.Fields.FirstOrDefault(field => field.Key == name) is { Expression: { } expression }
                && Read(book.Slice, book.Fields, expression).Formula is { } inner && Formula.NamesIn(inner).Any(next => Leads(next, seen)));
    }

    private static Decision<FieldBookEvent> AddingOption(CustomField field, OptionDraft draft)
    {
        if (!field.HasOptions())
        {
            return FieldBookRefusals.NotOfThisType with { Field = "option" };
        }

        return field.Options.Count >= MostOptions ? FieldBookRefusals.OptionLimit
            : OptionOf(draft, field.Options, "option") is var (option, refusal) && refusal is not null ? refusal
            : [new OptionAdded(field.Key, option)];
    }

    private static (FieldOption Option, Refusal? Refusal) OptionOf(OptionDraft? draft, IReadOnlyList<FieldOption> known, string field)
    {
        if (draft is null)
        {
            return (Nothing, FieldBookRefusals.OptionsNeeded with { Field = field });
        }

        if (Wrong($"{field}.label", draft.Label) is { } wrong)
        {
            return (Nothing, wrong);
        }

        var taken = known.Select(option => option.Key).ToHashSet(StringComparer.Ordinal);
        var key = draft.Key ?? KeyOf(draft.Label, "option", '-', taken);
        return (new(key, draft.Label.Trimmed()), Check.Slug($"{field}.key", key) ?? (taken.Contains(key) ? FieldBookRefusals.OptionKeyTaken with { Field = field } : null));
    }

    private static Decision<FieldBookEvent> Renaming(CustomField field, FieldOption option, FieldLabel label) =>
        Wrong("label", label) is { } wrong ? wrong : option.Label == label.Trimmed() ? [] : [new OptionRenamed(field.Key, option.Key, option.Label, label.Trimmed())];

    private static Decision<FieldBookEvent> Retiring(CustomField field, FieldOption option) =>
        option.Retired ? []
        : field.Options.Count(each => !each.Retired) == 1 ? FieldBookRefusals.LastOption
        : [new OptionRetired(field.Key, option.Key)];

    private static Decision<FieldBookEvent> Retiring(FieldBook.Written book, CustomField field) =>
        book.Fields.FirstOrDefault(each => !each.Retired && each.Key != field.Key && Read(book.Slice, book.Fields, each.Expression ?? "0").Formula is { } formula && Formula.NamesIn(formula).Contains(field.Key)) is { } user
            ? FieldBookRefusals.InUse(user.Key)
            : [new Retired(field.Key)];

    private static Decision<FieldBookEvent> Restoring(FieldBook.Written book, CustomField field) =>
        !field.Retired ? []
        : field.Type == CustomField.Formula && WrongFormula(book, field, field.Expression) is { } wrong ? wrong
        : [new Restored(field.Key)];

    private static Decision<FieldBookEvent> Reordering(FieldBook.Written book, IReadOnlyList<string> keys)
    {
        var now = book.Fields.Select(field => field.Key).ToArray();
        return keys.Count != now.Length || !keys.ToHashSet(StringComparer.Ordinal).SetEquals(now) ? FieldBookRefusals.OrderIncomplete
            : keys.SequenceEqual(now) ? []
            : [new Reordered(now, [.. keys])];
    }

    private static Decision<FieldBookEvent> On(FieldBook.Written book, string key, Func<CustomField, Decision<FieldBookEvent>> decide, bool evenRetired = false) =>
        book.Fields.FirstOrDefault(field => field.Key == key) is not { } field ? FieldBookRefusals.FieldUnknown
        : field.Retired && !evenRetired ? FieldBookRefusals.FieldRetired
        : decide(field);

    private static Decision<FieldBookEvent> OnOption(CustomField field, string key, Func<FieldOption, Decision<FieldBookEvent>> decide) =>
        field.Options.FirstOrDefault(option => option.Key == key) is { } option ? decide(option) : FieldBookRefusals.OptionUnknown;

    /// <summary>A key made from a label, unlike all that are taken.</summary>
    private static string KeyOf(FieldLabel label, string otherwise, char joint, HashSet<string> taken)
    {
        var key = new StringBuilder();
        foreach (var c in label.En ?? label.Zh ?? "")
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                key.Append(char.ToLowerInvariant(c));
            }
            else if (key.Length > 0 && key[^1] != joint)
            {
                key.Append(joint);
            }
        }

        var stem = key.ToString(0, Math.Min(key.Length, 36)).Trim(joint);
        stem = stem.Length > 0 && char.IsAsciiLetter(stem[0]) && !FormulaParser.Functions.Contains(stem) ? stem : otherwise;
        var unique = stem;
        for (var number = 2; taken.Contains(unique); number++)
        {
            unique = $"{stem}{joint}{number}";
        }

        return unique;
    }

    private static IReadOnlyList<CustomField> With(IReadOnlyList<CustomField> fields, string key, Func<CustomField, CustomField> change) =>
        [.. fields.Select(field => field.Key == key ? change(field) : field)];

    private static IReadOnlyList<CustomField> WithOption(IReadOnlyList<CustomField> fields, string key, string option, Func<FieldOption, FieldOption> change) =>
        With(fields, key, field => field with { Options = [.. field.Options.Select(each => each.Key == option ? change(each) : each)] });
}
