namespace Crm.Silo.Queries;

/// <summary>Why a query from the wire cannot be answered. A value, never an exception: bad input is no bug of ours.</summary>
/// <param name="Code">A stable kebab-case code: <c>filter-invalid</c>, <c>filter-too-complex</c> or <c>sort-invalid</c>.</param>
/// <param name="Detail">One English sentence for the caller.</param>
/// <param name="Position">Where in the text it went wrong, as a 0-based character offset.</param>
public sealed record QueryProblem(string Code, string Detail, int Position)
{
    public const string FilterInvalid = "filter-invalid";
    public const string FilterTooComplex = "filter-too-complex";
    public const string SortInvalid = "sort-invalid";

    /// <summary>What the caller wrote, short enough to be put into a sentence.</summary>
    internal static string Quote(ReadOnlySpan<char> written) =>
        written.Length <= 40 ? $"'{written}'" : $"'{written[..40]}…'";
}
