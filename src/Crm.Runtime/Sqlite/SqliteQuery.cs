using System.Globalization;
using System.Numerics;
using System.Text;
using Crm.Runtime.Cards;

namespace Crm.Runtime.Sqlite;

/// <summary>Turns a card query into SQL. Every word of the text is ours; every value from outside is a parameter.</summary>
internal sealed class SqliteQuery
{
    /// <summary>More ids than this are taken to find too many rows, without a look.</summary>
    private const int MostIds = 256;

    /// <summary>The Julian day of the first day there is.</summary>
    private const string DayZero = "1721425.5";

    private readonly StringBuilder _sql = new();
    private readonly List<CardValue> _values = [];
    private readonly List<HashSet<Guid>> _sets = [];
    private readonly CardFilter? _narrow;
    private string _row = "g.id";
    private bool _isNarrow;
    private long _tenant;

    /// <param name="narrow">The part of the filter whose indexes find the rows; all other indexes are then out of the question.</param>
    private SqliteQuery(CardFilter? narrow) => _narrow = narrow;

    public string Sql => _sql.ToString();

    public IReadOnlyList<CardValue> Values => _values;

    /// <summary>The sets of ids that the text asks about; see <see cref="SqliteSession.Sets"/>.</summary>
    public IReadOnlyList<HashSet<Guid>> Sets => _sets;

    /// <summary>Selects key, id, card and the sort columns, one more row than the limit to know whether a page follows.</summary>
    /// <param name="narrow">A part of the filter, from <see cref="Indexed"/>, that few rows pass.</param>
    /// <param name="nulls">Only the rows whose single sort column is null: they end a descending list.</param>
    public static SqliteQuery Page(CardQuery query, long tenant, CardFilter? narrow, bool nulls = false)
    {
        var sort = query.Sort ?? [];
        var build = new SqliteQuery(narrow);
        build._sql.Append("select g.key, g.id, g.card");
        foreach (var key in sort)
        {
            build._sql.Append(", ").Append(SqliteTables.SortedBy(key.Field));
        }

        build.From(query, tenant, sort);
        if (nulls)
        {
            build._sql.Append(" and ").Append(build.SortedBy(sort[0].Field)).Append(" is null");
        }
        else if (query.After is { } after)
        {
            build._sql.Append(" and ");
            build.After(sort, after);
        }

        build._sql.Append(" order by ");
        foreach (var key in sort)
        {
            build._sql.Append(build.SortedBy(key.Field)).Append(key.Descending ? " desc, " : " asc, ");
        }

        build._sql.Append(build._row).Append(RowDescends(sort) ? " desc" : " asc").Append(" limit ?");
        build._values.Add(CardValue.Of((long)query.Limit + 1));
        return build;
    }

    public static SqliteQuery Count(CardQuery query, long tenant, CardFilter? narrow, int atMost)
    {
        var build = new SqliteQuery(narrow);
        build._sql.Append("select count(*) from (select 1");
        build.From(query, tenant, sort: []);
        build._sql.Append(" limit ?)");
        build._values.Add(CardValue.Of((long)atMost));
        return build;
    }

    public static SqliteQuery Group(CardQuery query, IReadOnlyList<CardField> fields, long tenant, CardFilter? narrow)
    {
        var build = new SqliteQuery(narrow);
        build._sql.Append("select ");
        foreach (var field in fields)
        {
            build._sql.Append(SqliteTables.ValueOf(field)).Append(", ");
        }

        build._sql.Append("count(*)");
        build.From(query, tenant, sort: []);
        build._sql.Append(" group by ").AppendJoin(", ", Enumerable.Range(1, fields.Count));
        return build;
    }

