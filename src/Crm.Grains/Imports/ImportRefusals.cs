namespace Crm.Grains.Imports;

/// <summary>Every "no" of an import.</summary>
public static class ImportRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such import.");
    public static readonly Refusal AlreadyApplied = Refusal.Conflict("import-already-applied", "This file has been imported already.");
    public static readonly Refusal OutOfOrder = Refusal.Conflict("state-conflict", "The import is not at that point.");
    public static readonly Refusal HashInvalid = Refusal.Invalid("hash-invalid", "A content hash has 32 to 128 hexadecimal digits.", "contentHash");
    public static readonly Refusal SourceInvalid = Refusal.Invalid("enum-invalid", "A source is a code of 1 to 40 letters a-z, digits and '-'.", "source");
    public static readonly Refusal CountsInvalid = Refusal.Invalid("number-out-of-range", "Counts are not below zero, and no more rows are counted than were read.");
    public static readonly Refusal MappingInvalid = Refusal.Invalid("mapping-invalid", "Map columns of the file to fields of a lead.", "mapping");
}
