using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;

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
    private const int PageSize = 100;

    /// <summary>The name of this work.</summary>
    private const string Work = "effects";

    /// <summary>Pauses after each failed try; after the last the effect is parked.</summary>
    public static IReadOnlyList<TimeSpan> Pauses { get; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly IGrainStore _store;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, IEffectHandler> _handlers;
    private readonly Dictionary<long, EffectProgress?> _unnoted = [];
    private readonly IWorkShare _share;
    private readonly Loop _loop;
    private int _others;

    public EffectRunner(IGrainStore store, IEnumerable<IEffectHandler> handlers, TimeProvider time, IWorkShare? share = null)
    {
        (_store, _time, _share) = (store, time, share ?? WholeShare.Instance);
        _handlers = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);
        _loop = new(time, StepAsync);
    }

    /// <summary>What reading or noting effects threw: for the log. It is tried again.</summary>
    public event Action<Exception>? Faulted
    {
        add => _loop.Faulted += value;
        remove => _loop.Faulted -= value;
    }

    public void Start()
    {
        _store.Committed += Follow;
        _share.Changed += _loop.Wake;
        _loop.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        _share.Changed -= _loop.Wake;
        await _loop.DisposeAsync();
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Effects.Count > 0)
            {
                _loop.Wake();
                return;
            }
        }
    }

    private async Task<TimeSpan?> StepAsync(CancellationToken stop)
    {
        // beyond those that are others' to do and still there
        var limit = PageSize + _others;
        var effects = await _store.ReadEffectsAsync(_time.GetUtcNow(), limit, stop);
        _others = effects.Count(effect => !IsOurs(effect));
        foreach (var effect in effects)
        {
            if (!IsOurs(effect))
            {
                continue;
            }

            // what was done but could not be noted, the disk being full, is noted and not done again
            if (!_unnoted.TryGetValue(effect.Id, out var progress))
            {
                _unnoted[effect.Id] = progress = await TryAsync(effect, stop);
            }

            await _store.WriteEffectAsync(effect.Id, progress, stop);
            _unnoted.Remove(effect.Id);
        }

        return effects.Count < limit ? Pauses[0] : TimeSpan.Zero;
    }

    private bool IsOurs(PendingEffect effect) => _share.IsOurs(Work, effect.Tenant);

    private async Task<EffectProgress?> TryAsync(PendingEffect effect, CancellationToken stop)
    {
        try
        {
            if (!_handlers.TryGetValue(effect.Kind, out var handler))
            {
                return new(effect.Attempts, RetryAt: null, $"nothing here performs '{effect.Kind}'");
            }

            await handler.PerformAsync(effect, stop);
            return null;
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            DateTimeOffset? next = effect.Attempts < Pauses.Count ? _time.GetUtcNow() + Pauses[effect.Attempts] : null;
            return new(effect.Attempts + 1, next, $"{failure.GetType().Name}: {failure.Message}");
        }
    }
}
