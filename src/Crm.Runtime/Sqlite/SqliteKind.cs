using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Crm.Runtime.Cards;

namespace Crm.Runtime.Sqlite;

/// <summary>The statements that write the rows of one kind.</summary>
internal sealed class SqliteKind(CardSchema schema, bool isSearched)
{
    private readonly Dictionary<(ulong Changed, bool WithListing), string?> _updates = [];

    public CardField? Scope { get; } = schema.Scope;

    public string Insert { get; } = SqliteTables.Insert(schema);

    public string Version { get; } = $"select version, id from g_{schema.Kind} where key=?";

    [NotNullIfNotNull(nameof(DeleteTerms))]
    public string InsertTerms { get; } = $"insert into s_{schema.Kind}(rowid, terms) values(?,?)";

    /// <summary>Null for a kind that is not searched.</summary>
    public string? DeleteTerms { get; } = isSearched ? $"delete from s_{schema.Kind} where rowid=?" : null;

    /// <summary>Which fields are texts, by ordinal: their collation key is written beside them.</summary>
    public bool[] IsText { get; } = [.. schema.Fields.Select(field => field.Type == CardFieldType.Text)];

    /// <summary>The update of some of the fields; what changes together is few sets, so each is made once.</summary>
    public string UpdateOf(ulong changed, bool withListing)
    {
        ref var sql = ref CollectionsMarshal.GetValueRefOrAddDefault(_updates, (changed, withListing), out _);
        return sql ??= SqliteTables.Update(schema, changed, withListing);
    }
}
