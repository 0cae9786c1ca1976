namespace Crm.Silo.Imports.Files;

/// <summary>How much of a table file we are willing to read. The defaults are what the API promises.</summary>
public sealed record TableFileLimits
{
    public static TableFileLimits Default { get; } = new();

    /// <summary>Largest CSV file, in bytes (50 MiB).</summary>
    public long MaxCsvBytes { get; init; } = 50L << 20;

    /// <summary>Largest XLSX file as uploaded, in bytes (20 MiB).</summary>
    public long MaxXlsxBytes { get; init; } = 20L << 20;

    /// <summary>Most rows below the header; empty rows are not counted.</summary>
    public int MaxRows { get; init; } = 200_000;

    /// <summary>Most columns.</summary>
    public int MaxColumns { get; init; } = 500;

    /// <summary>Longest cell, in UTF-16 characters.</summary>
    public int MaxCellLength { get; init; } = 32_000;

    /// <summary>Longest column name, in UTF-16 characters.</summary>
    public int MaxColumnNameLength { get; init; } = 200;

    /// <summary>Most bytes all read parts of an XLSX may really inflate to, whatever its directory claims.</summary>
    public long MaxInflatedBytes { get; init; } = 200_000_000;

    /// <summary>How many times bigger than its packed form a part may become, after its first 1,000,000 bytes.</summary>
    public int MaxInflationRatio { get; init; } = 100;

    /// <summary>Most entries in an XLSX archive.</summary>
    public int MaxArchiveEntries { get; init; } = 1_000;
}