    public static SqliteQuery Aggregate(CardQuery query, CardAggregation aggregation, long tenant, CardFilter? narrow)
    {
        var build = new SqliteQuery(narrow);
        var value = SqliteTables.ValueOf(aggregation.By);
        var key = CardAggregationSql.KeyOf(
            aggregation.By, value, day => $"strftime('%Y-%m', {day} + {DayZero})", moment => $"strftime('%Y-%m', {CardAggregationSql.Local(moment, aggregation, build.Parameter)} / 1000.0, 'unixepoch')");
        build._sql.Append("select ").Append(key).Append(" k, ").Append(value).Append(" v, ").Append(aggregation.Currency is { } currency ? SqliteTables.ValueOf(currency) : "null")
            .Append(" c, ").Append(aggregation.Sum is { } sum ? SqliteTables.ValueOf(sum) : "null").Append(" m");
        build.From(query, tenant, sort: []);
        if (aggregation.By.Type == CardFieldType.Choices)
        {
            // the codes between the bars as a list of JSON, of which nothing is a list with null
            build._sql.Insert(0, "select nullif(code.value, '') k, null v, c, m from (")
                .Append(") packed, json_each('[' || replace(json_quote(substr(packed.k, 2, length(packed.k) - 2)), '|', '\",\"') || ']') code");
        }

        CardAggregationSql.Enclose(build._sql, aggregation, number => build._sql.Append(build.Parameter(number)));
        return build;
    }

    /// <summary>Without a sort the newest comes first; with one, ties are in the direction of its last key, so that one index serves both.</summary>
    public static bool RowDescends(IReadOnlyList<CardSort> sort) => sort.Count == 0 || sort[^1].Descending;

    private string Parameter(long value)
    {
        _values.Add(CardValue.Of(value));
        return "?";
    }

    private void From(CardQuery query, long tenant, IReadOnlyList<CardSort> sort)
    {
        if (query.Match is { } match)
        {
            // the index hands out its matches newest first: a page of an unsorted list ends with its last row, however many more there are
            _sql.Append(" from s_").Append(query.Kind).Append(" s cross join g_").Append(query.Kind).Append(" g on g.id = s.rowid where s.s_").Append(query.Kind).Append(" match ? and +g.listed = ?");
            _values.Add(CardValue.Of(SqliteSearch.Match(SqliteSearch.PrefixOf(tenant), match, SqliteSearch.ScopeIn(query.Filter))));
            _row = sort.Count == 0 ? "s.rowid" : "g.id";
        }
        else
        {
            _tenant = tenant;
            _sql.Append(" from g_").Append(query.Kind).Append(_narrow is null ? " g where g.listed = ?" : " g where +g.listed = ?");
            _row = _narrow is null ? _row : "+g.id";
        }

        _values.Add(CardValue.Of(tenant));
        if (query.Filter is { } filter)
        {
            _sql.Append(" and ");
            // an index on what the list is sorted by stops after a page; one on what is filtered by pays only when few rows pass
            Append(filter, query.Match is null && _narrow is null ? Selective(filter, sort) : null);
        }
    }

    /// <summary>The part of a filter that indexes answer by themselves: ids of an indexed field, or keys, or one or the other. Null when there is none.</summary>
    public static CardFilter? Indexed(CardFilter filter) => filter switch
    {
        CardFilter.And and => Indexed(and.Left) ?? Indexed(and.Right),
        _ => IsIndexed(filter) ? filter : null,
    };

    /// <summary>Whether a filter asks about the scope alone.</summary>
    public static bool IsOfScope(CardFilter filter) => filter switch
    {
        CardFilter.Or or => IsOfScope(or.Left) && IsOfScope(or.Right),
        CardFilter.Compare compare => compare.Field.IsScope,
        CardFilter.In any => any.Field.IsScope,
        _ => false,
    };

    private static bool IsIndexed(CardFilter filter) => filter switch
    {
        CardFilter.Or or => IsIndexed(or.Left) && IsIndexed(or.Right),
        CardFilter.Compare { Operator: CardOperator.Equal, Field: { Type: CardFieldType.Id, Indexed: true } } => true,
        CardFilter.In { Field: { Type: CardFieldType.Id, Indexed: true }, Values.Count: <= MostIds } => true,
        CardFilter.Keys { Ids.Count: <= MostIds } => true,
        _ => false,
    };

    /// <summary>The field whose index should find the rows of a list that no ids narrow: a text compared for equality, or what the list is sorted by.</summary>
    private static CardField? Selective(CardFilter filter, IReadOnlyList<CardSort> sort) => filter switch
    {
        CardFilter.And and => Selective(and.Left, sort) ?? Selective(and.Right, sort),
        CardFilter.Compare { Operator: CardOperator.Equal, Field: { Type: CardFieldType.Text, Indexed: true } field, SortKey: not null } => field,
        CardFilter.Compare { Operator: not (CardOperator.NotEqual or CardOperator.Contains or CardOperator.EndsWith) } compare
            when sort.Count > 0 && sort[0].Field.Name == compare.Field.Name => compare.Field,
        _ => null,
    };

