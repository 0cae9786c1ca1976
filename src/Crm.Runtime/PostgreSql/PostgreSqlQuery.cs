using System.Globalization;
using System.Text;
using Crm.Runtime.Cards;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Runtime.PostgreSql;

/// <summary>Turns a card query into SQL. Every word of the text is ours; every value from outside is a parameter.</summary>
internal sealed class PostgreSqlQuery
{
    private readonly StringBuilder _sql = new();
    private readonly List<NpgsqlParameter> _values = [];

    private PostgreSqlQuery() { }

    public NpgsqlCommand On(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(_sql.ToString(), connection);
        foreach (var value in _values)
        {
            command.Parameters.Add(value);
        }

        return command;
    }

    /// <summary>Selects key, id, card and the sort columns, one more row than the limit to know whether a page follows.</summary>
    /// <param name="nulls">Only the rows whose single sort column is null: they end a descending list.</param>
    public static PostgreSqlQuery Page(CardQuery query, int tenant, bool nulls = false)
    {
        var sort = query.Sort ?? [];
        var build = new PostgreSqlQuery();
        build._sql.Append("select g.key, g.id, g.card");
        foreach (var key in sort)
        {
            build._sql.Append(", ").Append(Sorted(key.Field));
        }

        build.From(query, tenant);
        if (nulls)
        {
            build._sql.Append(" and ").Append(Sorted(sort[0].Field)).Append(" is null");
        }
        else if (query.After is { } after)
        {
            build._sql.Append(" and ");
            build.After(sort, after);
        }

        build._sql.Append(" order by ");
        foreach (var key in sort)
        {
            build._sql.Append(Sorted(key.Field)).Append(key.Descending ? " desc nulls last, " : " asc nulls first, ");
        }

        build._sql.Append("g.id ").Append(RowDescends(sort) ? "desc" : "asc").Append(" limit ");
        build.Value((long)query.Limit + 1);
        return build;
    }

    public static PostgreSqlQuery Count(CardQuery query, int tenant, int atMost)
    {
        var build = new PostgreSqlQuery();
        build._sql.Append("select count(*) from (select 1");
        build.From(query, tenant);
        build._sql.Append(" limit ");
        build.Value((long)atMost);
        build._sql.Append(") few");
        return build;
    }

    public static PostgreSqlQuery Group(CardQuery query, IReadOnlyList<CardField> fields, int tenant)
    {
        var build = new PostgreSqlQuery();
        build._sql.Append("select ");
        foreach (var field in fields)
        {
            build._sql.Append(PostgreSqlTables.ValueOf(field)).Append(", ");
        }

        build._sql.Append("count(*)");
        build.From(query, tenant);
        build._sql.Append(" group by ").AppendJoin(", ", Enumerable.Range(1, fields.Count));
        return build;
    }

    public static PostgreSqlQuery Aggregate(CardQuery query, CardAggregation aggregation, int tenant)
    {
        var build = new PostgreSqlQuery();
        var value = PostgreSqlTables.ValueOf(aggregation.By);
        var key = CardAggregationSql.KeyOf(
            aggregation.By,
            value,
            day => $"(to_char(date '0001-01-01' + {day}::int, 'YYYY-MM') collate \"C\")",
            moment => $"(to_char(timestamp 'epoch' + {CardAggregationSql.Local(moment, aggregation, build.Parameter)} * interval '1 millisecond', 'YYYY-MM') collate \"C\")");
        build._sql.Append("select ").Append(key).Append(" k, ").Append(value).Append(" v, ").Append(aggregation.Currency is { } currency ? PostgreSqlTables.ValueOf(currency) : "null::text")
            .Append(" c, ").Append(aggregation.Sum is { } sum ? PostgreSqlTables.ValueOf(sum) : "null::bigint").Append(" m");
        build.From(query, tenant);
        if (aggregation.By.Type == CardFieldType.Choices)
        {
            build._sql.Insert(0, "select (code.value collate \"C\") k, null::text v, c, m from (")
                .Append(") packed cross join lateral unnest(case when length(packed.k) > 2 then string_to_array(substr(packed.k, 2, length(packed.k) - 2), '|') else array[null::text] end) code(value)");
        }

        CardAggregationSql.Enclose(build._sql, aggregation, number => build._sql.Append(build.Parameter(number)));
        return build;
    }

    /// <summary>Whether the rows after a place are one range of one column. In a descending list the rows with null come after that range.</summary>
    public static bool IsRange(IReadOnlyList<CardSort> sort, CardPlace? place) => sort.Count == 1 && place is not null && !place.SortValues[0].IsNull;

