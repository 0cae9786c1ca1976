using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Crm.Grains.AccessLogs;
using Crm.Grains.Alerts;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Policies;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Audit;

/// <summary>
/// Notices people who read far more of others' records than they and their colleagues usually do, and takes the step that the policy says.
/// Reading is only counted where it happens; judging is done in the background, at once.
/// </summary>
public sealed class Sentinel(
    CommandDesk commands, IGrainStore store, SliceDirectory slices, AccessDirectory access, PolicyDirectory policies, TenantDirectory tenants, AccessNotes notes, TimeProvider time,
    INoticeBoard others) : IAsyncDisposable
{
    /// <summary>Below this nothing is ever unusual, whatever the policy says; so nobody's ordinary work is judged at all.</summary>
    public const int LeastJudged = 10;

    private static readonly TimeSpan WidestWindow = TimeSpan.FromMinutes(60);

    private readonly ConcurrentDictionary<(string Tenant, Guid Person), Reader> _readers = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _windows = new(StringComparer.Ordinal);
    private readonly Channel<(string Tenant, Guid Person, int Count, int Round)> _suspects = Channel.CreateUnbounded<(string, Guid, int, int)>(new() { SingleReader = true });
    private readonly SharedReading _shared = new(others, time);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>What went wrong while judging and was survived: for the log.</summary>
    public event Action<Exception>? Faulted;

    public void Start()
    {
        _shared.Read += Hear;
        _shared.Noticed += CountAnew;
        _running = RunAsync();
    }

    /// <summary>Takes in that somebody was shown records of others. Cheap, and never blocks.</summary>
    public void Note(Asker asker, IReadOnlyList<Guid> records)
    {
        var reader = ReaderOf(asker.Tenant, asker.Id);
        // before the window is, so that what was counted before an alert is never taken for what came after it
        var round = Volatile.Read(ref reader.Round);
        var count = reader.Window.Add(records, time.GetUtcNow(), WindowOf(asker.Tenant));
        _shared.Note(asker.Tenant, asker.Id, records);
        // looked at again only when it has grown by a tenth: judging costs a read or two
        if (count >= LeastJudged && count >= Volatile.Read(ref reader.NextLook))
        {
            Volatile.Write(ref reader.NextLook, count + Math.Max(1, count / 10));
            _suspects.Writer.TryWrite((asker.Tenant, asker.Id, count, round));
        }
        else if (count < LeastJudged)
        {
            Volatile.Write(ref reader.NextLook, 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var (tenant, person, count, round) in _suspects.Reader.ReadAllAsync(_stop.Token))
            {
                try
                {
                    await JudgeAsync(tenant, person, count, round, _stop.Token);
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

    private async Task JudgeAsync(string tenant, Guid person, int count, int round, CancellationToken cancel)
    {
        var reader = ReaderOf(tenant, person);
        if (Volatile.Read(ref reader.Round) != round)
        {
            return; // an alert has been raised about this reading already
        }

        var organisation = await access.OrganisationAsync(tenant, cancel);
        var limits = (await policies.FindAsync(tenant, cancel)).Limits;
        _windows[tenant] = TimeSpan.FromMinutes(limits.WindowMinutes) is var width && width < WidestWindow ? width : WidestWindow;
        // keys have no records of their own and read all day; their scopes and limits are their fence
        if (!organisation.Users.TryGetValue(person, out var user))
        {
            return;
        }

        notes.NotePeak(tenant, person, count);
        if (count < limits.LeastRecords)
        {
            return;
        }

        var now = time.GetUtcNow();
        var today = tenants.Find(tenant).DayOf(now);
        var peaks = await PeaksAsync(tenant, today, cancel);
        var colleagues = organisation.Users.Values.Where(each => each.Role == user.Role && each.Id != person).Select(each => UsualReading.Of(peaks[each.Id])).Where(usual => usual > 0);
        var own = UsualReading.Of(peaks[person]);
        var threshold = UsualReading.ThresholdOf(own, colleagues, limits.LeastRecords, limits.TimesUsual);
        if (count < threshold)
        {
            return;
        }

        var step = organisation.FindRole(user.Role)?.Key == Crm.Grains.Kernel.RoleKeys.Admin ? "tell" : limits.Step;
        var alert = GrainId.Named(tenant, "alert", string.Create(CultureInfo.InvariantCulture, $"unusual-reading/{person}/{now.ToUnixTimeSeconds()}"));
        await commands.TellAsync(
            Asker.System(tenant), "alert", alert.Key,
            new AlertCommand.Raise("unusual-reading", person, organisation.ManagerOf(person), null, count, threshold / limits.TimesUsual, step), new(SenderKind.System, Trusted: true), cancel);
        CountAnew(tenant, person);
        _shared.TellNoticed(tenant, person);
    }

    /// <summary>Counts what was read at another process; it is judged where the person reads next.</summary>
    private void Hear(string tenant, Guid person, IReadOnlyList<Guid> records) =>
        ReaderOf(tenant, person).Window.Add(records, time.GetUtcNow(), WindowOf(tenant));

    private void CountAnew(string tenant, Guid person)
    {
        if (_readers.TryGetValue((tenant, person), out var reader))
        {
            // the round last: whoever reads the new one counts anew, and what was read once raises no second alert
            reader.Window.Notice();
            Volatile.Write(ref reader.NextLook, 0);
            Interlocked.Increment(ref reader.Round);
        }
    }

    private Reader ReaderOf(string tenant, Guid person) => _readers.GetOrAdd((tenant, person), static _ => new());

    private TimeSpan WindowOf(string tenant) => _windows.GetValueOrDefault(tenant, TimeSpan.FromMinutes(10));

    /// <summary>The peaks of the days before today, by person.</summary>
    private async ValueTask<ILookup<Guid, int>> PeaksAsync(string tenant, DateOnly today, CancellationToken cancel)
    {
        var slice = slices.OfKind("accesslog");
        var day = slice.Column("day");
        var recent = new CardFilter.And(
            new CardFilter.Compare(day, CardOperator.GreaterOrEqual, CardValue.Of((DateOnly?)today.AddDays(-UsualReading.Days))),
            new CardFilter.Compare(day, CardOperator.Less, CardValue.Of((DateOnly?)today)));
        var found = new List<(Guid Person, int Peak)>();
        var query = new CardQuery(tenant, "accesslog", recent, Limit: 5_000);
        await foreach (var page in store.PagesAsync(query, cancel))
        {
            found.AddRange(page.Select(hit => (AccessLogCard)slice.ReadCard(hit.Json)).Select(card => (card.OwnerId, card.Peak)));
        }

        return found.ToLookup(one => one.Person, one => one.Peak);
    }

    private sealed class Reader
    {
        public ReadingWindow Window { get; } = new();

        public int NextLook;

        /// <summary>How many alerts were raised about this person.</summary>
        public int Round;
    }
}
