using System.Globalization;
using System.Net;
using System.Net.Mail;

namespace Crm.Web.Hosting;

/// <summary>The server's settings, from the section <c>Crm</c> (environment: <c>Crm__DataPath</c> and so on).</summary>
public sealed record CrmSettings
{
    /// <summary>The folder of all data. Default <c>./data</c>.</summary>
    public required string DataPath { get; init; }

    /// <summary>What keeps the data: <c>Sqlite</c> (default), a file in <see cref="DataPath"/>, or <c>PostgreSql</c>.</summary>
    public required StoreKind Store { get; init; }

    /// <summary>How to reach the PostgreSQL database; needed with that store. Also read from the connection string named <c>Crm</c>.</summary>
    public required string? ConnectionString { get; init; }

    public required DemoSettings Demo { get; init; }

    /// <summary>SQLite's synchronous mode. Default FULL; NORMAL and OFF lose answered commands in a power cut and are for tests.</summary>
    public required string Synchronous { get; init; }

    /// <summary>Most pages of 4 KiB that the database file may have; default 0, no limit. Makes a full disk testable.</summary>
    public required int MaxPages { get; init; }

    /// <summary>Requests a second that one API key or session may send; 0 for no limit. Default 20,000.</summary>
    public required int RequestsPerSecond { get; init; }

    /// <summary>The address that people reach the server at, for links in mails and for passkeys, such as <c>https://crm.example.com</c>. Default: where it listens.</summary>
    public required Uri? PublicUrl { get; init; }

    /// <summary>Names that requests may be sent to besides <see cref="PublicUrl"/>, localhost and plain addresses. Default none.</summary>
    public required IReadOnlyList<string> AllowedHosts { get; init; }

    /// <summary>Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Default none.</summary>
    public required IReadOnlyList<IPAddress> TrustedProxies { get; init; }

    /// <summary>Encrypts the keys that encrypt secrets at rest; at least 32 characters. Default none: they lie beside the data.</summary>
    public required string? MasterKey { get; init; }

    /// <summary>Whether a tenant's settings may name a sign-in provider inside a private network. Default false: right for a server of many tenants.</summary>
    public required bool MayReachPrivateAddresses { get; init; }

    /// <summary>Lets its bearer open, suspend, export and delete tenants over HTTP; at least 16 characters. Default none: that door is closed.</summary>
    public required string? OperatorKey { get; init; }

    /// <summary>Where files are kept for good.</summary>
    public required FileSettings Files { get; init; }

    /// <summary>How old entries of the journal are, in days, when they are copied into the file store; 0 for never. Default 0.</summary>
    public required int ArchiveAfterDays { get; init; }

    /// <summary>Who may read <c>/metrics</c>: <c>Off</c> (default), <c>Operator</c> with the operator's key, or <c>Open</c> to whoever reaches the server.</summary>
    public required MetricsDoor Metrics { get; init; }

    /// <summary>
    /// Where spans and metrics are sent to by OTLP over gRPC, such as <c>http://collector:4317</c>. Null where the standard's own variables say it,
    /// if anything does.
    /// </summary>
    public required Uri? Otlp { get; init; }

    /// <summary>Whether spans and metrics are sent by OTLP: to <see cref="Otlp"/>, or where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says.</summary>
    public required bool IsOtlpWanted { get; init; }

    /// <summary>The mail server. Null: mails stay in the outbox.</summary>
    public required SmtpSettings? Smtp { get; init; }

