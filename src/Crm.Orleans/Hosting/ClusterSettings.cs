using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Crm.Orleans.States;
using Crm.Web.Hosting;

namespace Crm.Orleans.Hosting;

/// <summary>What a node is for.</summary>
public enum NodeRole
{
    /// <summary>Runs grains and answers requests.</summary>
    Both,

    /// <summary>Runs grains, and does background work; its only doors are its health and its metrics.</summary>
    Silo,

    /// <summary>Answers requests, and runs no grains.</summary>
    Web,
}

/// <summary>The settings of a node, from the section <c>Crm:Cluster</c> (environment: <c>Crm__Cluster__Id</c> and so on).</summary>
public sealed record ClusterSettings
{
    public required NodeRole Role { get; init; }

    /// <summary>Nodes of the same id are one cluster. Default <c>crm</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Where the data is: a PostgreSQL database.</summary>
    public required string DataConnectionString { get; init; }

    /// <summary>Where the nodes find each other. Default: in a database.</summary>
    public required MemberKeeping Members { get; init; }

    /// <summary>How what the nodes find each other by is reached. Default: the database of the data.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Where the states of grains are kept. Default: in the store.</summary>
    public required StateKeeping States { get; init; }

    /// <summary>How the provider of the states reaches what it keeps them in. Default: the database of the data.</summary>
    public required string StatesConnectionString { get; init; }

    /// <summary>The Azure table or container of the states. Default <c>crmstates</c>.</summary>
    public required string StatesName { get; init; }

    /// <summary>The address the other nodes reach this one at. Default: this machine's first.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The port the other nodes reach this one at. Default 11111.</summary>
    public required int Port { get; init; }

    /// <summary>The port this node listens at, when something in between forwards the other one. Default: the same.</summary>
    public required int ListenPort { get; init; }

    /// <summary>The port where a node that only runs grains tells its health and its metrics; null for where a server listens otherwise.</summary>
    public required int? HealthPort { get; init; }

    /// <summary>Whether the other nodes are on this machine: then nobody else can reach this one.</summary>
    public bool IsLocal => IPAddress.IsLoopback(Address);

    /// <summary>Where a node that only runs grains tells its health and its metrics, when a port is set for it.</summary>
    public string? HealthUrl => (Role, HealthPort) is (NodeRole.Silo, { } port) ? $"http://{(IsLocal ? "127.0.0.1" : "*")}:{port}" : null;

    /// <param name="arguments">Of the command line; <c>--role silo|web|both</c> is read here.</param>
    /// <exception cref="WrongSettingException"/>
    public static ClusterSettings Read(IConfiguration configuration, string[] arguments)
    {
        var cluster = configuration.GetSection("Crm:Cluster");
        var role = Array.IndexOf(arguments, "--role") is var at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : cluster["Role"] ?? "both";
        var data = configuration["Crm:ConnectionString"] is { Length: > 0 } given ? given
            : configuration.GetConnectionString("Crm") is { Length: > 0 } named ? named
            : throw new WrongSettingException("The setting Crm:ConnectionString is ''; a cluster needs a PostgreSQL database, as in 'Host=localhost;Username=crm;Password=…;Database=crm'.");
        return new()
        {
            DataConnectionString = data,
            Role = Enum.TryParse<NodeRole>(role, ignoreCase: true, out var known) && !int.TryParse(role, out _) ? known : throw Wrong("Role", role, "silo, web or both"),
            Id = cluster["Id"] is { Length: > 0 } id ? id : "crm",
            ConnectionString = cluster["ConnectionString"] is { Length: > 0 } members ? members : data,
            Members = ReadChoice<MemberKeeping>(cluster, "Members", keeping => keeping != MemberKeeping.AdoNet, "AdoNet or AzureTable", "AdoNet"),
            States = ReadChoice<StateKeeping>(cluster, "States", keeping => keeping is not (StateKeeping.Store or StateKeeping.AdoNet), "Store, AdoNet, AzureTable or AzureBlob", "Store or AdoNet"),
            StatesConnectionString = cluster["StatesConnectionString"] is { Length: > 0 } states ? states : data,
            StatesName = ReadName(cluster["StatesName"]),
            Address = cluster["Address"] is not { Length: > 0 } address ? OwnAddress()
                : IPAddress.TryParse(address, out var parsed) ? parsed : throw Wrong("Address", address, "an IP address of this machine"),
            Port = ReadPort(cluster, "Port", 11111),
            ListenPort = ReadPort(cluster, "ListenPort", ReadPort(cluster, "Port", 11111)),
            HealthPort = ReadPort(cluster, "HealthPort", 0) is > 0 and var health ? health : null,
        };
    }

    /// <summary>The server's settings as they are for this node: one that runs no grains leaves the demo tenant to those that do.</summary>
    public CrmSettings Fit(CrmSettings settings) => Role == NodeRole.Web ? settings with { Demo = settings.Demo with { IsWanted = false } } : settings;

    /// <param name="isAzure">Whether a choice needs the providers of Azure.</param>
    /// <param name="allowed">All choices.</param>
    /// <param name="allowedWithoutAzure">Those of a program that was built without them.</param>
    private static T ReadChoice<T>(IConfigurationSection cluster, string name, Func<T, bool> isAzure, string allowed, string allowedWithoutAzure) where T : struct, Enum
    {
        if (cluster[name] is not { Length: > 0 } text)
        {
            return default;
        }

        var choice = Enum.TryParse<T>(text, ignoreCase: true, out var known) && !int.TryParse(text, out _) ? known : throw Wrong(name, text, allowed);
        return !isAzure(choice) || StateProviders.HasAzure ? choice : throw Wrong(name, text, $"{allowedWithoutAzure}, or this program built with -p:CrmAzureStorage=true");
    }

    private static string ReadName(string? text) =>
        string.IsNullOrEmpty(text) ? "crmstates"
        : text.Length is >= 3 and <= 63 && char.IsAsciiLetterLower(text[0]) && text.All(one => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one)) ? text
        : throw Wrong("StatesName", text, "3 to 63 of a-z and 0-9, a letter first");

    private static int ReadPort(IConfigurationSection cluster, string name, int otherwise) =>
        cluster[name] is not { Length: > 0 } port ? otherwise
        : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65_536 ? number
        : throw Wrong(name, port, "a port");

    private static IPAddress OwnAddress() =>
        Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;

    private static WrongSettingException Wrong(string name, string value, string allowed) =>
        new($"The setting Crm:Cluster:{name} is '{value}'; it must be {allowed}.");
}
