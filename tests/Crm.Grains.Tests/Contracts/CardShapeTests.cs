using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Grains.ApiKeys;
using Crm.Grains.CompanySignIns;
using Crm.Grains.Factors;
using Crm.Grains.Imports;
using Crm.Grains.Mails;
using Crm.Grains.Sessions;
using Crm.Grains.Targets;
using Crm.Grains.Users;

namespace Crm.Grains.Tests.Contracts;

/// <summary>Cards are what clients read: their fields are those that docs/API.md promises, no more, no less, in that order.</summary>
public sealed partial class CardShapeTests
{
    private static readonly JsonSerializerOptions TargetJson = WireJson.Card(TargetSlice.Definition);

    public static TheoryData<string> Records => ["Lead", "Customer", "Contact", "Opportunity", "Pipeline"];

    [Theory]
    [MemberData(nameof(Records))]
    public void A_card_has_the_fields_of_the_API(string record)
    {
        var line = File.ReadLines(Repository.PathOf("docs", "API.md")).Single(line => line.StartsWith($"- **{record}** ", StringComparison.Ordinal));
        var shape = line[line.IndexOf('{', StringComparison.Ordinal)..(line.LastIndexOf('}') + 1)];
        var outer = Nested().Replace(shape[1..^1], "");
        FieldsOf(Card(record)).Should().Equal(Name().Matches(outer).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Cards_that_the_API_shows_in_lists_have_their_fields()
    {
        FieldsOf(typeof(TargetCard)).Should().Equal("id", "version", "pipeline", "month", "ownerId", "amount");
        FieldsOf(typeof(UserCard)).Should().Equal("id", "version", "name", "login", "role", "active", "locale", "departmentId", "position", "superiorId", "region");
        FieldsOf(typeof(ApiKeyCard)).Should().Equal("id", "version", "name", "role", "active", "createdAt", "scopes", "requestsPerSecond", "rotatedAt", "oldKeyUntil");
        FieldsOf(typeof(SessionCard)).Should().Equal("id", "version", "ownerId", "status", "method", "reason", "from", "agent", "at", "endedAt");
        FieldsOf(typeof(FactorCard)).Should().Equal("id", "version", "ownerId", "totp", "totpSince", "passkeys", "company");
        FieldsOf(typeof(MailCard)).Should().Equal("id", "version", "ownerId", "to", "topic", "status", "attempts", "problem", "queuedAt", "sentAt");
        FieldsOf(typeof(CompanySignInCard)).Should().Equal("id", "version", "label", "issuer", "clientId", "enabled", "hasSecret");
        FieldsOf(typeof(ImportCard)).Should().Equal("id", "version", "fileName", "status", "total", "read", "created", "merged", "refused", "startedAt", "endedAt", "problems", "kept");
        FieldsOf(typeof(ImportProblem)).Should().Equal("row", "column", "code", "message", "value");
        FieldsOf(typeof(Step)).Should().Equal("text", "dueAt");
        FieldsOf(typeof(Activity)).Should().Equal("type", "text", "happenedAt");
    }

    [Fact]
    public void Columns_are_fields_of_the_card_or_parts_of_one()
    {
        string[] parts = ["currency", "dueAt"]; // of amount and nextStep
        foreach (var slice in Slices.All)
        {
            slice.Accept(new Columns()).Except(parts).Should().BeSubsetOf(FieldsOf(slice.Accept(new CardType()))).And.OnlyHaveUniqueItems();
        }
    }

    [Fact]
    public void Absent_values_are_written_as_null() =>
        JsonSerializer.Serialize(new TargetCard(Guid.Empty, 1, "simple", "2026-11", null, new(1m, "CNY")), TargetJson)
            .Should().Be("""{"id":"00000000-0000-0000-0000-000000000000","version":1,"pipeline":"simple","month":"2026-11","ownerId":null,"amount":{"amount":"1.00","currency":"CNY"}}""");

    private static Type Card(string record) => typeof(Slices).Assembly.GetTypes().Single(type => type.Name == $"{record}Card");

    private static IEnumerable<string> FieldsOf(Type type)
    {
        var slice = Slices.All.FirstOrDefault(slice => slice.Accept(new CardType()) == type) ?? Slices.All.First(slice => slice.Json.GetTypeInfo(type, new()) is not null);
        return WireJson.Card(slice).GetTypeInfo(type).Properties.Select(property => property.Name);
    }

    private sealed class CardType : ISliceVisitor<Type>
    {
        public Type Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard => typeof(TCard);
    }

    private sealed class Columns : ISliceVisitor<IEnumerable<string>>
    {
        public IEnumerable<string> Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard => slice.Columns.Select(column => column.Name);
    }

    /// <summary>What stands in inner braces or brackets, with them.</summary>
    [GeneratedRegex(@"\[\{[^}]*\}\]|\{[^{}]*\}")]
    private static partial Regex Nested();

    /// <summary>A name is what follows a comma or stands first; quoted values follow a colon or a bar.</summary>
    [GeneratedRegex(@"(?:^|,)""([a-zA-Z]+)""")]
    private static partial Regex Name();
}
