using System.Collections.Concurrent;
using Crm.Runtime.Embedded;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>Callers that keep adding ones to a few boxes, and know which of their commands were answered.</summary>
internal sealed class Busy : IAsyncDisposable
{
    private readonly EmbeddedEngine _engine;
    private readonly CancellationTokenSource _enough = new();
    private readonly ConcurrentDictionary<string, OutcomeKind> _outcomes = new();
    private readonly Task[] _callers;
    private int _answered;

    public Busy(IGrainStore store, string name, int callers, int boxes)
    {
        _engine = new(store, [new BoxBehaviour()], TimeProvider.System, new() { IsShared = true });
        _callers = [.. Enumerable.Range(0, callers).Select(caller => CallAsync($"{name}-{caller}", caller, boxes))];
    }

    public int Answered => Volatile.Read(ref _answered);

    public IReadOnlyDictionary<string, OutcomeKind> Outcomes => _outcomes;

    /// <summary>Waits until so many more commands are answered.</summary>
    public Task MoreAsync(int count)
    {
        var from = Answered;
        return Until.TrueAsync(() => Answered >= from + count, "more answers");
    }

    public async Task StopAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_callers).SoonAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _engine.DisposeAsync();
        _enough.Dispose();
    }

    /// <summary>Holds the journal against the answers: what was answered is there once, what was refused is not there.</summary>
    public static async Task AgreeAsync(IGrainStore store, params Busy[] all)
    {
        (await store.VerifyAsync("acme", CancellationToken.None)).Should().BeNull();
        var entries = new List<JournalEntry>();
        while (await store.ReadJournalAsync("acme", entries.Count, 5_000, null, CancellationToken.None) is { Count: > 0 } page)
        {
            entries.AddRange(page);
        }

        entries.Select(entry => entry.Position).Should().Equal(Enumerable.Range(1, entries.Count).Select(position => (long)position));
        entries.GroupBy(entry => entry.Key).Should().OnlyContain(grain => grain.Select((entry, i) => entry.Version == i + 1).All(isRight => isRight));
        var written = entries.Select(entry => entry.CommandId!).ToList();
        written.Should().OnlyHaveUniqueItems();
        var outcomes = all.SelectMany(busy => busy.Outcomes).ToList();
        outcomes.Where(outcome => outcome.Value is OutcomeKind.Committed or OutcomeKind.AlreadyHandled).Select(outcome => outcome.Key).Except(written).Should().BeEmpty("what was answered is never lost");
        outcomes.Where(outcome => outcome.Value is OutcomeKind.Overloaded or OutcomeKind.VersionConflict).Select(outcome => outcome.Key).Intersect(written).Should().BeEmpty("what did not happen did not happen");
    }

    private async Task CallAsync(string name, int caller, int boxes)
    {
        await Task.Yield();
        for (var i = 0; !_enough.IsCancellationRequested; i++)
        {
            var outcome = await _engine.TellAsync(new(Hand.Box((caller + i) % boxes), new BoxCommand.Add(1), Sender.System, $"{name}-{i}"), CancellationToken.None);
            _outcomes[$"{name}-{i}"] = outcome.Kind;
            Interlocked.Increment(ref _answered);
        }
    }
}
