using Crm.Silo.Search;
using SQLitePCL;

namespace Crm.Silo.Tests.Search;

/// <summary>The same promises as <see cref="SearchTermsTests"/>, kept by the real thing.</summary>
public sealed class SearchInSqliteTests
{
    private static readonly string[] Records =
    [
        "深圳市腾讯计算机系统有限公司",
        "Tencent Cloud 腾讯云",
        "张三 +86 138-0013-8000",
        "Łódź Straße 12",
        "𠮷野家 株式会社",
        "NEAR AND OR NOT",
        "东吉科技",
    ];

    [Fact]
    public void FTS5_finds_what_the_terms_promise()
    {
        Batteries_V2.Init();
        raw.sqlite3_open(":memory:", out var db).Should().Be(raw.SQLITE_OK);
        using (db)
        {
            Fill(db);

            Find(db, "腾讯").Should().Equal(0, 1);
            Find(db, "腾讯 tenc").Should().Equal(1);
            Find(db, "讯计算").Should().Equal(0);
            Find(db, "司").Should().Equal(0);
            Find(db, "𠮷野").Should().Equal(4);
            Find(db, "吉").Should().Equal([6], "𠮷 is another character");
            Find(db, "0013").Should().Equal(2);
            Find(db, "+86 13800138000").Should().Equal(2);
            Find(db, "13").Should().Equal(2);
            Find(db, "strasse").Should().Equal(3);
            Find(db, "near and").Should().Equal(5);
        }
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("*")]
    [InlineData("NEAR(")]
    [InlineData("NEAR(a b, 5)")]
    [InlineData("a AND")]
    [InlineData("AND OR NOT")]
    [InlineData("terms:x")]
    [InlineData("^a")]
    [InlineData("-a + b")]
    [InlineData("'; drop table records; --")]
    [InlineData("{terms}: a*")]
    [InlineData("\"腾讯\" OR 1")]
    public void No_query_is_a_syntax_error(string q)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(":memory:", out var db).Should().Be(raw.SQLITE_OK);
        using (db)
        {
            Fill(db);
            var finding = () => Find(db, q);
            finding.Should().NotThrow();
        }
    }

    private static void Fill(sqlite3 db)
    {
        raw.sqlite3_exec(db, "create virtual table records using fts5(terms, content='', tokenize='unicode61')").Should().Be(raw.SQLITE_OK);
        for (var i = 0; i < Records.Length; i++)
        {
            raw.sqlite3_prepare_v2(db, "insert into records(rowid, terms) values (?, ?)", out var insert).Should().Be(raw.SQLITE_OK);
            using (insert)
            {
                raw.sqlite3_bind_int64(insert, 1, i);
                raw.sqlite3_bind_text(insert, 2, SearchTerms.ForIndex(Records[i]));
                raw.sqlite3_step(insert).Should().Be(raw.SQLITE_DONE);
            }
        }
    }

    private static List<int> Find(sqlite3 db, string q)
    {
        var found = new List<int>();
        if (SearchTerms.ForQuery(q) is not { } match)
        {
            return found;
        }

        raw.sqlite3_prepare_v2(db, "select rowid from records where records match ? order by rowid", out var select).Should().Be(raw.SQLITE_OK);
        using (select)
        {
            raw.sqlite3_bind_text(select, 1, match);
            int step;
            while ((step = raw.sqlite3_step(select)) == raw.SQLITE_ROW)
            {
                found.Add(raw.sqlite3_column_int(select, 0));
            }

            step.Should().Be(raw.SQLITE_DONE);
        }

        return found;
    }
}
