namespace Crm.Grains.Kernel;

/// <summary>What is left of a record about a person once the person is erased.</summary>
public static class Erasure
{
    /// <summary>Stands for the person's name wherever a name must be.</summary>
    public const string Name = "(erased)";

    public static readonly Refusal Erased = Refusal.Conflict("record-erased", "The person in this record was erased.");

    /// <summary>Why a moment cannot be kept, or null when it can be written and read back.</summary>
    public static Refusal? Wrong(DateTimeOffset kept) => kept.Year >= 1900 ? null : Refusal.Invalid("date-invalid", "This lies before 1900.");

    /// <summary>Why texts cannot be kept, or null when they can be written and read back.</summary>
    public static Refusal? Wrong(params ReadOnlySpan<string?> kept)
    {
        foreach (var text in kept)
        {
            if (text is not null && !Check.IsWellFormed(text))
            {
                return Refusal.Invalid("field-invalid", "This is not a text.");
            }
        }

        return null;
    }
}
