using System.Threading.Channels;
using Crm.Orleans.Placing;
using Crm.Runtime.Journal;
using Crm.Silo.Wire;
using Orleans.Runtime.Services;

namespace Crm.Orleans.Feed;

/// <summary>Addresses the feed of any node.</summary>
internal sealed class FeedClient(IServiceProvider services) : GrainServiceClient<ICommitFeed>(services)
{
    public ICommitFeed Of(SiloAddress silo) => GetGrainService(silo);
}

/// <summary>
/// Tells all other nodes what this one has stored. Nothing waits for it: writes are handed over in memory, and while a batch is on its way
/// those that follow gather for the next.
/// </summary>
internal sealed class FeedSender : IAsyncDisposable
{
    /// <summary>Writes in one message, so that none grows too large.</summary>
    private const int MostWrites = 256;

    /// <summary>Writes that may wait to be told. Beyond them they are left out, and the others find the gap.</summary>
    private const int MostWaiting = 50_000;

    /// <summary>Notices that may wait to be told. Beyond them they are lost.</summary>
    private const int MostNotices = 10_000;

    private readonly Channel<GrainWrite> _waiting = Channel.CreateBounded<GrainWrite>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<(string Topic, byte[] Notice)> _notices = Channel.CreateBounded<(string, byte[])>(new BoundedChannelOptions(MostNotices) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CommitCodec _codec;
    private readonly FeedClient _client;
    private readonly IClusterMembershipService _members;
    private readonly SiloAddress _self;
    private readonly Func<SiloLoad> _load;
    private readonly ClusterLoad _loads;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _telling;
    private readonly Task _noting;
    private readonly Task _beating;

    public FeedSender(CommitCodec codec, FeedClient client, IClusterMembershipService members, SiloAddress self, ClusterLoad loads, Func<SiloLoad> load)
    {
        (_codec, _client, _members, _self, _loads, _load) = (codec, client, members, self, loads, load);
        _telling = TellAsync();
        _noting = NoteAsync();
        _beating = BeatAsync();
    }

    /// <summary>What a message could not be made or sent for: for the log.</summary>
    public event Action<Exception>? Faulted;

    public void Tell(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            _waiting.Writer.TryWrite(write);
        }
    }

    public void Tell(string topic, byte[] notice) => _notices.Writer.TryWrite((topic, notice));

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _notices.Writer.TryComplete();
        await _telling.WaitAsync(TimeSpan.FromSeconds(2)).ContinueWith(static _ => { }, TaskScheduler.Default);
        await _noting.WaitAsync(TimeSpan.FromSeconds(2)).ContinueWith(static _ => { }, TaskScheduler.Default);
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
    }

    private async Task TellAsync()
    {
        await Task.Yield();
        var batch = new List<GrainWrite>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostWrites && _waiting.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            try
            {
                var others = Others();
                if (others.Length > 0)
                {
                    var bytes = _codec.Encode(batch);
                    await Task.WhenAll(Array.ConvertAll(others, other => _client.Of(other).TakeStoredAsync(bytes)));
                }
            }
            catch (Exception failure)
            {
                // the others find the gap
                Faulted?.Invoke(failure);
            }
        }
    }

    private async Task NoteAsync()
    {
        await Task.Yield();
        await foreach (var (topic, notice) in _notices.Reader.ReadAllAsync())
        {
            try
            {
                await Task.WhenAll(Array.ConvertAll(Others(), other => _client.Of(other).TakeNoticeAsync(topic, notice)));
            }
            catch (Exception failure)
            {
                Faulted?.Invoke(failure);
            }
        }
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                await BeatOnceAsync();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task BeatOnceAsync()
    {
        try
        {
            var load = _load();
            _loads.Note(_self, load);
            foreach (var other in Others())
            {
                await _client.Of(other).TakeLoadAsync(_self, load);
            }
        }
        catch (Exception failure)
        {
            // the next beat tells
            Faulted?.Invoke(failure);
        }
    }

    private SiloAddress[] Others() =>
        [.. _members.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(_self)).Select(member => member.SiloAddress)];
}