    /// <summary>Without a sort the newest comes first; with one, ties are in the direction of its last key, so that one index serves both.</summary>
    private static bool RowDescends(IReadOnlyList<CardSort> sort) => sort.Count == 0 || sort[^1].Descending;

    private static string Sorted(CardField field) => PostgreSqlTables.SortedBy(field);

    private void From(CardQuery query, int tenant)
    {
        _sql.Append(" from ").Append(PostgreSqlTables.Table(query.Kind)).Append(" g where g.listed = ");
        Value(tenant);
        if (query.Match is { } match)
        {
            if (PostgreSqlText.Query(tenant, match) is not { } words)
            {
                _sql.Append(" and false");
            }
            else
            {
                _sql.Append(" and g.id in (select id from ").Append(PostgreSqlTables.SearchTable(query.Kind)).Append(" where terms @@ ");
                Value(NpgsqlDbType.Text, words);
                _sql.Append("::tsquery)");
            }
        }

        if (query.Filter is { } filter)
        {
            _sql.Append(" and ");
            Append(filter);
        }
    }

    private void Append(CardFilter filter)
    {
        switch (filter)
        {
            case CardFilter.And and:
                Joined(and.Left, " and ", and.Right);
                break;
            case CardFilter.Or or:
                Joined(or.Left, " or ", or.Right);
                break;
            case CardFilter.Not not:
                // three-valued SQL would drop rows with nulls; "is not true" keeps them
                _sql.Append("((");
                Append(not.Inner);
                _sql.Append(") is not true)");
                break;
            case CardFilter.Present present:
                var column = PostgreSqlTables.ValueOf(present.Field);
                _sql.Append('(').Append(column).Append(" is not null");
                if (present.Field.Type is CardFieldType.Text or CardFieldType.Choice)
                {
                    _sql.Append(" and ").Append(column).Append(" <> ''");
                }

                _sql.Append(')');
                break;
            case CardFilter.Compare compare:
                Append(compare);
                break;
            case CardFilter.In any:
                OneOf(PostgreSqlTables.ValueOf(any.Field), any.Field, any.Values);
                break;
            case CardFilter.Keys keys:
                _sql.Append("g.key = any(");
                Value(NpgsqlDbType.Array | NpgsqlDbType.Uuid, keys.Ids.ToArray());
                _sql.Append(')');
                break;
        }
    }

    private void OneOf(string column, CardField field, IReadOnlyList<CardValue> values)
    {
        if (values.Count == 0)
        {
            _sql.Append("false");
            return;
        }

        _sql.Append(column).Append(" in (");
        for (var i = 0; i < values.Count; i++)
        {
            _sql.Append(i == 0 ? "" : ", ");
            Value(field, values[i]);
        }

        _sql.Append(')');
    }

    private void Joined(CardFilter left, string word, CardFilter right)
    {
        _sql.Append('(');
        Append(left);
        _sql.Append(word);
        Append(right);
        _sql.Append(')');
    }

    private void Append(CardFilter.Compare compare)
    {
        var isText = compare.Field.Type == CardFieldType.Text;
        var column = PostgreSqlTables.ValueOf(compare.Field);
        if (compare.Value.IsNull)
        {
            _sql.Append('(').Append(column).Append(compare.Operator == CardOperator.Equal ? " is null)" : " is not null)");
            return;
        }

        if (compare.Field.Type == CardFieldType.Choices)
        {
            _sql.Append('(').Append(compare.Operator == CardOperator.NotEqual ? $"{column} is null or " : "").Append("strpos(").Append(column).Append(", ");
            Value(NpgsqlDbType.Text, PostgreSqlText.Storable($"|{compare.Value.Text}|"));
            _sql.Append(compare.Operator == CardOperator.NotEqual ? ") = 0)" : ") > 0)");
            return;
        }

        switch (compare.Operator)
        {
            case CardOperator.Contains:
                Text("(strpos(lower(", column, "), ", compare.Value, ") > 0)");
                break;
            case CardOperator.StartsWith:
                Text("starts_with(lower(", column, "), ", compare.Value, ")");
                break;
            case CardOperator.EndsWith:
                Text("(right(lower(", column, "), length(", compare.Value, ")) = ");
                Lowered(compare.Value);
                _sql.Append(')');
                break;
            case CardOperator.NotEqual:
                _sql.Append('(').Append(column).Append(" is null or ");
                Compared(compare, column, "<>", isText);
                _sql.Append(')');
                break;
            case CardOperator.Equal when isText && compare.SortKey is { } key:
                // the key is what the index has
                _sql.Append("(g.").Append(PostgreSqlTables.SortColumn(compare.Field)).Append(" = ");
                Value(NpgsqlDbType.Bytea, key);
                _sql.Append(" and ");
                Compared(compare, column, "=", isText);
                _sql.Append(')');
                break;
            case var order:
                Compared(compare, column, order switch
                {
                    CardOperator.Equal => "=",
                    CardOperator.Greater => ">",
                    CardOperator.GreaterOrEqual => ">=",
                    CardOperator.Less => "<",
                    _ => "<=",
                }, isText);
                break;
        }
    }

