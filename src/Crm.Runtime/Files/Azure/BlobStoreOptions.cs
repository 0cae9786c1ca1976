namespace Crm.Runtime.Files.Azure;

/// <summary>How the Blob service is used.</summary>
public sealed record BlobStoreOptions
{
    /// <summary>The container; it is made if it is not there and we may. 3 to 63 lower-case letters, digits and hyphens.</summary>
    public required string Container { get; init; }

    /// <summary>Files are sent in blocks of so many bytes; one of them at a time is in memory for each file that is written. Default 4 MiB.</summary>
    public int BlockSize { get; init; } = 4 * 1_024 * 1_024;

    /// <summary>How long one try waits for an answer. Default 60 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest pause before the second try; it doubles with each. Default 300 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(300);
}
