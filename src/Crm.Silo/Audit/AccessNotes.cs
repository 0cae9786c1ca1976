using System.Collections.Concurrent;
using System.Globalization;
using Crm.Grains.AccessLogs;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Audit;

/// <summary>
/// Notes what people read and try. Noting is putting it aside; once a second what was put aside is written, one write for each person. A
/// crash loses at most the last second.
/// </summary>
public sealed class AccessNotes(CommandDesk commands, TenantDirectory tenants, TimeProvider time) : IAsyncDisposable
{
    private const int MostNotes = 500;
    private const int LongestDetail = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Tenant, Guid Person), Batch> _batches = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>What went wrong while writing and was survived: for the log.</summary>
    public event Action<Exception>? Faulted;

    public void Start() => _running = RunAsync();

    /// <param name="type">One of <see cref="AccessLogRules.Types"/>.</param>
    /// <param name="count">How often, or how many records.</param>
    public void Note(Asker asker, string type, string? slice, Guid? record, string? detail, string? from, string via, int count = 1)
    {
        if (!asker.IsSystem)
        {
            BatchOf(asker.Tenant, asker.Id).Add(new(time.GetUtcNow(), type, slice, record, Cut(detail), from, via, count));
        }
    }

    /// <summary>Notes how much of others a person has read within one window.</summary>
    public void NotePeak(string tenant, Guid person, int peak) => BatchOf(tenant, person).AddPeak(peak);

    /// <summary>Writes what was put aside so far.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await _flushing.WaitAsync(cancel);
        try
        {
            foreach (var ((tenant, person), batch) in _batches)
            {
                var (notes, peak) = batch.Take();
                if (notes.Count == 0 && peak == 0)
                {
                    _batches.TryRemove(new((tenant, person), batch));
                    // whoever had it in hand when it went may have added to it
                    (notes, peak) = batch.Take();
                }

                if (notes.Count > 0 || peak > 0)
                {
                    await WriteAsync(tenant, person, notes, peak, cancel);
                }
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <summary>Writes what is left, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (Exception bug)
        {
            Faulted?.Invoke(bug);
        }
    }

    /// <summary>A text that can be written: cut, and without what is no character.</summary>
    private static string? Cut(string? detail) =>
        detail is null ? null : string.Concat(detail.EnumerateRunes().Take(LongestDetail).Select(rune => System.Text.Rune.IsControl(rune) ? " " : rune.ToString()));

    private Batch BatchOf(string tenant, Guid person) => _batches.GetOrAdd((tenant, person), static _ => new());

    private async Task WriteAsync(string tenant, Guid person, IReadOnlyList<AccessNote> notes, int peak, CancellationToken cancel)
    {
        var day = tenants.Find(tenant).DayOf(time.GetUtcNow());
        var log = LogOf(tenant, person, day);
        await commands.TellAsync(Asker.System(tenant), "accesslog", log.Key, new AccessLogCommand.Note(person, day, notes, peak), new(SenderKind.System, Trusted: true), cancel);
    }

    private static GrainId LogOf(string tenant, Guid person, DateOnly day) =>
        GrainId.Named(tenant, "accesslog", string.Create(CultureInfo.InvariantCulture, $"{person}/{day:yyyy-MM-dd}"));

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await FlushAsync(_stop.Token);
                }
                catch (Exception bug) when (!_stop.IsCancellationRequested)
                {
                    Faulted?.Invoke(bug);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    /// <summary>One person's notes of the current second.</summary>
    private sealed class Batch
    {
        private readonly Lock _gate = new();
        private List<AccessNote> _notes = [];
        private int _peak;

        public void Add(AccessNote note)
        {
            lock (_gate)
            {
                var same = _notes.FindLastIndex(known => known.Type == note.Type && known.Slice == note.Slice && known.RecordId == note.RecordId && known.Detail == note.Detail && known.From == note.From);
                if (same >= 0)
                {
                    _notes[same] = _notes[same] with { Count = _notes[same].Count + note.Count };
                }
                else if (_notes.Count < MostNotes)
                {
                    _notes.Add(note);
                }
                else
                {
                    // a flood is counted, not listed
                    _notes[^1] = _notes[^1] with { RecordId = null, Detail = "and-more", Count = _notes[^1].Count + note.Count };
                }
            }
        }

        public void AddPeak(int peak)
        {
            lock (_gate)
            {
                _peak = Math.Max(_peak, peak);
            }
        }

        public (IReadOnlyList<AccessNote> Notes, int Peak) Take()
        {
            lock (_gate)
            {
                var taken = (_notes, _peak);
                (_notes, _peak) = ([], 0);
                return taken;
            }
        }
    }
}
