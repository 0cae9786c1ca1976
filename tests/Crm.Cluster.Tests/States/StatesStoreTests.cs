using Crm.Grains.Leads;
using Crm.Orleans;
using Crm.Orleans.States;
using Crm.Runtime.Embedded;
using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Runtime.Tests.Support;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Cluster.Tests.States;

/// <summary>States in a storage provider and the rest in a store; members die, and the provider fails, between the two.</summary>
public sealed class StatesStoreTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crm-states-");
    private readonly AccessDirectory _access = new();
    private readonly SliceDirectory _slices;
    private readonly FaultyProvider _provider = new();
    private readonly Announced _announced = new();
    private readonly List<Member> _members = [];
    private readonly GrainId _lead = Lead();
    private SqliteStore _store = null!;

    public StatesStoreTests() => _slices = new(new SliceBehaviours(new TenantDirectory(), _access).Make());

    public async ValueTask InitializeAsync()
    {
        _store = SqliteStore.Open(new SqliteOptions { Folder = _folder.FullName, Synchronous = "OFF" }, _slices.All);
        _access.Follow(_store, _slices);
        await _access.LoadAsync("acme", CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.Engine.DisposeAsync();
        }

        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_command_whose_member_dies_between_the_stores_is_finished_by_another()
    {
        await DieBetweenAsync(new LeadCommand.Capture("Ada", Mobile: "13800000001"));
        _store.HeadOf("acme").Should().Be(0);
        var other = Join();

        await other.States.SweepAsync(member => member == other.Id, default);

        _store.HeadOf("acme").Should().Be(1);
        (await _store.LoadAsync(_lead, default))!.Card.Should().NotBeEmpty();
        (await _store.FindHandledAsync("acme", "first", default)).Should().NotBeNull();
        (await other.TellAsync(Lead(), "second", new LeadCommand.Capture("Bob", Mobile: "13800000001"))).Kind.Should().Be(OutcomeKind.ClaimHeld, "its claims are made with it");
        (await other.TellAsync(_lead, "first", new LeadCommand.Capture("Ada", Mobile: "13800000001"))).Kind.Should().Be(OutcomeKind.AlreadyHandled);
        _store.HeadOf("acme").Should().Be(1);
    }

    [Fact]
    public async Task Whoever_loads_the_grain_finishes_it_too()
    {
        await DieBetweenAsync(new LeadCommand.Capture("Ada"));
        var other = Join();

        (await other.TellAsync(_lead, "second", new LeadCommand.Assign(Guid.CreateVersion7()))).Version.Should().Be(2);

        _store.HeadOf("acme").Should().Be(2);
    }

    [Fact]
    public async Task What_a_living_member_has_announced_is_left_to_it()
    {
        await DieBetweenAsync(new LeadCommand.Capture("Ada"));
        var other = Join();

        await other.States.SweepAsync(_ => true, default);

        _store.HeadOf("acme").Should().Be(0);
        _announced.Count.Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_the_provider_fails_nobody_is_told_that_it_was_stored_and_the_next_try_says_how_it_was(bool isWritten)
    {
        var failures = 1;
        if (isWritten)
        {
            _provider.FailsAfter = () => failures-- > 0;
        }
        else
        {
            _provider.FailsBefore = () => failures-- > 0;
        }

        var member = Join();
        (await member.TellAsync(_lead, "first", new LeadCommand.Capture("Ada"))).Kind.Should().Be(OutcomeKind.DurabilityUnknown);

        (await member.TellAsync(_lead, "first", new LeadCommand.Capture("Ada"))).Kind.Should().Be(isWritten ? OutcomeKind.AlreadyHandled : OutcomeKind.Committed);
        _store.HeadOf("acme").Should().Be(1);
    }

    [Fact]
    public async Task What_the_store_refuses_is_taken_back_and_does_not_happen_later()
    {
        var member = Join();
        (await member.TellAsync(Lead(), "first", new LeadCommand.Capture("Ada", Mobile: "13800000001"))).Kind.Should().Be(OutcomeKind.Committed);
        (await member.TellAsync(_lead, "second", new LeadCommand.Capture("Bob", Mobile: "13800000001"))).Kind.Should().Be(OutcomeKind.ClaimHeld);

        var document = (await new DocumentStore(() => _provider).ReadAsync(_lead)).State!;
        (document.Version, document.Pending.Count).Should().Be((0, 0));
        (await Join().States.LoadAsync(_lead, default)).Should().BeNull();
        _store.HeadOf("acme").Should().Be(1);
    }

    [Fact]
    public async Task A_grain_is_loaded_with_the_state_that_the_provider_has()
    {
        var member = Join();
        await member.TellAsync(_lead, "first", new LeadCommand.Capture("Ada"));
        var document = (await new DocumentStore(() => _provider).ReadAsync(_lead)).State!;

        (await Join().States.LoadAsync(_lead, default))!.State.Should().Equal(document.State);
        document.Version.Should().Be(1);
        document.Pending.Should().ContainSingle().Which.Events.Should().ContainSingle().Which.Type.Should().Be("lead-captured-v1");
    }

    [Fact]
    public async Task Who_is_erased_is_in_no_outbox_either()
    {
        var member = Join();
        await member.TellAsync(_lead, "first", new LeadCommand.Capture("Ada"));

        await member.States.EraseAsync(_lead, 1, default);

        (await new DocumentStore(() => _provider).ReadAsync(_lead)).State!.Pending.Should().BeEmpty();
    }

    [Fact]
    public async Task Two_members_on_the_same_grains_and_a_provider_that_fails_lose_nothing_and_do_nothing_twice()
    {
        const int commands = 300;
        Member[] members = [Join(), Join()];
        GrainId[] leads = [.. Enumerable.Range(0, 6).Select(_ => Lead())];
        foreach (var (lead, i) in leads.Select((lead, i) => (lead, i)))
        {
            await members[0].TellAsync(lead, $"capture-{i}", new LeadCommand.Capture($"Lead {i}"));
        }

        _provider.FailsBefore = () => Random.Shared.Next(8) == 0;
        _provider.FailsAfter = () => Random.Shared.Next(8) == 0;
        await Task.WhenAll(Enumerable.Range(0, commands).Select(async i =>
        {
            for (var tries = 0; ; tries++)
            {
                var outcome = await TryAsync(members[(i + tries) % 2], leads[i % leads.Length], $"c{i}");
                if (outcome.Kind is OutcomeKind.Committed or OutcomeKind.AlreadyHandled)
                {
                    return;
                }

                outcome.Kind.Should().BeOneOf(OutcomeKind.DurabilityUnknown, OutcomeKind.Overloaded, OutcomeKind.VersionConflict);
                tries.Should().BeLessThan(1_000);
            }
        }));
        (_provider.FailsBefore, _provider.FailsAfter) = (() => false, () => false);

        var entries = await _store.ReadJournalAsync("acme", 0, 10_000, null, default);
        entries.Where(entry => entry.CommandId?.StartsWith('c') == true && !entry.CommandId.StartsWith("capture", StringComparison.Ordinal))
            .Select(entry => entry.CommandId).Should().BeEquivalentTo(Enumerable.Range(0, commands).Select(i => $"c{i}"), "each has happened, and once");
        (await _store.VerifyAsync("acme", default)).Should().BeNull();
        var last = Join();
        foreach (var lead in leads)
        {
            var loaded = await last.States.LoadAsync(lead, default);
            (await new DocumentStore(() => _provider).ReadAsync(lead)).State!.Version.Should().Be(loaded!.Version);
        }
    }

    private static async Task<Outcome> TryAsync(Member member, GrainId lead, string id)
    {
        try
        {
            return await member.TellAsync(lead, id, new LeadCommand.Assign(Guid.CreateVersion7()));
        }
        catch (IOException)
        {
            // the provider was away while the grain was loaded
            return new(OutcomeKind.DurabilityUnknown);
        }
    }

    private static GrainId Lead() => new("acme", "lead", Guid.CreateVersion7());

    private Member Join(IGrainStore? store = null)
    {
        var id = Guid.CreateVersion7();
        var states = new StatesStore(store ?? new Shared(_store), new(() => _provider), _announced, _slices, id, TimeProvider.System);
        var member = new Member(id, states, new(states, _slices.All, TimeProvider.System, new EmbeddedOptions { IsShared = true }));
        _members.Add(member);
        return member;
    }

    /// <summary>Sends a command by a member that dies when the provider has it and the store has not.</summary>
    private async Task DieBetweenAsync(LeadCommand command)
    {
        var dying = Join(new Unreached(_store));
        _ = dying.TellAsync(_lead, "first", command).AsTask(); // it dies before it answers
        var documents = new DocumentStore(() => _provider);
        for (var since = TimeProvider.System.GetTimestamp(); (await documents.ReadAsync(_lead)).State!.Version == 0;)
        {
            TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(Until.Patience);
            await Task.Delay(5);
        }

        _members.Remove(dying);
    }

    private sealed record Member(Guid Id, StatesStore States, EmbeddedEngine Engine)
    {
        public ValueTask<Outcome> TellAsync(GrainId lead, string id, LeadCommand command) => Engine.TellAsync(new(lead, command, Sender.System, id), default);
    }

    /// <summary>Closes nothing: others use it too.</summary>
    private class Shared(IGrainStore inner) : ForwardingStore(inner, closes: false);

    /// <summary>What is written never gets there.</summary>
    private sealed class Unreached(IGrainStore inner) : Shared(inner)
    {
        public override void Write(GrainWrite write)
        {
        }
    }
}
