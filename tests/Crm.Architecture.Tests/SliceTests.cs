using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Crm.Grains;
using Crm.Grains.Kernel;

namespace Crm.Architecture.Tests;

/// <summary>Every slice has the same cast (style.md 1).</summary>
public sealed partial class SliceTests
{
    /// <summary>What the file of a slice is called after its noun. Without any it is the state.</summary>
    private static readonly string[] Suffixes = ["", "Commands", "Events", "Refusals", "Rules", "Board", "Timeline", "Slice", "Reactions"];

    /// <summary>Files beyond the cast, each for a reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["PipelinePresets.cs"] = "data that comes with the product",
        ["CustomField.cs"] = "what a field book is made of",
        ["FieldSet.cs"] = "a field book ready to judge the values of other slices",
        ["Formula.cs"] = "the language of formulas: what it means",
        ["FormulaParser.cs"] = "the language of formulas: how it is read",
        ["Role.cs"] = "what a role book is made of",
        ["RoleTemplates.cs"] = "data that comes with the product",
        ["FileUse.cs"] = "arithmetic over what many files add up to",
        ["OpportunityFunnel.cs"] = "arithmetic over what many opportunities add up to",
    };

    public static TheoryData<string> Kinds => [.. Slices.All.Select(slice => slice.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_slice_has_its_cast_of_files_and_a_spec(string kind)
    {
        var (noun, folder) = NameOf(kind);
        var files = Directory.GetFiles(SourceFile.PathOf("src", "Crm.Grains", folder)).Select(path => Path.GetFileName(path)).ToArray();
        files.Should().Contain("SPEC.md");
        files.Should().Contain(Suffixes.Except(["Reactions"]).Select(suffix => $"{noun}{suffix}.cs"));
        files.Except(["SPEC.md"]).Except(Exceptions.Keys).Should().BeSubsetOf(Suffixes.Select(suffix => $"{noun}{suffix}.cs"));
    }

    [Fact]
    public void Every_exception_to_the_cast_is_still_one() =>
        SourceFile.Below("src", "Crm.Grains").Select(file => file.Name).Should().Contain(Exceptions.Keys);

    [Fact]
    public void Every_folder_of_the_grains_is_a_slice_or_the_kernel() =>
        Directory.GetDirectories(SourceFile.PathOf("src", "Crm.Grains")).Select(path => Path.GetFileName(path)).Except(["Kernel", "bin", "obj"])
            .Should().BeEquivalentTo(Slices.All.Select(slice => NameOf(slice.Kind).Folder));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Commands_events_and_states_are_closed_hierarchies(string kind)
    {
        foreach (var root in TypesOf(kind)[..3])
        {
            root.IsAbstract.Should().BeTrue($"{root.Name} is what its cases have in common");
            root.GetConstructors(BindingFlags.Instance | BindingFlags.Public).Should().BeEmpty();
            root.Assembly.GetTypes().Where(type => type.IsSubclassOf(root)).Should().OnlyContain(type => type.IsSealed && type.DeclaringType == root, $"nobody else is a {root.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Events_and_states_have_names_on_disk(string kind)
    {
        var (state, _, events) = (TypesOf(kind)[0], TypesOf(kind)[1], TypesOf(kind)[2]);
        var names = NamesOf(events);
        names.Keys.Should().BeEquivalentTo(CasesOf(events));
        names.Values.Should().OnlyHaveUniqueItems().And.OnlyContain(name => EventName().IsMatch(name) && name.StartsWith(kind + "-", StringComparison.Ordinal));
        NamesOf(state).Keys.Should().BeEquivalentTo(CasesOf(state));
        NamesOf(state).Values.Should().OnlyHaveUniqueItems().And.OnlyContain(name => Kebab().IsMatch(name));
    }

    [Fact]
    public void Kinds_plurals_and_columns_can_be_names_in_tables_and_addresses()
    {
        Slices.All.Select(slice => slice.Kind).Should().OnlyHaveUniqueItems().And.OnlyContain(kind => kind.All(char.IsAsciiLetterLower));
        Slices.All.Select(slice => slice.Plural).Should().OnlyHaveUniqueItems().And.OnlyContain(plural => Kebab().IsMatch(plural));
        Slices.All.SelectMany(slice => slice.Accept(new ColumnNames())).Should().OnlyContain(name => name.All(char.IsAsciiLetterOrDigit));
    }

    [Fact]
    public void Every_refusal_has_a_stable_code_and_a_sentence()
    {
        var refusals = Refusals();
        refusals.Should().NotBeEmpty().And.OnlyContain(refusal => Kebab().IsMatch(refusal.Code) && refusal.Sentence.EndsWith('.') && refusal.Sentence.Length < 160);
        var inSource = SourceFile.Below("src", "Crm.Grains").SelectMany(file => RefusalCode().Matches(file.Code)).Select(match => match.Groups["code"].Value).ToArray();
        inSource.Should().NotBeEmpty().And.OnlyContain(code => Kebab().IsMatch(code));
    }

    [Fact]
    public void A_code_always_means_the_same_kind_of_no() =>
        Refusals().GroupBy(refusal => refusal.Code).Where(same => same.Select(refusal => refusal.Kind).Distinct().Count() > 1).Select(same => same.Key).Should().BeEmpty();

    [Fact]
    public void Rules_of_one_slice_do_not_decide_for_another() =>
        SourceFile.Below("src", "Crm.Grains")
            .Where(file => !file.Path.Contains("/Kernel/", StringComparison.Ordinal))
            .SelectMany(file => OtherRules().Matches(file.Code).Where(match => !file.Name.StartsWith(match.Groups[1].Value, StringComparison.Ordinal)).Select(match => $"{file.Path}: {match.Value}"))
            .Should().BeEmpty();

    private static IReadOnlyList<Refusal> Refusals() =>
    [
        .. typeof(Slices).Assembly.GetTypes().Where(type => type.Name.EndsWith("Refusals", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => field.GetValue(null)).OfType<Refusal>(),
    ];

    private static (string Noun, string Folder) NameOf(string kind)
    {
        var state = TypesOf(kind)[0];
        return (state.Name, state.Namespace!.Split('.')[^1]); // slices live in namespaces
    }

    private static Type[] TypesOf(string kind) => Slices.All.Single(slice => slice.Kind == kind).GetType().GetGenericArguments();

    private static IEnumerable<Type> CasesOf(Type root) => root.GetNestedTypes().Where(type => type.IsSubclassOf(root));

    private static Dictionary<Type, string> NamesOf(Type root) =>
        root.GetCustomAttributes<JsonDerivedTypeAttribute>().ToDictionary(attribute => attribute.DerivedType, attribute => (string)attribute.TypeDiscriminator!); // a name, or this fails

    private sealed class ColumnNames : ISliceVisitor<IEnumerable<string>>
    {
        public IEnumerable<string> Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard => slice.Columns.Select(column => column.Name);
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Kebab();

    [GeneratedRegex(@"^[a-z]+(-[a-z]+)+-v\d+$")]
    private static partial Regex EventName();

    [GeneratedRegex("""(?:Refusal\.(?:Invalid|Conflict)\(|RefusalKind\.\w+, )"(?<code>[^"]*)"(?=,)""")]
    private static partial Regex RefusalCode();

    [GeneratedRegex(@"\b(\w+?)Rules\.(?:Decide|Evolve)\b")]
    private static partial Regex OtherRules();
}
