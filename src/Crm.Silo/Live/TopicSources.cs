using System.Text.Json;
using Crm.Grains.Attachments;
using Crm.Runtime.Journal;
using Crm.Runtime.Live;
using Crm.Silo.Funnel;
using Crm.Silo.Hosting;

namespace Crm.Silo.Live;

/// <summary>A topic whose delta is the whole again: a funnel, my day, an import, the pipelines.</summary>
internal sealed class WholeSource(Func<CancellationToken, Task<byte[]>> read, Func<GrainWrite, bool> isTouchedBy) : ITopicSource
{
    public Task<byte[]> SnapshotAsync(CancellationToken cancel) => read(cancel);

    public bool Note(GrainWrite write) => isTouchedBy(write);

    public async ValueTask<byte[]?> TakeDeltaAsync(CancellationToken cancel) => await read(cancel);
}

/// <summary>A list found by full text, which only the store can match: its deltas are the page read again.</summary>
internal sealed class SearchedSource(ISliceBehaviour slice, Func<string, CancellationToken, Task<byte[]>> read) : ITopicSource
{
    public Task<byte[]> SnapshotAsync(CancellationToken cancel) => read("items", cancel);

    public bool Note(GrainWrite write) => write.Grain.Kind == slice.Kind;

    public async ValueTask<byte[]?> TakeDeltaAsync(CancellationToken cancel) => await read("upsert", cancel);
}

/// <summary>A topic that shows many cards of one kind: a board or a list. Its deltas say which cards came or changed and which left.</summary>
internal sealed class CardsSource(
    ISliceBehaviour slice, Func<CancellationToken, Task<byte[]>> read, Func<object, bool> belongs, Action<Utf8JsonWriter, GrainWrite> writeCard) : ITopicSource
{
    private readonly Lock _gate = new();
    private Dictionary<Guid, GrainWrite> _latest = [];

    public Task<byte[]> SnapshotAsync(CancellationToken cancel) => read(cancel);

    public bool Note(GrainWrite write)
    {
        if (write.Grain.Kind != slice.Kind || !(Belongs(write.CardBefore) || Belongs(write.CardAfter)))
        {
            return false;
        }

        lock (_gate)
        {
            _latest[write.Grain.Key] = write;
        }

        return true;
    }

    public ValueTask<byte[]?> TakeDeltaAsync(CancellationToken cancel)
    {
        Dictionary<Guid, GrainWrite> latest;
        lock (_gate)
        {
            (latest, _latest) = (_latest, []);
        }

        return ValueTask.FromResult(latest.Count == 0 ? null : Write(latest));
    }

    private bool Belongs(object? card) => card is not null && belongs(card);

    private byte[] Write(Dictionary<Guid, GrainWrite> latest)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("upsert"u8);
            foreach (var write in latest.Values)
            {
                if (Belongs(write.CardAfter))
                {
                    writeCard(writer, write);
                }
            }

            writer.WriteEndArray();
            writer.WriteStartArray("remove"u8);
            foreach (var (id, write) in latest)
            {
                if (!Belongs(write.CardAfter))
                {
                    writer.WriteStringValue(id);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return json.ToArray();
    }
}

/// <summary>One record, who looks at it, and that its files are others than before: which, is read like any list.</summary>
/// <param name="isUnseen">Whether those who follow are not counted among those who look, nor told of them: a page that only names the record.</param>
internal sealed class RecordSource(
    Guid id, Func<CancellationToken, Task<byte[]?>> read, Func<object, bool> isVisible, Func<byte[], byte[]> conceal, Func<string, string?> nameShown, bool isUnseen) : ITopicSource
{
    private readonly Lock _gate = new();
    private IReadOnlyCollection<Viewer> _viewers = [];
    private GrainWrite? _latest;
    private bool _haveViewersChanged;
    private bool _haveFilesChanged;
    private bool _isHidden;
    private int _noted;

    /// <summary>Whoever looks at the record is seen by all who do, whatever else they may see.</summary>
    public string? Audience { get; } = isUnseen ? null : $"record/{id}";

    public async Task<byte[]> SnapshotAsync(CancellationToken cancel)
    {
        int noted;
        lock (_gate)
        {
            noted = _noted;
        }

        var record = await read(cancel);
        lock (_gate)
        {
            // rights may have changed and not the record: then it is gone, and who looks at it with it
            _isHidden = noted == _noted ? record is null : _isHidden;
        }

        return Write(writer =>
        {
            WriteRecord(writer, record);
            WriteViewers(writer);
        });
    }

    public bool Note(GrainWrite write)
    {
        if (write.CardAfter is AttachmentCard { RecordId: var record } && record == id)
        {
            lock (_gate)
            {
                return _haveFilesChanged = true;
            }
        }

        if (write.Grain.Key != id)
        {
            return false;
        }

        lock (_gate)
        {
            _latest = write;
            _noted++;
            _isHidden = !(write.CardAfter is { } card && isVisible(card));
        }

        return true;
    }

    public bool NoteViewers(IReadOnlyCollection<Viewer> viewers)
    {
        if (isUnseen)
        {
            return false;
        }

        lock (_gate)
        {
            _viewers = [.. viewers];
            return _haveViewersChanged = true;
        }
    }

    public ValueTask<byte[]?> TakeDeltaAsync(CancellationToken cancel)
    {
        GrainWrite? latest;
        bool haveViewersChanged, haveFilesChanged;
        lock (_gate)
        {
            (latest, haveViewersChanged, haveFilesChanged) = (_latest, _haveViewersChanged, _haveFilesChanged && !_isHidden);
            (_latest, _haveViewersChanged, _haveFilesChanged) = (null, false, false);
        }

        if (latest is null && !haveViewersChanged && !haveFilesChanged)
        {
            return ValueTask.FromResult<byte[]?>(null);
        }

        return ValueTask.FromResult<byte[]?>(Write(writer =>
        {
            if (latest is not null)
            {
                // one who may not see it any more is told that it is gone, with the very event that took it away
                WriteRecord(writer, latest.CardAfter is { } card && isVisible(card) && latest.Card is { } json ? conceal(json) : null);
            }

            if (haveViewersChanged)
            {
                WriteViewers(writer);
            }

            if (haveFilesChanged)
            {
                writer.WriteBoolean("files"u8, true);
            }
        }));
    }

    private static void WriteRecord(Utf8JsonWriter writer, byte[]? record)
    {
        writer.WritePropertyName("record"u8);
        if (record is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(record, skipInputValidation: true);
        }
    }

    private void WriteViewers(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("viewers"u8);
        foreach (var viewer in _isHidden ? [] : _viewers)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, viewer.Id);
            writer.WriteString("name"u8, nameShown(viewer.Name));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }
}
