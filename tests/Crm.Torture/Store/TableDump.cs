using System.Text;
using Crm.Torture.Load;

namespace Crm.Torture.Store;

/// <summary>Everything that can be rebuilt from the journal, as it stands in a data folder.</summary>
internal sealed class TableDump
{
    private readonly SortedDictionary<string, IReadOnlyList<string>> _tables = new(StringComparer.Ordinal);

    public int Rows => _tables.Values.Sum(rows => rows.Count);

    public static TableDump Of(string folder)
    {
        using var file = new DataFile(folder);
        var dump = new TableDump();
        foreach (var table in file.GrainTables())
        {
            dump.Add(file, table, $"select * from {table} order by key", file.Columns(table));
            if (file.Number("select count(*) from sqlite_schema where name=?", $"s{table[1..]}") > 0)
            {
                dump.AddSearch(file, $"s{table[1..]}");
            }
        }

        dump.Add(file, "claim", "select * from claim order by tenant, name", file.Columns("claim"));
        dump.Add(file, "clock", "select * from clock order by key, name", file.Columns("clock"));
        // a total that came and went leaves a row of zeros; units and cents may be split in another way
        dump.Add(
            file, "tally",
            "select tenant, kind, grp, day, sum(count), sum(units * 100 + cents) from tally group by 1, 2, 3, 4 having sum(count) <> 0 or sum(units * 100 + cents) <> 0 order by 1, 2, 3, 4",
            ["tenant", "kind", "grp", "day", "count", "hundredths"]);
        return dump;
    }

    /// <summary>I5, I6, I11: says where two folders that should hold the same do not.</summary>
    public void Compare(TableDump rebuilt, Problems problems)
    {
        foreach (var (table, rows) in _tables)
        {
            var others = rebuilt._tables.GetValueOrDefault(table) ?? [];
            if (rows.SequenceEqual(others, StringComparer.Ordinal))
            {
                continue;
            }

            var (missing, extra) = (rows.Except(others, StringComparer.Ordinal).Take(3).ToList(), others.Except(rows, StringComparer.Ordinal).Take(3).ToList());
            problems.Add($"I5 {table}: {rows.Count} rows, {others.Count} from the journal");
            foreach (var (was, made) in missing.Zip(extra))
            {
                problems.Add($"I5 {table}: stood {Difference(was, made)}");
            }

            foreach (var row in missing.Skip(extra.Count).Concat(extra.Skip(missing.Count)))
            {
                problems.Add($"I5 {table}: only on one side: {(row.Length > 500 ? row[..500] : row)}");
            }
        }
    }

    private static string Difference(string was, string made)
    {
        var differing = was.Split('\u001f').Zip(made.Split('\u001f')).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First} instead of {pair.Second}");
        return $"{was.Split('\u001f')[0]} … {string.Join("; ", differing)}";
    }

    private void Add(DataFile file, string name, string sql, IReadOnlyList<string> columns)
    {
        var rows = new List<string>();
        var text = new StringBuilder();
        foreach (var row in file.Query(sql))
        {
            text.Clear();
            for (var i = 0; i < row.Length; i++)
            {
                text.Append(i == 0 ? "" : "\u001f").Append(columns[i]).Append('=').Append(Show(columns[i], row[i]));
            }

            rows.Add(text.ToString());
        }

        _tables[name] = rows;
    }

    /// <summary>Every term of the search index with the row and place it stands at: what any search can find.</summary>
    private void AddSearch(DataFile file, string table)
    {
        file.Execute($"create virtual table temp.v_{table} using fts5vocab('main', '{table}', 'instance')");
        Add(file, table, $"select term, doc, \"offset\" from temp.v_{table} order by 1, 2, 3", ["term", "doc", "offset"]);
        file.Execute($"insert into {table}({table}) values('integrity-check')");
    }

    private static string Show(string column, object? value) => value switch
    {
        byte[] bytes when column is "state" or "card" => Encoding.UTF8.GetString(bytes),
        byte[] bytes => Convert.ToHexString(bytes),
        null => "∅",
        _ => value.ToString()!, // a number or a text
    };
}
