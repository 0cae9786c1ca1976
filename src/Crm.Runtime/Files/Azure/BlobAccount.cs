namespace Crm.Runtime.Files.Azure;

/// <summary>Where an Azure storage account answers, and what opens it: its key, or a shared access signature.</summary>
public sealed record BlobAccount
{
    private const string Development =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1";

    private BlobAccount()
    {
    }

    /// <summary>Without a slash at its end.</summary>
    public required string Endpoint { get; init; }

    public required string Name { get; init; }

    internal byte[]? Key { get; private init; }

    /// <summary>The query of a shared access signature, without its question mark.</summary>
    internal string? Signature { get; private init; }

    /// <summary>Reads a connection string as Azure shows it, with a key or a shared access signature.</summary>
    /// <exception cref="FormatException">It is none. The message says what is missing and shows no secret.</exception>
    public static BlobAccount Parse(string connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new FormatException("A connection string has the form 'Name=value;Name=value'.");
            }

            parts[part[..at]] = part[(at + 1)..];
        }

        if (parts.TryGetValue("UseDevelopmentStorage", out var development) && bool.TryParse(development, out var isWanted) && isWanted)
        {
            return Parse(Development);
        }

        var name = parts.GetValueOrDefault("AccountName");
        var endpoint = parts.GetValueOrDefault("BlobEndpoint")
            ?? (name is null ? throw new FormatException("The connection string has neither BlobEndpoint nor AccountName.")
                : $"{parts.GetValueOrDefault("DefaultEndpointsProtocol") ?? "https"}://{name}.blob.{parts.GetValueOrDefault("EndpointSuffix") ?? "core.windows.net"}");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new FormatException($"The connection string's BlobEndpoint '{endpoint}' is no address.");
        }

        var signature = parts.GetValueOrDefault("SharedAccessSignature")?.TrimStart('?');
        var key = parts.GetValueOrDefault("AccountKey");
        if (string.IsNullOrEmpty(signature) && (string.IsNullOrEmpty(key) || name is null))
        {
            throw new FormatException("The connection string has neither AccountName and AccountKey nor SharedAccessSignature.");
        }

        var bytes = new byte[key?.Length ?? 0];
        if (!Convert.TryFromBase64String(key ?? "", bytes, out var length))
        {
            throw new FormatException("The connection string's AccountKey is not Base64.");
        }

        return new()
        {
            Endpoint = endpoint.TrimEnd('/'),
            Name = name ?? address.Host.Split('.')[0],
            Signature = string.IsNullOrEmpty(signature) ? null : signature,
            Key = string.IsNullOrEmpty(signature) ? bytes[..length] : null,
        };
    }

    /// <summary>Shows no secret.</summary>
    public override string ToString() => $"{Name} at {Endpoint}";
}