    /// <exception cref="WrongSettingException"/>
    public static CrmSettings Read(IConfiguration configuration)
    {
        var crm = configuration.GetSection("Crm");
        var store = OneOf(crm, "Store", "SQLITE", "POSTGRESQL") == "SQLITE" ? StoreKind.Sqlite : StoreKind.PostgreSql;
        var connection = crm["ConnectionString"] is { Length: > 0 } given ? given : configuration.GetConnectionString("Crm");
        if (store == StoreKind.PostgreSql && string.IsNullOrWhiteSpace(connection))
        {
            throw new WrongSettingException("The setting Crm:Store is 'PostgreSql'; then Crm:ConnectionString must say where, as in 'Host=localhost;Username=crm;Password=…;Database=crm'.");
        }

        return new()
        {
            Store = store,
            ConnectionString = connection,
            DataPath = crm["DataPath"] is { Length: > 0 } path ? path : "data",
            Synchronous = OneOf(crm, "Synchronous", "FULL", "NORMAL", "OFF"),
            MaxPages = Number(crm, "MaxPages", otherwise: 0, least: 0, most: int.MaxValue),
            RequestsPerSecond = Number(crm, "RequestsPerSecond", otherwise: 20_000, least: 0, most: 10_000_000),
            PublicUrl = Address(crm, "PublicUrl"),
            AllowedHosts = Words(crm, "AllowedHosts"),
            TrustedProxies = [.. Words(crm, "TrustedProxies").Select(text => IPAddress.TryParse(text, out var proxy) ? proxy : throw Wrong("TrustedProxies", text, "IP addresses with commas between"))],
            MasterKey = crm["MasterKey"] is not { Length: > 0 } master ? null : master.Length >= 32 ? master : throw Wrong("MasterKey", "(hidden)", "at least 32 characters"),
            MayReachPrivateAddresses = Flag(crm, "MayReachPrivateAddresses", otherwise: false),
            Smtp = crm["Smtp:Host"] is not { Length: > 0 } host ? null : new()
            {
                Host = host,
                Port = Number(crm, "Smtp:Port", otherwise: 587, least: 1, most: 65_535),
                User = crm["Smtp:User"],
                Password = crm["Smtp:Password"],
                From = crm["Smtp:From"] is { Length: > 0 } from && MailAddress.TryCreate(from, out _) ? from : throw Wrong("Smtp:From", crm["Smtp:From"] ?? "", "the address that mails come from"),
                IsEncrypted = Flag(crm, "Smtp:Encrypted", otherwise: true),
            },
            OperatorKey = crm["Operator:Key"] is not { Length: > 0 } key ? null : key.Length >= 16 ? key : throw Wrong("Operator:Key", "(hidden)", "at least 16 characters"),
            Metrics = OneOf(crm, "Telemetry:Metrics", "OFF", "OPERATOR", "OPEN") switch { "OPERATOR" => MetricsDoor.Operator, "OPEN" => MetricsDoor.Open, _ => MetricsDoor.Off },
            Otlp = Address(crm, "Telemetry:Otlp"),
            IsOtlpWanted = crm["Telemetry:Otlp"] is { Length: > 0 } || configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 },
            Files = FileSettings.Read(crm),
            ArchiveAfterDays = Number(crm, "Archive:AfterDays", otherwise: 0, least: 0, most: 36_500),
            Demo = new()
            {
                IsWanted = Flag(crm, "Demo:Enabled", otherwise: true),
                Password = crm["Demo:Password"],
                ApiKey = crm["Demo:ApiKey"],
                Leads = Number(crm, "Demo:Leads", otherwise: 300, least: 0, most: 10_000_000),
                Opportunities = Number(crm, "Demo:Opportunities", otherwise: 200, least: 0, most: 10_000_000),
            },
        };
    }

    internal static int Number(IConfigurationSection crm, string name, int otherwise, int least, int most) =>
        crm[name] is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw Wrong(name, text, $"a whole number from {least} to {most}");

    private static bool Flag(IConfigurationSection crm, string name, bool otherwise) =>
        crm[name] is not { Length: > 0 } text ? otherwise : bool.TryParse(text, out var flag) ? flag : throw Wrong(name, text, "true or false");

    private static Uri? Address(IConfigurationSection crm, string name) =>
        crm[name] is not { Length: > 0 } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" } ? address
        : throw Wrong(name, text, "an address such as https://crm.example.com");

    private static string[] Words(IConfigurationSection crm, string name) =>
        (crm[name] ?? "").Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static string OneOf(IConfigurationSection crm, string name, params string[] allowed) =>
        crm[name] is not { Length: > 0 } text ? allowed[0] : allowed.Contains(text.ToUpperInvariant()) ? text.ToUpperInvariant() : throw Wrong(name, text, string.Join(", ", allowed));

    internal static WrongSettingException Wrong(string name, string value, string allowed) =>
        new($"The setting Crm:{name} is '{value}'; it must be {allowed}.");
}

/// <summary>Who may read metrics.</summary>
public enum MetricsDoor
{
    Off,
    Operator,
    Open,
}

/// <summary>What keeps the data.</summary>
public enum StoreKind
{
    Sqlite,
    PostgreSql,
}

/// <summary>The demo tenant that a first start makes.</summary>
public sealed record DemoSettings
{
    /// <summary>Default true.</summary>
    public required bool IsWanted { get; init; }

    /// <summary>Of both demo users; default: made up and printed.</summary>
    public required string? Password { get; init; }

    /// <summary>Default: made up and printed.</summary>
    public required string? ApiKey { get; init; }

    /// <summary>How many sample leads. Default 300.</summary>
    public required int Leads { get; init; }

    /// <summary>How many sample opportunities. Default 200.</summary>
    public required int Opportunities { get; init; }
}

/// <summary>The mail server that mails are handed to.</summary>
public sealed record SmtpSettings
{
    public required string Host { get; init; }

    /// <summary>Default 587.</summary>
    public required int Port { get; init; }

    public required string? User { get; init; }

    public required string? Password { get; init; }

    public required string From { get; init; }

    /// <summary>STARTTLS is demanded. Default true.</summary>
    public required bool IsEncrypted { get; init; }
}
