namespace Crm.Silo.Imports.Files;

/// <summary>Writes a table row by row; what it holds in memory does not grow with the rows. Complete once disposed of; leaves the stream open.</summary>
public interface ITableWriter : IAsyncDisposable
{
    /// <summary>Writes one row; null is an empty cell.</summary>
    Task WriteRowAsync(IReadOnlyList<string?> cells, CancellationToken cancel);
}