    private void Compared(CardFilter.Compare compare, string column, string sign, bool isText)
    {
        _sql.Append('(').Append(isText ? $"lower({column})" : column).Append(' ').Append(sign).Append(' ');
        if (isText)
        {
            Lowered(compare.Value);
        }
        else
        {
            Value(compare.Field, compare.Value);
        }

        _sql.Append(')');
    }

    private void Text(string before, string column, string between, CardValue value, string after)
    {
        _sql.Append(before).Append(column).Append(between);
        Lowered(value);
        _sql.Append(after);
    }

    private void Lowered(CardValue value)
    {
        _sql.Append("lower(");
        Value(NpgsqlDbType.Text, PostgreSqlText.Storable(value.Text ?? ""));
        _sql.Append(" collate \"C\")");
    }

    /// <summary>Rows that come after a place, nulls being lowest.</summary>
    private void After(IReadOnlyList<CardSort> sort, CardPlace place)
    {
        if (IsRange(sort, place))
        {
            // a range that an index can begin at, where the general form would walk all rows before it
            _sql.Append('(').Append(Sorted(sort[0].Field)).Append(", g.id) ").Append(sort[0].Descending ? "< (" : "> (");
            SortValue(sort[0].Field, place.SortValues[0]);
            _sql.Append(", ");
            Value(place.Row);
            _sql.Append(')');
            return;
        }

        _sql.Append('(');
        for (var depth = 0; depth <= sort.Count; depth++)
        {
            _sql.Append(depth > 0 ? " or (" : "(");
            for (var i = 0; i < depth; i++)
            {
                _sql.Append(Sorted(sort[i].Field));
                if (place.SortValues[i].IsNull)
                {
                    _sql.Append(" is null and ");
                }
                else
                {
                    _sql.Append(" = ");
                    SortValue(sort[i].Field, place.SortValues[i]);
                    _sql.Append(" and ");
                }
            }

            if (depth == sort.Count)
            {
                _sql.Append("g.id ").Append(RowDescends(sort) ? "< " : "> ");
                Value(place.Row);
            }
            else
            {
                Beyond(sort[depth], place.SortValues[depth]);
            }

            _sql.Append(')');
        }

        _sql.Append(')');
    }

    private void Beyond(CardSort sort, CardValue value)
    {
        var column = Sorted(sort.Field);
        if (value.IsNull)
        {
            _sql.Append(sort.Descending ? "false" : $"{column} is not null");
            return;
        }

        _sql.Append('(').Append(column).Append(sort.Descending ? " < " : " > ");
        SortValue(sort.Field, value);
        _sql.Append(sort.Descending ? $" or {column} is null)" : ")");
    }

    private void SortValue(CardField field, CardValue value)
    {
        if (field is { Type: CardFieldType.Text, Key: null })
        {
            Value(NpgsqlDbType.Bytea, value.Bytes ?? throw new ArgumentException($"A place in a list sorted by '{field.Name}' has its collation key."));
        }
        else
        {
            Value(field, value);
        }
    }

    private void Value(CardField field, CardValue value)
    {
        if (value.IsInteger)
        {
            Value(value.Integer);
        }
        else if (value.Text is { } text)
        {
            Value(NpgsqlDbType.Text, PostgreSqlText.Storable(text));
        }
        else if (value.Bytes is { Length: 16 } id && field.Type == CardFieldType.Id)
        {
            Value(NpgsqlDbType.Uuid, new Guid(id, bigEndian: true));
        }
        else
        {
            throw new ArgumentException($"The field '{field.Name}' cannot be compared with that.");
        }
    }

    private void Value(long value) => Value(NpgsqlDbType.Bigint, value);

    private void Value<T>(NpgsqlDbType type, T value) => _sql.Append(Parameter(type, value));

    private string Parameter(long value) => Parameter(NpgsqlDbType.Bigint, value);

    private string Parameter<T>(NpgsqlDbType type, T value)
    {
        _values.Add(new NpgsqlParameter<T> { NpgsqlDbType = type, TypedValue = value });
        return string.Create(CultureInfo.InvariantCulture, $"${_values.Count}");
    }
}
