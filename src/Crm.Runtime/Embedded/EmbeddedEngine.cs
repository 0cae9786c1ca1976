using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Crm.Runtime.Journal;
using Crm.Runtime.Telemetry;

namespace Crm.Runtime.Embedded;

/// <summary>Bounds of the engine in this process.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Commands that may wait in all grains together before more are turned away. Default 20,000.</summary>
    public int MostWaiting { get; init; } = 20_000;

    /// <summary>Commands that may wait in one grain. Default 5,000.</summary>
    public int MostWaitingInOneGrain { get; init; } = 5_000;

    /// <summary>How long a grain may be idle before it is put away. Default two minutes.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Grains kept in memory; beyond it the idle ones are put away at once. Default 50,000.</summary>
    public int MostActive { get; init; } = 50_000;

    /// <summary>
    /// Whether other engines may run the same grains on the same store. What is written is checked by the store in any case; then an answer
    /// that writes nothing is given only if the store still has the version it was judged on. Default false.
    /// </summary>
    public bool IsShared { get; init; }
}

/// <summary>Runs grains in this process: activated when first spoken to, one command at a time, put away when idle.</summary>
public sealed class EmbeddedEngine : IGrainEngine
{
    /// <summary>How many grains that were only made are kept for what comes next: enough for whoever makes one and goes on with it, too few for a collection to notice.</summary>
    private const int Newest = 256;

    private static readonly Outcome Overloaded = new(OutcomeKind.Overloaded);

    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly Activation?[] _newest = new Activation?[Newest];
    private readonly ConcurrentDictionary<string, long> _latest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IGrainBehaviour> _behaviours;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _made;
    private int _waiting;
    private volatile bool _isStopping;

    public EmbeddedEngine(IGrainStore store, IEnumerable<IGrainBehaviour> behaviours, TimeProvider time, EmbeddedOptions? options = null)
    {
        (Store, _time, Options) = (store, time, options ?? new());
        _behaviours = behaviours.ToDictionary(behaviour => behaviour.Kind, StringComparer.Ordinal);
        _sweep = time.CreateTimer(_ => PutAwayIdle(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    }

    internal IGrainStore Store { get; }

    internal EmbeddedOptions Options { get; }

    internal TimeProvider Time => _time;

    public int ActiveCount => _activations.Count;

    public int WaitingCount => Volatile.Read(ref _waiting);

    public ValueTask<Outcome> TellAsync(CommandEnvelope envelope, CancellationToken cancel) =>
        RuntimeTelemetry.IsHeard ? TellHeardAsync(envelope, cancel) : TellAsync(envelope, default, cancel);

    private async ValueTask<Outcome> TellHeardAsync(CommandEnvelope envelope, CancellationToken cancel)
    {
        using var span = RuntimeTelemetry.BeginCommand(envelope);
        var start = _time.GetTimestamp();
        var outcome = await TellAsync(envelope, span?.Context ?? default, cancel);
        RuntimeTelemetry.EndCommand(span, envelope, outcome.Kind, _time.GetElapsedTime(start));
        return outcome;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome> TellAsync(CommandEnvelope envelope, ActivityContext trace, CancellationToken cancel)
    {
        if (!_behaviours.TryGetValue(envelope.Grain.Kind, out var behaviour))
        {
            throw new ArgumentException($"There is no kind '{envelope.Grain.Kind}'.", nameof(envelope));
        }

        // counted first: either this sees that the engine stops, or whoever stops it sees this
        if (Interlocked.Increment(ref _waiting) > Options.MostWaiting || _isStopping)
        {
            Leave();
            return Overloaded;
        }

        var work = new Work(envelope, Stamp(envelope)) { Trace = trace };
        while (true)
        {
            var activation = _activations.GetOrAdd(envelope.Grain, static (grain, made) => new Activation(made.Engine, made.Behaviour, grain), (Engine: this, Behaviour: behaviour));
            switch (activation.Take(work))
            {
                case Taken.Idle:
                    activation.RunOne();
                    goto case Taken.Yes;
                case Taken.Yes:
                    return await work.Answer.Task.WaitAsync(cancel);
                case Taken.Full:
                    Leave();
                    return Overloaded;
                default:
                    // put away between being found and being spoken to: the next one loads it again
                    _activations.TryRemove(KeyValuePair.Create(envelope.Grain, activation));
                    break;
            }
        }
    }

    public async Task DrainAsync(CancellationToken cancel)
    {
        _isStopping = true;
        Interlocked.MemoryBarrier();
        if (WaitingCount > 0)
        {
            await _drained.Task.WaitAsync(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _sweep.DisposeAsync();
    }

    /// <summary>Forgets a grain if nothing is under way in it: another engine is to run it.</summary>
    /// <returns>Whether it is not in memory any more.</returns>
    public bool PutAway(GrainId grain) => !_activations.TryGetValue(grain, out var activation) || PutAway(activation);

    /// <summary>Keeps a grain that was made just now, and puts the oldest of those away that were made and then left alone.</summary>
    internal void Keep(Activation made)
    {
        var place = (uint)Interlocked.Increment(ref _made) % Newest;
        if (Interlocked.Exchange(ref _newest[place], made) is { IsToldOnce: true } oldest)
        {
            PutAway(oldest);
        }
    }

    /// <summary>A command waits no more.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref _waiting) == 0 && _isStopping)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>The time of a command: the clock's, but never earlier than a command of the tenant before it.</summary>
    private DateTimeOffset Stamp(CommandEnvelope envelope)
    {
        var now = (envelope.Now ?? _time.GetUtcNow()).ToUnixTimeMilliseconds();
        var latest = _latest.AddOrUpdate(envelope.Grain.Tenant, static (_, at) => at, static (_, known, at) => Math.Max(known, at), now);
        return DateTimeOffset.FromUnixTimeMilliseconds(latest);
    }

    private void PutAwayIdle()
    {
        var now = _time.GetTimestamp();
        var crowded = _activations.Count > Options.MostActive;
        foreach (var (_, activation) in _activations)
        {
            var idle = _time.GetElapsedTime(activation.LastUsed, now);
            if (idle > Options.IdleTime || (crowded && idle > TimeSpan.FromSeconds(1)))
            {
                PutAway(activation);
            }
        }
    }

    private bool PutAway(Activation activation)
    {
        var isRetired = activation.TryRetire();
        if (isRetired)
        {
            _activations.TryRemove(KeyValuePair.Create(activation.Grain, activation));
        }

        return isRetired;
    }
}
