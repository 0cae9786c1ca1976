using System.Text.Json;
using Crm.Runtime.Journal;
using Crm.Runtime.Live;

namespace Crm.Runtime.Tests.Live;

/// <summary>Shows the version of each box.</summary>
internal sealed class BoxTopic(IGrainStore store) : ITopicSource
{
    private readonly Lock _gate = new();
    private Dictionary<Guid, long> _changed = [];

    public Func<GrainId, bool> Sees { get; init; } = _ => true;

    public string? Audience { get; init; }

    /// <summary>Which member throws at its next call: note, delta or snapshot.</summary>
    public string? FailsOnce { get; set; }

    public int Noted { get; private set; }

    public IReadOnlyCollection<Viewer> Viewers { get; private set; } = [];

    public async Task<byte[]> SnapshotAsync(CancellationToken cancel)
    {
        FailOnce("snapshot");
        var page = await store.QueryAsync(new("acme", "box", Limit: 5_000), cancel);
        return JsonSerializer.SerializeToUtf8Bytes(page.Hits.Where(hit => Sees(new("acme", "box", hit.Key)))
            .ToDictionary(hit => hit.Key, hit => JsonDocument.Parse(hit.Json).RootElement.GetProperty("version").GetInt64()));
    }

    public bool Note(GrainWrite write)
    {
        FailOnce("note");
        lock (_gate)
        {
            Noted++;
            if (Sees(write.Grain))
            {
                _changed[write.Grain.Key] = write.ToVersion;
            }

            return _changed.Count > 0;
        }
    }

    public ValueTask<byte[]?> TakeDeltaAsync(CancellationToken cancel)
    {
        FailOnce("delta");
        lock (_gate)
        {
            var changed = _changed;
            _changed = [];
            return ValueTask.FromResult(changed.Count == 0 ? null : JsonSerializer.SerializeToUtf8Bytes(changed));
        }
    }

    public bool NoteViewers(IReadOnlyCollection<Viewer> viewers)
    {
        Viewers = [.. viewers];
        return false;
    }

    private void FailOnce(string member)
    {
        if (FailsOnce == member)
        {
            FailsOnce = null;
            throw new IOException($"{member} was made to fail.");
        }
    }
}