    private string SortedBy(CardField field) => _narrow is null ? SqliteTables.SortedBy(field) : $"+{SqliteTables.SortedBy(field)}";

    private void Append(CardFilter filter, CardField? indexed)
    {
        if (_narrow is not null && ReferenceEquals(filter, _narrow))
        {
            _isNarrow = true;
            AppendPart(filter, indexed);
            _isNarrow = false;
        }
        else
        {
            AppendPart(filter, indexed);
        }
    }

    private void AppendPart(CardFilter filter, CardField? indexed)
    {
        switch (filter)
        {
            case CardFilter.And and:
                Joined(and.Left, " and ", and.Right, indexed);
                break;
            case CardFilter.Or or:
                Joined(or.Left, " or ", or.Right, indexed);
                break;
            case CardFilter.Not not:
                // three-valued SQL would drop rows with nulls; "is not true" keeps them
                _sql.Append("((");
                Append(not.Inner, indexed);
                _sql.Append(") is not true)");
                break;
            case CardFilter.Present present:
                _sql.Append('(').Append(SqliteTables.ValueOf(present.Field)).Append(" is not null");
                if (present.Field.Type is CardFieldType.Text or CardFieldType.Choice)
                {
                    _sql.Append(" and ").Append(SqliteTables.ValueOf(present.Field)).Append(" <> ''");
                }

                _sql.Append(')');
                break;
            case CardFilter.Compare compare:
                Listed();
                Append(compare, indexed);
                _sql.Append(_isNarrow ? ")" : "");
                break;
            case CardFilter.In any:
                Listed();
                OneOf(Plus(any.Field, indexed) + SqliteTables.ValueOf(any.Field), any.Values, areIds: any.Field.Type == CardFieldType.Id);
                _sql.Append(_isNarrow ? ")" : "");
                break;
            case CardFilter.Keys keys:
                OneOf(_narrow is null || _isNarrow ? "g.key" : "+g.key", [.. keys.Ids.Select(id => CardValue.Of(id))], areIds: true);
                break;
        }
    }

    /// <summary>The list is filled up to a power of two with its last value, so that there are few statements and not one for each length.</summary>
    private void OneOf(string column, IReadOnlyList<CardValue> values, bool areIds)
    {
        if (areIds && values.Count > MostIds)
        {
            _sql.Append("among(?,").Append(column).Append(')');
            _values.Add(CardValue.Of((long)_sets.Count));
            _sets.Add(SqliteIdSets.Of(values));
            return;
        }

        _sql.Append(column).Append(" in (");
        var length = values.Count == 0 ? 0 : (int)BitOperations.RoundUpToPowerOf2((uint)values.Count);
        for (var i = 0; i < length; i++)
        {
            _sql.Append(i == 0 ? "?" : ",?");
            _values.Add(values[Math.Min(i, values.Count - 1)]);
        }

        _sql.Append(')');
    }

    /// <summary>Indexes begin with the tenant, and each side of an "or" finds its own: so it is said, as a parameter of its own, on each side.</summary>
    private void Listed()
    {
        if (_isNarrow)
        {
            _sql.Append("(g.listed = ? and ");
            _values.Add(CardValue.Of(_tenant));
        }
    }

    /// <summary>A leading + keeps the planner from choosing a column's index.</summary>
    private string Plus(CardField field, CardField? indexed) => _isNarrow || field.Name == indexed?.Name ? "" : "+";

    private void Joined(CardFilter left, string word, CardFilter right, CardField? indexed)
    {
        _sql.Append('(');
        Append(left, indexed);
        _sql.Append(word);
        Append(right, indexed);
        _sql.Append(')');
    }

