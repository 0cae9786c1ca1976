using System.Collections.Concurrent;
using System.Threading.Channels;
using Crm.Runtime.Journal;
using Crm.Runtime.Telemetry;

namespace Crm.Runtime.Live;

/// <summary>How live topics are paced.</summary>
public sealed record LiveOptions
{
    /// <summary>
    /// Least time between two deltas of a topic. 75 ms: with the 100 ms of ten frames a second the unlucky change alone would wait
    /// the 100 ms in which it is promised to be on the screen (DECISIONS 5).
    /// </summary>
    public TimeSpan FramePause { get; init; } = TimeSpan.FromMilliseconds(75);

    /// <summary>Deltas kept for those who were away. Beyond them a snapshot is sent.</summary>
    public int FramesKept { get; init; } = 256;

    /// <summary>How long a topic without viewers is kept for those who come back.</summary>
    public TimeSpan LingerTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Topics one connection may follow.</summary>
    public int MostTopics { get; init; } = 200;
}

/// <summary>
/// Carries what is committed to those who look. Each topic keeps its last deltas; each connection takes them at its own speed, and one that
/// falls behind gets a snapshot instead: no queue grows and nobody waits for anybody.
/// </summary>
public sealed class LiveExchange : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Tenant, string Key), LiveTopic> _topics = new();
    private readonly ConcurrentDictionary<(string Tenant, object Name), LiveAudience> _audiences = new();
    private readonly Channel<IReadOnlyList<GrainWrite>> _committed = Channel.CreateUnbounded<IReadOnlyList<GrainWrite>>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _sweep;
    private readonly CancellationToken _stopped;
    private Task _loop = Task.CompletedTask;

    public LiveExchange(IGrainStore store, TimeProvider time, LiveOptions? options = null)
    {
        (Store, Time, Options, _stopped) = (store, time, options ?? new(), _stop.Token);
        _sweep = time.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    /// <summary>What a topic's source threw: for the log. Its viewers get a snapshot, as soon as one can be made.</summary>
    public event Action<Exception>? Faulted;

    public LiveOptions Options { get; }

    internal IGrainStore Store { get; }

    internal TimeProvider Time { get; }

    internal CancellationToken Stopped => _stopped;

    internal void Report(Exception bug) => Faulted?.Invoke(bug);

    /// <summary>Topics somebody looks at or looked at a moment ago.</summary>
    public int TopicCount => _topics.Count;

    /// <summary>Connections that follow topics, counted once for each topic.</summary>
    public int FollowerCount => _topics.Values.Sum(topic => topic.FollowerCount);

    public void Start()
    {
        Store.Committed += Follow;
        _loop = RunAsync();
    }

    /// <summary>The topic of a key, made when nobody looks at it yet. Keys name the topic and whatever its content depends on, rights included.</summary>
    internal LiveTopic Open(string tenant, string key, Func<ITopicSource> make)
    {
        while (true)
        {
            var topic = _topics.GetOrAdd((tenant, key), static (id, made) => new LiveTopic(made.Exchange, id.Tenant, made.Make()), (Exchange: this, Make: make));
            if (topic.TryKeep())
            {
                return topic;
            }

            _topics.TryRemove(KeyValuePair.Create((tenant, key), topic));
        }
    }

    /// <summary>Tells a topic, and those of the same audience, who looks.</summary>
    internal void NoteViewers(string tenant, string? audience, LiveTopic topic)
    {
        while (true)
        {
            // a topic that shares nothing is an audience of its own
            var all = _audiences.GetOrAdd((tenant, (object?)audience ?? topic), static _ => new());
            if (all.TryNote(topic, out var isEmpty))
            {
                if (isEmpty)
                {
                    _audiences.TryRemove(KeyValuePair.Create((tenant, (object?)audience ?? topic), all));
                }

                return;
            }
        }
    }

    /// <summary>Sends everybody of a tenant a snapshot, for instance because rights have changed.</summary>
    public void Renew(string tenant)
    {
        foreach (var (id, topic) in _topics)
        {
            if (id.Tenant == tenant)
            {
                topic.Renew();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Store.Committed -= Follow;
        await _stop.CancelAsync();
        await _sweep.DisposeAsync();
        await _loop;
        _stop.Dispose();
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        if (!_topics.IsEmpty)
        {
            _committed.Writer.TryWrite(writes);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var writes in _committed.Reader.ReadAllAsync(_stopped))
            {
                foreach (var (id, topic) in _topics)
                {
                    topic.Note(id.Tenant, writes);
                }

                RuntimeTelemetry.Shown(writes, _topics.Count);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private void Sweep()
    {
        foreach (var (id, topic) in _topics)
        {
            if (topic.TryClose())
            {
                _topics.TryRemove(KeyValuePair.Create(id, topic));
            }
            else
            {
                topic.ServeAgain();
            }
        }
    }
}
