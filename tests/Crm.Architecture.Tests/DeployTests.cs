using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crm.Architecture.Tests;

/// <summary>
/// What lies in <c>deploy</c> can be read and names only what there is. That the containers run is not tried here: that needs a container
/// engine.
/// </summary>
public sealed partial class DeployTests
{
    private static string Root => SourceFile.PathOf();

    public static TheoryData<string> Manifests => [.. Files("*.yml").Concat(Files("*.yaml")).Select(file => Path.GetRelativePath(Root, file))];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_manifest_can_be_read(string manifest)
    {
        var documents = Yaml.Read(Path.Combine(Root, manifest));

        documents.Should().NotBeEmpty().And.AllBeOfType<Dictionary<string, object?>>();
        foreach (Dictionary<string, object?> document in documents.Cast<Dictionary<string, object?>>())
        {
            if (document.TryGetValue("apiVersion", out var version))
            {
                version.Should().BeOfType<string>();
                document.Should().ContainKey("kind");
                ((Dictionary<string, object?>)document["metadata"]!).Should().ContainKey("name"); // each object has metadata
            }
        }
    }

    [Fact]
    public void The_cluster_is_probed_kept_up_and_scaled_by_its_queue()
    {
        var objects = Yaml.Read(Path.Combine(Root, "deploy/kubernetes/crm.yaml")).Cast<Dictionary<string, object?>>().ToDictionary(one => (string)one["kind"]!); // each has a kind
        objects.Keys.Should().Contain(["Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"]);
        var text = File.ReadAllText(Path.Combine(Root, "deploy/kubernetes/crm.yaml"));
        text.Should().Contain("livenessProbe").And.Contain("readinessProbe").And.Contain("startupProbe").And.Contain("rollingUpdate").And.Contain("crm_commands_waiting").And.Contain("runAsNonRoot: true");
    }

    [Fact]
    public void Silos_without_doors_are_probed_and_measured_at_their_port()
    {
        var silos = File.ReadAllText(Path.Combine(Root, "deploy/kubernetes/silos.yaml"));
        silos.Should().Contain("""["--role", "silo"]""").And.Contain("""{name: Crm__Cluster__HealthPort, value: "5090"}""").And.Contain("{name: health, containerPort: 5090}");
        silos.Should().Contain("{path: /health/live, port: health}").And.Contain("{path: /health/ready, port: health}").And.NotContain("port: http");
        File.ReadAllText(Path.Combine(Root, "deploy/kubernetes/prometheus.yaml")).Should().Contain("port: health");
        File.ReadAllText(Path.Combine(Root, "deploy/compose/cluster.yml")).Should().Contain("""["--role", "silo"]""").And.Contain("Crm__Cluster__HealthPort");
    }

    [Theory]
    [InlineData("deploy/compose/cluster.yml")]
    [InlineData("deploy/kubernetes/crm.yaml")]
    public void Nodes_are_told_their_role_and_have_their_files_in_one_place(string manifest)
    {
        File.ReadAllText(Path.Combine(Root, manifest)).Should().Contain("""["--role", "both"]""").And.Contain("Crm__Files__Store: AzureBlob");
    }

    [Fact]
    public void The_dashboard_can_be_read_and_asks_for_what_is_measured()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "deploy/grafana/crm.json")));
        dashboard.RootElement.GetProperty("panels").GetArrayLength().Should().BeGreaterThan(5);
        var measured = SourceFile.Below("src").SelectMany(file => Instrument().Matches(file.Text).Select(match => match.Groups[1].Value.Replace('.', '_'))).ToHashSet();
        var asked = Metric().Matches(File.ReadAllText(Path.Combine(Root, "deploy/grafana/crm.json"))).Select(match => Suffix().Replace(match.Value, "")).ToHashSet();

        asked.Should().NotBeEmpty().And.BeSubsetOf(measured);
    }

    [Fact]
    public void Every_setting_that_is_named_is_one()
    {
        var known = SourceFile.Below("src").SelectMany(file =>
                Setting().Matches(file.Text).Select(match => match.Groups[1].Value)
                    .Concat(ClusterSetting().Matches(file.Text).Select(match => $"Cluster:{match.Groups[1].Value}")))
            .ToHashSet();
        known.Should().Contain("DataPath").And.Contain("Files:Store").And.Contain("Cluster:Role");
        foreach (var file in Files("*").Append(Path.Combine(Root, "docs/CLUSTER.md")).Append(Path.Combine(Root, "docs/OPERATIONS.md")).Append(Path.Combine(Root, "README.md")))
        {
            var named = Named().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal));
            named.Should().BeSubsetOf(known, $"{file} names them");
        }
    }

    [Fact]
    public void The_images_run_without_rights()
    {
        var stages = File.ReadAllText(Path.Combine(Root, "deploy/Dockerfile")).Split("\nFROM ");
        foreach (var stage in stages.Where(stage => stage.Contains("ENTRYPOINT", StringComparison.Ordinal)))
        {
            stage.Should().Contain("-chiseled").And.Contain("\nUSER 1654");
        }
    }

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Path.Combine(Root, "deploy"), pattern, SearchOption.AllDirectories);

    [GeneratedRegex("""(?:\bcrm\[|\(crm, )"([A-Za-z:]+)""")]
    private static partial Regex Setting();

    [GeneratedRegex("""(?:\bcluster\[|\(cluster, )"([A-Za-z:]+)""")]
    private static partial Regex ClusterSetting();

    [GeneratedRegex(@"\bCrm__([A-Za-z]+(?:__[A-Za-z]+)*)")]
    private static partial Regex Named();

    [GeneratedRegex(@"""(crm\.[a-z.]+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\bcrm_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("(_seconds)?(_bucket|_sum|_count|_total)$")]
    private static partial Regex Suffix();
}
