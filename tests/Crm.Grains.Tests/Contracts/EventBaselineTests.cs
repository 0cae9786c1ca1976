using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains.Tests.Properties;
using FsCheck.Fluent;

namespace Crm.Grains.Tests.Contracts;

/// <summary>
/// What is on disk must be readable for as long as there are customers: names and shapes of events are checked in. A change here is a new
/// version of the event, not another shape of the old one. UPDATE_BASELINES=1 writes the file anew.
/// </summary>
public sealed class EventBaselineTests
{
    private static readonly string Baseline = Repository.PathOf("tests", "baselines", "events.txt");

    public static TheoryData<string> Kinds => [.. Slices.All.Select(slice => slice.Kind)];

    [Fact]
    public void Names_and_shapes_of_events_are_those_on_disk()
    {
        var now = string.Join('\n', Slices.All.OrderBy(slice => slice.Kind, StringComparer.Ordinal).SelectMany(slice => slice.Accept(new Shapes()))) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_BASELINES") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Baseline)!); // a file in the repository: it has a folder
            File.WriteAllText(Baseline, now);
        }

        now.Should().Be(File.ReadAllText(Baseline).ReplaceLineEndings("\n"), "what was written must stay readable; see UPDATE_BASELINES in this test");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_event_is_written_with_its_name_and_read_back(string kind) => Slices.All.Single(slice => slice.Kind == kind).Accept(new RoundTrip());

    private sealed class RoundTrip : ISliceVisitor<bool>
    {
        public bool Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
        {
            var json = WireJson.Stored(slice);
            var names = typeof(TEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().ToDictionary(a => a.DerivedType, a => (string)a.TypeDiscriminator!); // our names are strings
            foreach (var type in typeof(TEvent).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(TEvent))))
            {
                foreach (var sample in Anything.Of(type, wild: false).Sample(10, 10).Cast<TEvent>())
                {
                    var written = JsonSerializer.Serialize(sample, json);
                    written.Should().StartWith($"{{\"$type\":\"{names[type]}\"");
                    var read = JsonSerializer.Deserialize<TEvent>(written, json);
                    read.Should().BeOfType(type);
                    JsonSerializer.Serialize(read, json).Should().Be(written);
                }
            }

            return true;
        }
    }

    private sealed class Shapes : ISliceVisitor<IEnumerable<string>>
    {
        public IEnumerable<string> Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard
        {
            var json = WireJson.Stored(slice);
            foreach (var derived in json.GetTypeInfo(typeof(TEvent)).PolymorphismOptions!.DerivedTypes) // events are polymorphic
            {
                yield return $"{derived.TypeDiscriminator}";
                foreach (var line in Members(json.GetTypeInfo(derived.DerivedType), "  "))
                {
                    yield return line;
                }
            }
        }

        private static IEnumerable<string> Members(JsonTypeInfo type, string prefix)
        {
            foreach (var property in type.Properties)
            {
                var name = prefix + property.Name;
                var (shape, inner, suffix) = Shape(property.PropertyType, type.Options);
                var absent = property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null ? "?" : "";
                if (inner is null)
                {
                    yield return $"{name}: {shape}{absent}";
                    continue;
                }

                if (absent.Length > 0)
                {
                    yield return $"{name}: {shape}{absent}";
                }

                foreach (var line in Members(inner, $"{name}{suffix}."))
                {
                    yield return line;
                }
            }
        }

        private static (string Shape, JsonTypeInfo? Inner, string Suffix) Shape(Type type, JsonSerializerOptions json)
        {
            var bare = Nullable.GetUnderlyingType(type) ?? type;
            if (bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            {
                var (shape, inner, _) = Shape(bare.GetGenericArguments()[0], json);
                return ($"{shape}[]", inner, "[]");
            }

            if (bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            {
                return ($"map of {Shape(bare.GetGenericArguments()[1], json).Shape}", null, "");
            }

            return bare switch
            {
                _ when bare == typeof(string) => ("text", null, ""),
                _ when bare == typeof(Guid) => ("id", null, ""),
                _ when bare == typeof(bool) => ("flag", null, ""),
                _ when bare == typeof(int) || bare == typeof(long) => ("whole number", null, ""),
                _ when bare == typeof(CustomValue) => ("text, number, money or list of keys", null, ""),
                _ when bare == typeof(Money) => ("money", null, ""),
                _ when bare == typeof(DateOnly) => ("day", null, ""),
                _ when bare == typeof(DateTimeOffset) => ("moment", null, ""),
                _ => ("object", json.GetTypeInfo(bare), ""),
            };
        }
    }
}
