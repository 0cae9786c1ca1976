namespace Crm.Runtime.Tests.Support;

/// <summary>Time that stands still until a test moves it. Timers fire on the moving thread, in the order they are due.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => CreateTimer(null, callback, state, dueTime, period);

    /// <summary>The same time for one of several, whose timers can be told from those of the others.</summary>
    public View ViewFor() => new(this);

    /// <summary>Moves on, stopping at each timer on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (TakeDue(until) is { } timer)
        {
            timer.Fire();
        }
    }

    private Timer CreateTimer(View? owner, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, owner, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private Timer? TakeDue(DateTimeOffset until)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.DueAt <= until).MinBy(timer => timer.DueAt);
            var at = next?.DueAt ?? until;
            _now = at > _now ? at : _now;
            next?.Next();
            return next;
        }
    }

    /// <summary>Time as one of several has it.</summary>
    internal sealed class View(FakeTime time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        /// <summary>The next moment for which it waits.</summary>
        public DateTimeOffset? NextTimer
        {
            get
            {
                lock (time._gate)
                {
                    return time._timers.Where(timer => timer.Owner == this).Min(timer => timer.DueAt);
                }
            }
        }

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(this, callback, state, dueTime, period);

        /// <summary>Whether it waits for exactly this moment.</summary>
        public bool HasTimerAt(DateTimeOffset moment)
        {
            lock (time._gate)
            {
                return time._timers.Any(timer => timer.Owner == this && timer.DueAt == moment);
            }
        }

        /// <summary>
        /// Moves on once it waits for exactly that moment. Moving on while it still reckons how long to wait would let it wait for ever, for
        /// time stands still afterwards.
        /// </summary>
        public async Task AdvanceToTimerAsync(TimeSpan by)
        {
            var moment = GetUtcNow() + by;
            await Until.TrueAsync(() => HasTimerAt(moment), $"a timer at {moment:HH:mm:ss.fff}");
            time.Advance(by);
        }
    }

    private sealed class Timer(FakeTime time, View? owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public View? Owner => owner;

        public DateTimeOffset? DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _period = period;
                time._timers.Remove(this);
                DueAt = null;
                if (dueTime > TimeSpan.Zero)
                {
                    DueAt = time._now + dueTime;
                    time._timers.Add(this);
                }
            }

            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            return true;
        }

        /// <summary>Under the gate.</summary>
        public void Next()
        {
            if (_period > TimeSpan.Zero)
            {
                DueAt += _period;
            }
            else
            {
                DueAt = null;
                time._timers.Remove(this);
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._gate)
            {
                DueAt = null;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
