namespace Crm.Grains.FieldBooks;

/// <summary>Every "no" about the fields that a tenant adds.</summary>
public static class FieldBookRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such field.");
    public static readonly Refusal NoCustomFields = Refusal.NotFound("There are no records of this name that take fields of your own.");
    public static readonly Refusal FieldUnknown = Refusal.Invalid("field-unknown", "There is no such field.", "key");
    public static readonly Refusal KeyInvalid = Refusal.Invalid("key-invalid", "A key begins with a letter a-z or A-Z and has at most 40 of these, digits and _.", "key");
    public static readonly Refusal KeyReserved = Refusal.Invalid("key-reserved", "This word means something in formulas; choose another key.", "key");
    public static readonly Refusal KeyTaken = Refusal.Conflict("field-key-taken", "Another field has this key.", "key");
    public static readonly Refusal TooMany = Refusal.Conflict("field-limit", "Records of one sort have at most 100 fields of your own.", "key");
    public static readonly Refusal LabelNeeded = Refusal.Invalid("field-required", "Give a label in at least one language.", "label");
    public static readonly Refusal ScaleInvalid = Refusal.Invalid("number-out-of-range", "Decimals are 0 to 6.", "scale");
    public static readonly Refusal NotOfThisType = Refusal.Invalid("field-invalid", "This does not suit the type of the field.");
    public static readonly Refusal OptionsNeeded = Refusal.Invalid("field-required", "A choice has 1 to 200 options.", "options");
    public static readonly Refusal OptionLimit = Refusal.Conflict("option-limit", "A choice has at most 200 options.", "option");
    public static readonly Refusal OptionUnknown = Refusal.Invalid("option-unknown", "The field has no such option.", "option");
    public static readonly Refusal OptionKeyTaken = Refusal.Conflict("option-key-taken", "Another option of the field has this key.", "option");
    public static readonly Refusal LastOption = Refusal.Conflict("option-last", "A choice must keep one option that is not retired.", "option");
    public static readonly Refusal FieldRetired = Refusal.Conflict("field-retired", "The field is retired; restore it first.", "key");
    public static readonly Refusal OrderIncomplete = Refusal.Invalid("field-order-incomplete", "Name every field exactly once.", "keys");
    public static readonly Refusal ExpressionNeeded = Refusal.Invalid("field-required", "A formula has an expression.", "expression");

    public static Refusal InUse(string formula) => Refusal.Conflict("field-in-use", $"The formula '{formula}' reckons with this field; retire or change it first.", "key");

    public static Refusal Formula(int position, string sentence) => Refusal.Invalid("formula-invalid", $"At character {position + 1}: {sentence}", "expression");
}
