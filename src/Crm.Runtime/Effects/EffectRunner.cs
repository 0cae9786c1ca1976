using Crm.Runtime.Journal;

namespace Crm.Runtime.Effects;

/// <summary>Does one kind of thing to the outside world.</summary>
public interface IEffectHandler
{
    /// <summary>The <see cref="NewEffect.Kind"/> it handles.</summary>
    string Kind { get; }

    /// <summary>May be called again with the same dedupe key when a try's success was not noted before a crash. Throwing means "try again later".</summary>
    Task PerformAsync(PendingEffect effect, CancellationToken cancel);
}

/// <summary>Performs effects that commits left behind: at least once, with growing pauses between tries, parked after ten.</summary>
public sealed class EffectRunner : IAsyncDisposable
{
    /// <summary>Pauses after each failed try; after the last the effect is parked.</summary>
    public static IReadOnlyList<TimeSpan> Pauses { get; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly IGrainStore _store;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, IEffectHandler> _handlers;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _signal = new(1);
    private Task _loop = Task.CompletedTask;

    public EffectRunner(IGrainStore store, IEnumerable<IEffectHandler> handlers, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _handlers = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);
    }

    public void Start()
    {
        _store.Committed += Follow;
        _loop = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _signal.Dispose();
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Effects.Count > 0)
            {
                _signal.Release();
                return;
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                await Task.WhenAny(_signal.WaitAsync(either.Token), Task.Delay(Pauses[0], _time, either.Token));
                await either.CancelAsync();
                _stop.Token.ThrowIfCancellationRequested();
                foreach (var effect in await _store.ReadEffectsAsync(_time.GetUtcNow(), limit: 100, _stop.Token))
                {
                    await _store.WriteEffectAsync(effect.Id, await TryAsync(effect), _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task<EffectProgress?> TryAsync(PendingEffect effect)
    {
        try
        {
            if (!_handlers.TryGetValue(effect.Kind, out var handler))
            {
                return new(effect.Attempts, RetryAt: null, $"nothing here performs '{effect.Kind}'");
            }

            await handler.PerformAsync(effect, _stop.Token);
            return null;
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            DateTimeOffset? next = effect.Attempts < Pauses.Count ? _time.GetUtcNow() + Pauses[effect.Attempts] : null;
            return new(effect.Attempts + 1, next, $"{failure.GetType().Name}: {failure.Message}");
        }
    }
}
