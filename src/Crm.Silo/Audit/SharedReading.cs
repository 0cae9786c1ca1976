using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Runtime.Sharing;

namespace Crm.Silo.Audit;

/// <summary>
/// Tells the other processes of an installation who has read what, a moment later and together, so that whoever reads a little at each of
/// them is counted as one.
/// </summary>
internal sealed class SharedReading : IAsyncDisposable
{
    private const string Topic = "reading";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly INoticeBoard _others;
    private readonly bool _isAlone;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private Dictionary<(string Tenant, Guid Person), HashSet<Guid>> _read = [];

    public SharedReading(INoticeBoard others, TimeProvider time)
    {
        (_others, _isAlone) = (others, others is SilentBoard);
        _timer = time.CreateTimer(_ => Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        others.Heard += Hear;
    }

    /// <summary>Told of what was read at another process.</summary>
    public event Action<string, Guid, IReadOnlyList<Guid>>? Read;

    /// <summary>Told of somebody whom another process has noticed: what was read until then is done with.</summary>
    public event Action<string, Guid>? Noticed;

    /// <summary>Takes in that somebody was shown records here.</summary>
    public void Note(string tenant, Guid person, IReadOnlyList<Guid> shown)
    {
        if (_isAlone)
        {
            return;
        }

        lock (_gate)
        {
            if (_read.Count == 0)
            {
                _timer.Change(Pause, Timeout.InfiniteTimeSpan);
            }

            if (!_read.TryGetValue((tenant, person), out var records))
            {
                _read[(tenant, person)] = records = [];
            }

            records.UnionWith(shown);
        }
    }

    public void TellNoticed(string tenant, Guid person) => Send(new(tenant, person, null));

    public ValueTask DisposeAsync()
    {
        _others.Heard -= Hear;
        return _timer.DisposeAsync();
    }

    private void Tell()
    {
        Dictionary<(string Tenant, Guid Person), HashSet<Guid>> read;
        lock (_gate)
        {
            (read, _read) = (_read, []);
        }

        foreach (var ((tenant, person), records) in read)
        {
            Send(new(tenant, person, [.. records]));
        }
    }

    private void Send(ReadingNotice notice) => _others.Tell(Topic, JsonSerializer.SerializeToUtf8Bytes(notice, ReadingJson.Default.ReadingNotice));

    private void Hear(string topic, byte[] notice)
    {
        if (topic == Topic && JsonSerializer.Deserialize(notice, ReadingJson.Default.ReadingNotice) is { } heard)
        {
            if (heard.Records is { } records)
            {
                Read?.Invoke(heard.Tenant, heard.Person, records);
            }
            else
            {
                Noticed?.Invoke(heard.Tenant, heard.Person);
            }
        }
    }
}

/// <param name="Records">Null: the person was noticed.</param>
internal sealed record ReadingNotice(string Tenant, Guid Person, IReadOnlyList<Guid>? Records);

[JsonSerializable(typeof(ReadingNotice))]
internal sealed partial class ReadingJson : JsonSerializerContext;
