using System.Text.Json;
using Crm.Runtime.Journal;
using Crm.Runtime.Live;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Live;

/// <summary>A viewer who keeps what the messages say, as a browser does.</summary>
internal sealed class BoxScreen
{
    private readonly Lock _gate = new();
    private readonly List<LiveMessage> _messages = [];
    private readonly Dictionary<Guid, long> _shown = [];
    private readonly List<(long Seq, Dictionary<Guid, long> Shown)> _moments = [];
    private LiveConnection? _connection;
    private TaskCompletionSource? _blocked;
    private bool _isBroken;

    public Viewer Viewer { get; } = new(Guid.NewGuid(), "somebody");

    public LiveConnection Connection => _connection ?? throw new InvalidOperationException("It has left.");

    public IReadOnlyList<LiveMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    public long? LastSeq
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count > 0 ? _messages[^1].Seq : null;
            }
        }
    }

    public static Dictionary<Guid, long> Read(LiveMessage message) => JsonSerializer.Deserialize<Dictionary<Guid, long>>(message.Data)!;

    public async Task SendAsync(LiveMessage message, CancellationToken cancel)
    {
        if (_isBroken)
        {
            throw new IOException("gone");
        }

        if (Volatile.Read(ref _blocked) is { } blocked)
        {
            await blocked.Task.WaitAsync(cancel);
        }

        lock (_gate)
        {
            _messages.Add(message);
            foreach (var (key, version) in Read(message))
            {
                _shown[key] = Math.Max(version, _shown.GetValueOrDefault(key));
            }

            _moments.Add((message.Seq, new(_shown)));
        }
    }

    public void ComeBack(LiveConnection connection) => _connection = connection;

    public async Task LeaveAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    public void Block() => Volatile.Write(ref _blocked, new(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Unblock() => Interlocked.Exchange(ref _blocked, null)?.SetResult();

    public void Break() => _isBroken = true;

    public long Shows(GrainId grain)
    {
        lock (_gate)
        {
            return _shown.GetValueOrDefault(grain.Key);
        }
    }

    public bool ShowsAll(Dictionary<Guid, long> versions)
    {
        lock (_gate)
        {
            return versions.All(each => _shown.GetValueOrDefault(each.Key) == each.Value);
        }
    }

    public Task ShowsAsync(GrainId grain, long version) => Until.TrueAsync(() => Shows(grain) >= version, $"version {version} on the screen");

    public Task GetsAsync(int messages) => Until.TrueAsync(() => Messages.Count >= messages, $"{messages} messages");

    /// <summary>The first event that is not shown though a message claimed to be as new; null when there is none.</summary>
    public JournalEntry? FirstGap(IReadOnlyList<JournalEntry> journal)
    {
        lock (_gate)
        {
            return _moments.Select(moment => journal.FirstOrDefault(entry => entry.Position <= moment.Seq && moment.Shown.GetValueOrDefault(entry.Key) < entry.Version)).FirstOrDefault(gap => gap is not null);
        }
    }
}
