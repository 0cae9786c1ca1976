using System.Collections.Concurrent;
using Crm.Cluster.Tests.Support;
using Crm.Grains.Leads;
using Crm.Grains.Opportunities;
using Crm.Orleans;
using Crm.Orleans.Feed;
using Crm.Runtime.Embedded;
using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Runtime.Tests.Support;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;
using Crm.Silo.Wire;

namespace Crm.Cluster.Tests.Feed;

/// <summary>One node writes, another follows: by messages that may be lost, come twice or out of order.</summary>
public sealed class ClusterStoreTests : IAsyncLifetime
{
    private const int Leads = 40;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crm-feed-");
    private readonly AccessDirectory _access = new();
    private readonly SliceDirectory _slices;
    private readonly ConcurrentQueue<GrainWrite> _told = new();
    private readonly List<byte[]> _messages = [];
    private readonly ConcurrentQueue<(long Position, int Told)> _caughtUp = new();
    private IGrainStore _shared = null!;
    private EmbeddedEngine _writer = null!;
    private OthersStore _others = null!;
    private ClusterStore _follower = null!;

    public ClusterStoreTests() => _slices = new(new SliceBehaviours(new TenantDirectory(), _access).Make());

    public async ValueTask InitializeAsync()
    {
        _shared = SqliteStore.Open(new SqliteOptions { Folder = _folder.FullName, Synchronous = "OFF" }, _slices.All);
        _writer = new(_shared, _slices.All, TimeProvider.System);
        var codec = new CommitCodec(_slices);
        _shared.Committed += writes =>
        {
            lock (_messages)
            {
                _messages.Add(codec.Encode(writes));
            }
        };
        _follower = new(_others = new(_shared), _slices, CatchUpAsync, TimeProvider.System);
        _follower.Committed += writes =>
        {
            foreach (var write in writes)
            {
                _told.Enqueue(write);
            }
        };
        _access.Follow(_shared, _slices);
        await _access.LoadAsync("acme", CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _follower.DisposeAsync();
        await _shared.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1)]
    public async Task Whatever_becomes_of_the_messages_all_is_told_once_and_in_order(int everyWhichIsLost)
    {
        await WriteAsync();
        var messages = _messages.Concat(_messages.Take(5)).ToArray();
        Random.Shared.Shuffle(messages);
        for (var i = 0; i < messages.Length; i++)
        {
            if (everyWhichIsLost == 0 || i % everyWhichIsLost != 0)
            {
                _follower.Take(messages[i]);
            }
        }

        var head = _shared.HeadOf("acme");
        await _follower.ReachedAsync("acme", head, Until.Patience);

        _told.SelectMany(write => Enumerable.Range(0, write.Events.Length).Select(i => write.LastPosition - write.Events.Length + 1 + i))
            .Should().Equal(Enumerable.Range(1, (int)head).Select(position => (long)position));
        _follower.HeadOf("acme").Should().Be(head);
    }

    [Fact]
    public async Task What_is_told_is_what_the_writer_told()
    {
        using var spans = new Spans();
        _others.HearsNothing = true;
        var written = new List<GrainWrite>();
        _shared.Committed += written.AddRange;
        await WriteAsync();
        lock (_messages)
        {
            _messages.ForEach(_follower.Take);
        }

        await _follower.ReachedAsync("acme", _shared.HeadOf("acme"), Until.Patience);

        foreach (var (told, write) in _told.Zip(written))
        {
            told.Grain.Should().Be(write.Grain);
            (told.FromVersion, told.LastPosition, told.At, told.By.Id).Should().Be((write.FromVersion, write.LastPosition, write.At, write.By.Id));
            told.Events.Select(happened => (happened.Type, happened.Event.GetType())).Should().Equal(write.Events.Select(happened => (happened.Type, happened.Event.GetType())));
            told.CardBefore.Should().BeEquivalentTo(write.CardBefore);
            told.CardAfter.Should().BeEquivalentTo(write.CardAfter);
            told.ClocksSet.Should().Equal(write.ClocksSet);
            told.ClocksStopped.Should().Equal(write.ClocksStopped);
            told.Tallies.Should().Equal(write.Tallies);
            (told.Trace.TraceId, told.Trace.SpanId, told.SubmittedAt).Should().Be((write.Trace.TraceId, write.Trace.SpanId, write.SubmittedAt));
            spans.Of(write.Trace.TraceId).Should().NotBeEmpty("somebody listened");
        }

        _told.Should().HaveCount(written.Count);
    }

    [Fact]
    public async Task What_was_not_told_is_worked_out_with_its_cards()
    {
        await WriteAsync();
        var head = _shared.HeadOf("acme");

        await _follower.ReachedAsync("acme", head, Until.Patience);

        var last = _told.Last(write => write.Grain.Kind == "lead");
        ((LeadCard)last.CardBefore!).Version.Should().Be(last.FromVersion);
        ((LeadCard)last.CardAfter!).Version.Should().Be(last.ToVersion);
        last.Card.Should().NotBeEmpty("lists show it as it is");
        _told.First().CardBefore.Should().BeNull();
    }

    [Fact]
    public async Task Totals_are_brought_up_to_date_before_their_change_is_told()
    {
        _others.HearsNothing = true;
        await WriteAsync();
        var leads = _shared.HeadOf("acme");
        for (var i = 0; i < 3; i++)
        {
            await TellAsync(
                new("acme", "opportunity", Guid.CreateVersion7()),
                new OpportunityCommand.Create($"Deal {i}", new("simple", "contact", 10), new(100m, "CNY"), DateOnly.FromDateTime(DateTime.Today)));
        }

        lock (_messages)
        {
            _messages.ForEach(_follower.Take);
        }

        await _follower.ReachedAsync("acme", _shared.HeadOf("acme"), Until.Patience);

        _caughtUp.Should().NotBeEmpty().And.OnlyContain(asked => asked.Position > leads, "leads change no totals");
        foreach (var (position, told) in _caughtUp)
        {
            _told.Skip(told).First().LastPosition.Should().BeLessThanOrEqualTo(position);
            _told.Take(told).Should().NotContain(write => write.LastPosition >= position);
        }
    }

    private Task CatchUpAsync(string tenant, long position)
    {
        tenant.Should().Be("acme");
        _caughtUp.Enqueue((position, _told.Count));
        return Task.CompletedTask;
    }

    private async Task WriteAsync()
    {
        var leads = Enumerable.Range(0, Leads).Select(_ => new GrainId("acme", "lead", Guid.CreateVersion7())).ToList();
        for (var i = 0; i < Leads; i++)
        {
            await TellAsync(leads[i], new LeadCommand.Capture($"Lead {i}", Company: $"Company {i}"));
        }

        foreach (var lead in leads)
        {
            await TellAsync(lead, new LeadCommand.Assign(Guid.CreateVersion7()));
        }
    }

    private async Task TellAsync(GrainId grain, object command) =>
        (await _writer.TellAsync(new(grain, command, Sender.System), CancellationToken.None)).Kind.Should().Be(OutcomeKind.Committed);

    /// <summary>The store as a node sees it that wrote none of it, and closes none of it.</summary>
    private sealed class OthersStore(IGrainStore inner) : ForwardingStore(inner, closes: false)
    {
        public override event Action<IReadOnlyList<GrainWrite>>? Committed { add { } remove { } }

        /// <summary>Whether it knows nothing of what others write: then there is nothing to work out.</summary>
        public bool HearsNothing { get; set; }

        public override long HeadOf(string tenant) => HearsNothing ? 0 : Inner.HeadOf(tenant);

        public override void Write(GrainWrite write) => throw new NotSupportedException();
    }
}
