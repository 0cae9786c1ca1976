using System.Diagnostics.CodeAnalysis;
using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

/// <summary>A filter, or why there is none.</summary>
public readonly record struct FilterResult
{
    private FilterResult(CardFilter? filter, QueryProblem? problem)
    {
        Filter = filter;
        Problem = problem;
    }

    public CardFilter? Filter { get; }

    public QueryProblem? Problem { get; }

    [MemberNotNullWhen(true, nameof(Filter))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsValid => Filter is not null;

    internal static FilterResult Of(CardFilter filter) => new(filter, null);

    internal static FilterResult Of(QueryProblem problem) => new(null, problem);
}