    private void Append(CardFilter.Compare compare, CardField? indexed)
    {
        var isText = compare.Field.Type == CardFieldType.Text;
        var column = Plus(compare.Field, indexed) + SqliteTables.ValueOf(compare.Field);
        if (compare.Value.IsNull)
        {
            _sql.Append('(').Append(column).Append(compare.Operator == CardOperator.Equal ? " is null)" : " is not null)");
            return;
        }

        if (compare.Field.Type == CardFieldType.Choices)
        {
            _sql.Append('(').Append(compare.Operator == CardOperator.NotEqual ? $"{column} is null or " : "").Append("instr(").Append(column)
                .Append(", '|' || ? || '|') ").Append(compare.Operator == CardOperator.NotEqual ? "= 0)" : "> 0)");
            _values.Add(compare.Value);
            return;
        }

        switch (compare.Operator)
        {
            case CardOperator.Contains:
                Text("(instr(lower(", column, "), lower(?)) > 0)");
                break;
            case CardOperator.StartsWith:
                Text("(instr(lower(", column, "), lower(?)) = 1)");
                break;
            case CardOperator.EndsWith:
                // substr(x, -0) would be the whole text
                _sql.Append('(').Append(column).Append(" is not null and (length(?) = 0 or substr(lower(").Append(column).Append("), -length(?)) = lower(?)))");
                _values.Add(compare.Value);
                _values.Add(compare.Value);
                break;
            case CardOperator.NotEqual:
                _sql.Append('(').Append(isText ? $"lower({column}) <> lower(?)" : $"{column} <> ?").Append(" or ").Append(column).Append(" is null)");
                break;
            case CardOperator.Equal when isText && compare.SortKey is { } key && compare.Field.Name == indexed?.Name:
                _sql.Append("(g.k_").Append(compare.Field.Name).Append(" = ? and lower(").Append(column).Append(") = lower(?))");
                _values.Add(CardValue.Of(key));
                break;
            case var order:
                var sign = order switch
                {
                    CardOperator.Equal => "=",
                    CardOperator.Greater => ">",
                    CardOperator.GreaterOrEqual => ">=",
                    CardOperator.Less => "<",
                    _ => "<=",
                };
                _sql.Append('(').Append(isText ? $"lower({column}) {sign} lower(?)" : $"{column} {sign} ?").Append(')');
                break;
        }

        _values.Add(compare.Value);
    }

    private void Text(string before, string column, string after) => _sql.Append(before).Append(column).Append(after);

    /// <summary>Whether the rows after a place are one range of one column. In a descending list the rows with null come after that range.</summary>
    public static bool IsRange(IReadOnlyList<CardSort> sort, CardPlace? place) => sort.Count == 1 && place is not null && !place.SortValues[0].IsNull;

    /// <summary>Rows that come after a place, nulls being lowest as SQLite sorts them.</summary>
    private void After(IReadOnlyList<CardSort> sort, CardPlace place)
    {
        if (IsRange(sort, place))
        {
            // a range that an index can begin at, where the general form would walk all rows before it
            var column = SortedBy(sort[0].Field);
            var (from, sign) = sort[0].Descending ? ("<=", "<") : (">=", ">");
            _sql.Append(CultureInfo.InvariantCulture, $"{column} {from} ? and ({column} {sign} ? or g.id {sign} ?)");
            _values.Add(place.SortValues[0]);
            _values.Add(place.SortValues[0]);
            _values.Add(CardValue.Of(place.Row));
            return;
        }

        _sql.Append('(');
        for (var depth = 0; depth <= sort.Count; depth++)
        {
            if (depth > 0)
            {
                _sql.Append(" or ");
            }

            _sql.Append('(');
            for (var i = 0; i < depth; i++)
            {
                _sql.Append(SqliteTables.SortedBy(sort[i].Field)).Append(" is ? and ");
                _values.Add(place.SortValues[i]);
            }

            if (depth == sort.Count)
            {
                _sql.Append(_row).Append(RowDescends(sort) ? " < ?" : " > ?");
                _values.Add(CardValue.Of(place.Row));
            }
            else
            {
                Beyond(SqliteTables.SortedBy(sort[depth].Field), sort[depth].Descending, place.SortValues[depth]);
            }

            _sql.Append(')');
        }

        _sql.Append(')');
    }

    private void Beyond(string column, bool descending, CardValue value)
    {
        if (value.IsNull)
        {
            _sql.Append(descending ? "0" : $"{column} is not null");
            return;
        }

        _sql.Append(descending ? $"({column} < ? or {column} is null)" : $"{column} > ?");
        _values.Add(value);
    }
}
