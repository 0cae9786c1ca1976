using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>What the store makes of the database it is given.</summary>
public sealed class SchemaTests : IAsyncLifetime
{
    private readonly PostgreSqlFixture _fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_schema_of_a_newer_program_is_refused_and_left_alone()
    {
        await (await PostgreSqlFixture.OpenAsync(_fixture.Options)).DisposeAsync();
        _fixture.Execute("update schema_version set version = 999; drop table secret");

        await FluentActions.Awaiting(() => PostgreSqlFixture.OpenAsync(_fixture.Options)).Should().ThrowAsync<SchemaTooNewException>().WithMessage("schema-too-new*999*");

        _fixture.Read("select count(*) from pg_tables where tablename = 'secret'").Should().Equal("0");
    }

    [Theory]
    [InlineData("template template0 encoding 'SQL_ASCII' locale 'C'", "*encoding SQL_ASCII; it must be UTF8*create database*")]
    [InlineData("template template0 encoding 'UTF8' locale 'C'", "*locale C,*C.UTF-8*create database*")]
    public async Task A_database_that_cannot_hold_Chinese_is_refused_with_what_to_do(string how, string sentence)
    {
        var server = await ThrowAwayServer.Shared;
        var database = await server.MakeDatabaseAsync(how);

        await FluentActions.Awaiting(() => PostgreSqlFixture.OpenAsync(new() { ConnectionString = database })).Should().ThrowAsync<UnfitDatabaseException>().WithMessage($"database-unfit: {sentence}");

        (await ThrowAwayServer.ReadAsync(database, "select count(*) from pg_tables where schemaname = 'public'")).Should().Equal("0");
        await server.DropDatabaseAsync(database);
    }

    [Fact]
    public async Task It_says_what_it_is()
    {
        await using var store = await PostgreSqlFixture.OpenAsync(_fixture.Options);
        store.Describe()["store"].Should().StartWith("postgresql 1");
        store.Describe()["synchronousCommit"].Should().Be("on");
    }

    [Fact]
    public async Task Text_that_no_column_can_hold_is_kept_as_near_as_can_be()
    {
        await using var store = await PostgreSqlFixture.OpenAsync(_fixture.Options);
        var hand = new Hand(store);

        (await hand.FillAsync(Hand.Box(1), new() { Name = "a\0b", Colour = "\ud800", Keys = ["k\0"], Group = "g\0" })).Result.Should().Be(WriteResult.Stored);

        (await store.FindClaimAsync("acme", "k\0", CancellationToken.None)).Should().Be(Hand.Box(1).Key);
        var name = new BoxBehaviour().Cards.Find("name")!;
        (await store.QueryAsync(new("acme", "box", new Cards.CardFilter.Compare(name, Cards.CardOperator.Equal, Cards.CardValue.Of("a\0b"))), CancellationToken.None)).Hits.Should().ContainSingle();
    }

    [Theory]
    [InlineData("深 圳", true)]
    [InlineData("\"深 圳\"", true)]
    [InlineData("\"圳 深\"", false)]
    [InlineData("\"深 腾\"", false)]
    [InlineData("tenc*", true)]
    [InlineData("\"tenc\"*", true)]
    [InlineData("tenc", false)]
    [InlineData("TENCENT AND \"腾 讯\"", true)]
    [InlineData("it's", true)]
    [InlineData("\\", false)]
    [InlineData("'", false)]
    [InlineData("* & | ! ( ) : <->", false)]
    [InlineData("\"", false)]
    [InlineData("", false)]
    public async Task Words_phrases_and_beginnings_are_found_and_nothing_typed_is_an_operator(string match, bool isFound)
    {
        await using var store = await PostgreSqlFixture.OpenAsync(_fixture.Options);
        await new Hand(store).FillAsync(Hand.Box(1), new() { Terms = "深 圳 腾 讯 tencent it's" });

        (await store.QueryAsync(new("acme", "box", Match: match), CancellationToken.None)).Hits.Should().HaveCount(isFound ? 1 : 0);
    }
}
