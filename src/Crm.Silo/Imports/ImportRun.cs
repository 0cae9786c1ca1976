using Crm.Grains.Imports;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Imports.Files;
using Crm.Silo.Leads;
using Crm.Silo.Rights;

namespace Crm.Silo.Imports;

/// <summary>
/// One run through a file, many rows at once. Rows are counted in the order of the file, so the count that the import has recorded says where
/// a later run goes on; rows that were captured but not yet counted are captured again under the same command id, which captures nothing and
/// answers what happened the first time.
/// </summary>
internal sealed class ImportRun(LeadDesk leads, PatientTeller teller, Asker asker, GrainId import, ImportCard card, ImportEvent.Requested request, Action<Exception> failed)
{
    private const int MostInFlight = 256;
    private const int RowsBetweenReports = 500;

    private static readonly Refusal Broken = Refusal.Conflict("internal-error", "Something is wrong on our side; this row was left out.");

    private readonly RowMapping _mapping = new(import.Key, request);
    private readonly Queue<Flight> _window = new(MostInFlight);
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);
    private readonly List<ImportProblem> _problems = [];
    private int _read = card.Read;
    private int _created = card.Created;
    private int _merged = card.Merged;
    private int _refused = card.Refused;
    private int _reported = card.Read;
    private Task _report = Task.CompletedTask;

    /// <summary>Captures the rows that have not been counted yet.</summary>
    /// <returns>Why it could not be done to the end, or null.</returns>
    public async Task<string?> RunAsync(Stream file, CancellationToken stop)
    {
        await teller.TellAsync(asker, import, new ImportCommand.Start());
        var opened = await TableFile.OpenAsync(file, request.FileName, TableFileLimits.Default, stop);
        if (!opened.IsReadable)
        {
            return opened.Problem.Message;
        }

        using var reader = opened.Reader;
        var reason = await ReadAsync(reader);
        while (_window.Count > 0)
        {
            await LandAsync();
        }

        await ReportAsync();
        await _report;
        return reason;
    }

    private async Task<string?> ReadAsync(ITableReader reader)
    {
        try
        {
            while (reader.RowCount < card.Read && reader.Read(out _))
            {
            }

            while (reader.Read(out var row))
            {
                if (_window.Count == MostInFlight)
                {
                    await LandAsync();
                }

                Launch(row);
            }

            return reader.Problem?.Message;
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            failed(broken);
            return "The uploaded file could not be read on.";
        }
    }

    private void Launch(TableRow row)
    {
        if (row.Problem is { IsWarning: false })
        {
            _window.Enqueue(new(row, [], Task.FromResult(default(Answer))));
            return;
        }

        var capture = _mapping.CaptureOf(row.Cells);
        var keys = LeadRules.Keys(capture.Company, capture.Mobile, capture.Email, capture.Product);
        var landed = CaptureAsync(row, capture, EarlierAsync(keys));
        foreach (var key in keys)
        {
            _underWay[key] = landed;
        }

        _window.Enqueue(new(row, keys, landed));
    }

    /// <summary>Rows with a key in common follow each other, so that the first makes the lead and the others add to it, as in the file.</summary>
    private Task? EarlierAsync(IReadOnlyList<string> keys)
    {
        Task? before = null;
        foreach (var key in keys)
        {
            if (_underWay.TryGetValue(key, out var other) && !other.IsCompleted)
            {
                before = before is null || before == other ? other : Task.WhenAll(before, other);
            }
        }

        return before;
    }

    private async Task<Answer> CaptureAsync(TableRow row, LeadCommand.Capture capture, Task? before)
    {
        if (before is not null)
        {
            await before;
        }

        var sending = new Sending(SenderKind.Import, $"import/{import.Key:N}/{row.Number:D7}");
        try
        {
            return await teller.RepeatAsync(async () => (await leads.CaptureAsync(asker, capture, Guid.CreateVersion7(teller.Now), sending, teller.Stop)).Answer);
        }
        catch (Exception bug) when (!teller.Stop.IsCancellationRequested)
        {
            failed(bug);
            return Answer.Refused(default, Broken);
        }
    }

    /// <summary>Waits for the oldest row and counts it.</summary>
    private async Task LandAsync()
    {
        var (row, keys, landed) = _window.Dequeue();
        var answer = await landed;
        foreach (var key in keys)
        {
            if (_underWay.GetValueOrDefault(key) == landed)
            {
                _underWay.Remove(key);
            }
        }

        _read++;
        if (row.Problem is { } problem)
        {
            _problems.Add(_mapping.ProblemOf(row, problem));
        }

        if (row.Problem is { IsWarning: false })
        {
            _refused++;
        }
        else if (answer.Refusal is { } refusal)
        {
            _refused++;
            _problems.Add(_mapping.ProblemOf(row, refusal));
        }
        else if (answer.Version == 1)
        {
            // a lead begins with one event, so a higher version means that it was there
            _created++;
        }
        else
        {
            _merged++;
        }

        if (_read - _reported >= RowsBetweenReports)
        {
            await ReportAsync();
        }
    }

    /// <summary>Sends the counts without waiting for them to be on disk; only the report before must be.</summary>
    private async Task ReportAsync()
    {
        await _report;
        _reported = _read;
        _report = teller.TellAsync(asker, import, new ImportCommand.Progress(_read, _created, _merged, _refused, [.. _problems])).AsTask();
        _problems.Clear();
    }

    private sealed record Flight(TableRow Row, IReadOnlyList<string> Keys, Task<Answer> Landed);
}
