using System.Collections.Frozen;

namespace Crm.Silo.Rights;

/// <summary>Which records a right covers, taken together. The codes are those of a role's grants.</summary>
[Flags]
public enum Scope
{
    None = 0,
    Own = 1,
    Team = 2,
    Department = 4,
    SubPool = 8,
    Pool = 16,
    Region = 32,
    All = 64,
}

public static class Scopes
{
    private static readonly FrozenDictionary<string, Scope> ByCode = new Dictionary<string, Scope>
    {
        ["own"] = Scope.Own,
        ["team"] = Scope.Team | Scope.Own,
        ["department"] = Scope.Department | Scope.Team | Scope.Own,
        ["sub-pool"] = Scope.SubPool,
        ["pool"] = Scope.Pool | Scope.SubPool,
        ["region"] = Scope.Region | Scope.SubPool,
        ["all"] = Scope.All,
    }.ToFrozenDictionary();

    /// <summary>What several codes cover together; an unknown code covers nothing.</summary>
    public static Scope Of(IEnumerable<string> codes) => codes.Aggregate(Scope.None, (all, code) => all | ByCode.GetValueOrDefault(code));
}

/// <summary>What rights are judged by, of one record.</summary>
/// <param name="OwnerId">Null when it belongs to nobody.</param>
public readonly record struct RecordFacts(Guid Id, Guid? OwnerId, string? Region);
