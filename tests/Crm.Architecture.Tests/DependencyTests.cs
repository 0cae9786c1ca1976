using System.Reflection;
using System.Text.RegularExpressions;
using Crm.Grains;
using Crm.Runtime.Cards;

namespace Crm.Architecture.Tests;

/// <summary>Who may know whom, and what must not be said where (design.md 3).</summary>
public sealed partial class DependencyTests
{
    private static readonly Assembly Grains = typeof(Slices).Assembly;
    private static readonly Assembly Runtime = typeof(CardSchema).Assembly;

    [Fact]
    public void Grains_know_nothing_but_the_base_class_library() =>
        Grains.GetReferencedAssemblies().Select(name => name.Name).Should().OnlyContain(name => name!.StartsWith("System.", StringComparison.Ordinal) || name == "System" || name == "netstandard" || name == "mscorlib");

    [Fact]
    public void Grains_read_no_files_open_no_sockets_and_call_nobody() =>
        Grains.GetReferencedAssemblies().Select(name => name.Name).Should().NotContain(
            name => name!.StartsWith("System.Net.Http", StringComparison.Ordinal) || name.StartsWith("System.Net.Sockets", StringComparison.Ordinal)
                || name.StartsWith("System.IO.FileSystem", StringComparison.Ordinal) || name.StartsWith("System.Diagnostics.Process", StringComparison.Ordinal));

    [Fact]
    public void The_runtime_does_not_know_the_grains() =>
        Runtime.GetReferencedAssemblies().Select(name => name.Name).Should().NotContain(name => name!.StartsWith("Crm.", StringComparison.Ordinal));

    [Fact]
    public void The_silo_does_not_know_the_web() =>
        Assembly.Load("Crm.Silo").GetReferencedAssemblies().Select(name => name.Name).Should().NotContain("Crm.Web");

    [Fact]
    public void Rules_do_not_wait_look_at_the_clock_or_throw_dice() =>
        SourceFile.Below("src", "Crm.Grains").SelectMany(file => file.Find(Impure())).Should().BeEmpty();

    [Fact]
    public void Grains_count_in_whole_numbers_and_decimals() =>
        SourceFile.Below("src", "Crm.Grains").SelectMany(file => file.Find(BinaryFloat())).Should().BeEmpty();

    [Fact]
    public void Rules_refuse_with_values_and_throw_only_for_a_missing_rule() =>
        SourceFile.Below("src", "Crm.Grains").Where(file => !file.Path.Contains("/Kernel/", StringComparison.Ordinal)).SelectMany(file => file.Find(Throw())).Should().BeEmpty();

    [Fact]
    public void The_runtime_says_no_word_of_a_CRM()
    {
        string[] words = ["lead", "opportunity", "customer", "contact", "contract", "pipeline", "campaign", "funnel", "salesperson", "crm"];
        SourceFile.Below("src", "Crm.Runtime")
            .SelectMany(file => file.Words.Where(word => words.Contains(Singular(word))).Select(word => $"{file.Path}: {word}"))
            .Except(SourceFile.Below("src", "Crm.Runtime").Select(file => $"{file.Path}: crm")) // the first part of our own namespaces
            .Distinct().Should().BeEmpty();
    }

    [Fact]
    public void Methods_that_wait_say_so_in_their_names() =>
        new[] { Runtime, Assembly.Load("Crm.Silo") }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType) && !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal))
            .Where(method => !method.Name.EndsWith("Async", StringComparison.Ordinal))
            .Select(method => $"{method.DeclaringType}.{method.Name}")
            .Should().BeEmpty();

    private static string Singular(string word) => word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y" : word.TrimEnd('s');

    [GeneratedRegex(@"\b(async|await|Task|ValueTask|Thread|Timer|Random|Stopwatch|Environment|Console|HttpClient)\b|\bDateTime(Offset)?\.(Utc)?(Now|Today)\b|\bGuid\.(NewGuid|CreateVersion7)\b|\bFile\.")]
    private static partial Regex Impure();

    [GeneratedRegex(@"\b(double|float|Double|Single)\b(?!\()")]
    private static partial Regex BinaryFloat();

    [GeneratedRegex(@"\bthrow new (?!UnreachableException\()\w+")]
    private static partial Regex Throw();
}
