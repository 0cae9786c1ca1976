using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Grains.Tests.Properties;

/// <summary>What must hold of every slice, whatever is asked of a record, in any order. Failures print the seed to replay.</summary>
public sealed class Histories
{
    internal static readonly DateTimeOffset Start = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Asking these again does something again, and should.</summary>
    private static readonly HashSet<string> NotIdempotent =
    [
        "Add", // without a key it is another field each time
        "AddOption", // and another option
        "Capture", // every capture is a source event of its own
        "LogActivity", // two calls are two calls
        "SetPassword", // set to another one, for all the rules know
        "Rotate", // every time another key
        "RenewCodes", // every time other codes
        "SetSecret", // set to another one, for all the rules know
        "NoteFailure", // every try that failed counts
        "Open", // every look is recorded
        "Note", // what is read twice is noted twice
        "NoteDownload", // every download is recorded
        "AddStage", // without a key it is another stage
    ];

    public static TheoryData<string> Kinds => [.. Slices.All.Select(slice => slice.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_command_in_any_order_breaks_a_record(string kind) => Slices.All.Single(slice => slice.Kind == kind).Accept(new Law());

    private sealed class Law : ISliceVisitor<bool>
    {
        public bool Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
        {
            Prop.ForAll(Commands(typeof(TCommand)), commands => Run(slice, [.. commands.Cast<TCommand>()])).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
            return true;
        }

        private static void Run<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice, IReadOnlyList<TCommand> commands)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
        {
            var json = WireJson.Stored(slice);
            var id = new Guid("01900000-0000-7000-8000-000000000001");
            var (state, card, version, now) = (slice.Initial, (TCard?)null, 0L, Start);
            var journal = new List<string>();
            foreach (var command in commands)
            {
                now = now.AddHours(5);
                var decision = slice.Decide(state, command, now);
                if (decision.Refusal is { } refusal)
                {
                    decision.Events.Should().BeEmpty();
                    refusal.Sentence.Should().NotBeNullOrWhiteSpace();
                    continue;
                }

                foreach (var happened in decision.Events)
                {
                    state = slice.Evolve(state, happened);
                    var recorded = new Recorded<TEvent>(id, ++version, happened, now, id);
                    card = slice.Project(card, recorded);
                    if (card is not null)
                    {
                        slice.Project(card, recorded).Should().BeSameAs(card);
                        card.Version.Should().Be(version);
                        card.Id.Should().Be(id);
                    }

                    journal.Add(Written(happened, json));
                    slice.Describe(happened).Changes.Should().NotContain(change => change.From == change.To);
                }

                Consistent(slice, state, card);
                if (decision.Events.Count > 0 && !NotIdempotent.Contains(command.GetType().Name))
                {
                    slice.Decide(state, command, now).Events.Should().BeEmpty($"{command} has been done");
                }
            }

            // what was written is what is: a replay of the journal comes to the same
            var (again, cardAgain, at) = (slice.Initial, (TCard?)null, 0L);
            foreach (var line in journal)
            {
                var happened = JsonSerializer.Deserialize<TEvent>(line, json)!; // written by us: not null
                again = slice.Evolve(again, happened);
                cardAgain = slice.Project(cardAgain, new(id, ++at, happened, Start, id));
            }

            Written(again, json).Should().Be(Written(state, json));
            (slice.Claims?.Invoke(again) ?? []).Should().Equal(slice.Claims?.Invoke(state) ?? []);
            (cardAgain is null).Should().Be(card is null);
            if (card is not null && cardAgain is not null)
            {
                (slice.Tallies?.Invoke(cardAgain) ?? []).Should().Equal(slice.Tallies?.Invoke(card) ?? []);
                Written(card, WireJson.Card(slice));
            }
        }

        private static void Consistent<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice, TState state, TCard? card)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
        {
            var holder = slice.Holder(state);
            holder.Exists.Should().Be(card is not null, "a record that exists is shown, and no other");
            var claims = slice.Claims?.Invoke(state) ?? [];
            claims.Should().OnlyHaveUniqueItems().And.NotContain(claim => !claim.Contains(':', StringComparison.Ordinal) || claim.Length > 8_000);
            (slice.Clocks?.Invoke(state) ?? []).Select(clock => clock.Name).Should().OnlyHaveUniqueItems();
            if (card is null)
            {
                claims.Should().BeEmpty();
                return;
            }

            foreach (var column in slice.Columns)
            {
                Read(column, card);
            }

            slice.SearchTexts?.Invoke(card).Should().NotBeEmpty();
            slice.Headline?.Invoke(card).Title.Should().NotBeNullOrWhiteSpace();
        }

        private static object? Read<TCard>(CardColumn<TCard> column, TCard card) => column switch
        {
            CardColumn<TCard>.Text c => c.Read(card),
            CardColumn<TCard>.Choice c => c.Read(card),
            CardColumn<TCard>.Id c => c.Read(card),
            CardColumn<TCard>.Flag c => c.Read(card),
            CardColumn<TCard>.Integer c => c.Read(card),
            CardColumn<TCard>.Amount c => c.Read(card),
            CardColumn<TCard>.Instant c => c.Read(card),
            CardColumn<TCard>.Day c => c.Read(card),
            _ => throw new NotSupportedException(column.GetType().Name),
        };

        private static string Written<T>(T value, JsonSerializerOptions json)
        {
            var written = JsonSerializer.Serialize(value, json);
            JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(written, json), json).Should().Be(written);
            return written;
        }
    }

    /// <summary>Up to 40 commands, the first of them the one that brings a record about, which a slice declares first.</summary>
    internal static Arbitrary<object[]> Commands(Type command)
    {
        var types = command.GetNestedTypes().Where(type => type.IsSubclassOf(command)).ToArray();
        var some = Gen.Choose(0, 40).SelectMany(count => Gen.ArrayOf(Anything.Of(types), count));
        return Arb.From(Anything.Of(types[0], wild: false).SelectMany(_ => some, (first, rest) => (object[])[first, .. rest]), Shorter);
    }

    private static IEnumerable<object[]> Shorter(object[] commands) => commands.Select((_, i) => (object[])[.. commands.Where((_, j) => j != i)]);
}
