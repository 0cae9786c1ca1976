using System.Reflection;
using System.Text.RegularExpressions;

namespace Crm.Grains.Tests.Contracts;

/// <summary>Every numbered rule has a test that bears its number, and every test of rules cites a rule that exists.</summary>
public sealed partial class SpecCoverageTests
{
    public static TheoryData<string> Folders => [.. Slices.All.Select(slice => slice.GetType().GetGenericArguments()[0].Namespace!.Split('.')[^1])]; // slices live in namespaces

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_rule_has_a_test_and_every_test_a_rule(string folder)
    {
        var rules = Rule().Matches(File.ReadAllText(Repository.PathOf("src", "Crm.Grains", folder, "SPEC.md"))).Select(match => match.Groups[1].Value).ToArray();
        rules.Should().NotBeEmpty().And.OnlyHaveUniqueItems();

        var tests = typeof(SpecCoverageTests).Assembly.GetTypes()
            .Where(type => type.Namespace == $"Crm.Grains.Tests.{folder}")
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute))
            .Select(method => method.Name.Split('_')[0])
            .Distinct();
        tests.Should().BeEquivalentTo(rules);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_rule_is_cited_where_it_is_kept(string folder)
    {
        var path = Repository.PathOf("src", "Crm.Grains", folder);
        var code = string.Concat(Directory.GetFiles(path, "*.cs").Select(File.ReadAllText));
        foreach (Match match in Rule().Matches(File.ReadAllText(Path.Combine(path, "SPEC.md"))))
        {
            Regex.IsMatch(code, $@"\b{match.Groups[1].Value}\b").Should().BeTrue($"{match.Groups[1].Value} is cited in {folder}");
        }
    }

    [GeneratedRegex(@"^\| ([A-Z]{2}\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Rule();
}
