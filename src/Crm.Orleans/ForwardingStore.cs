using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans;

/// <summary>A store in front of another: whatever is not done otherwise is done by that one.</summary>
/// <param name="closes">Whether closing it closes the other.</param>
internal abstract class ForwardingStore(IGrainStore inner, bool closes = true) : IGrainStore
{
    public virtual event Action<IReadOnlyList<GrainWrite>>? Committed
    {
        add => Inner.Committed += value;
        remove => Inner.Committed -= value;
    }

    public virtual event Action<Exception>? Faulted
    {
        add => Inner.Faulted += value;
        remove => Inner.Faulted -= value;
    }

    public virtual event Action<string>? Grown
    {
        add => Inner.Grown += value;
        remove => Inner.Grown -= value;
    }

    public IReadOnlyCollection<string> Tenants => Inner.Tenants;

    public TallyBook Tallies => Inner.Tallies;

    public bool IsHealthy => Inner.IsHealthy;

    protected IGrainStore Inner { get; } = inner;

    public virtual long HeadOf(string tenant) => Inner.HeadOf(tenant);

    public virtual void Write(GrainWrite write) => Inner.Write(write);

    public virtual ValueTask<StoredGrain?> LoadAsync(GrainId grain, CancellationToken cancel) => Inner.LoadAsync(grain, cancel);

    public ValueTask<HandledCommand?> FindHandledAsync(string tenant, string commandId, CancellationToken cancel) => Inner.FindHandledAsync(tenant, commandId, cancel);

    public ValueTask<Guid?> FindClaimAsync(string tenant, string key, CancellationToken cancel) => Inner.FindClaimAsync(tenant, key, cancel);

    public ValueTask<CardPage> QueryAsync(CardQuery query, CancellationToken cancel) => Inner.QueryAsync(query, cancel);

    public ValueTask<long> CountAsync(CardQuery query, int atMost, CancellationToken cancel) => Inner.CountAsync(query, atMost, cancel);

    public ValueTask<IReadOnlyList<CardGroup>> GroupAsync(CardQuery query, IReadOnlyList<CardField> fields, CancellationToken cancel) => Inner.GroupAsync(query, fields, cancel);

    public ValueTask<CardBuckets> AggregateAsync(CardQuery query, CardAggregation aggregation, CancellationToken cancel) => Inner.AggregateAsync(query, aggregation, cancel);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(string tenant, long after, int limit, IReadOnlyCollection<string>? types, CancellationToken cancel) =>
        Inner.ReadJournalAsync(tenant, after, limit, types, cancel);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadHistoryAsync(GrainId grain, long? from, int limit, CancellationToken cancel) => Inner.ReadHistoryAsync(grain, from, limit, cancel);

    public ValueTask<IReadOnlyDictionary<string, TallyTotal>> TalliesAtEndOfAsync(string tenant, string kind, int day, CancellationToken cancel) =>
        Inner.TalliesAtEndOfAsync(tenant, kind, day, cancel);

    public ValueTask<long> FindPositionAsync(string tenant, DateTimeOffset from, CancellationToken cancel) => Inner.FindPositionAsync(tenant, from, cancel);

    public ValueTask<IReadOnlyList<DueClock>> ReadClocksAsync(DateTimeOffset until, int limit, CancellationToken cancel) => Inner.ReadClocksAsync(until, limit, cancel);

    public ValueTask<byte[]?> ReadSecretAsync(string name, CancellationToken cancel) => Inner.ReadSecretAsync(name, cancel);

    public Task WriteSecretAsync(string name, byte[]? value, CancellationToken cancel) => Inner.WriteSecretAsync(name, value, cancel);

    public ValueTask<long> ReadCursorAsync(string reader, string tenant, CancellationToken cancel) => Inner.ReadCursorAsync(reader, tenant, cancel);

    public Task WriteCursorAsync(string reader, string tenant, long position, CancellationToken cancel) => Inner.WriteCursorAsync(reader, tenant, position, cancel);

    public ValueTask<IReadOnlyList<ParkedEntry>> ReadParkedAsync(string reader, CancellationToken cancel) => Inner.ReadParkedAsync(reader, cancel);

    public Task WriteParkedAsync(ParkedEntry entry, CancellationToken cancel) => Inner.WriteParkedAsync(entry, cancel);

    public ValueTask<IReadOnlyList<PendingEffect>> ReadEffectsAsync(DateTimeOffset due, int limit, CancellationToken cancel) => Inner.ReadEffectsAsync(due, limit, cancel);

    public Task WriteEffectAsync(long id, EffectProgress? progress, CancellationToken cancel) => Inner.WriteEffectAsync(id, progress, cancel);

    public ValueTask<ChainFault?> VerifyAsync(string tenant, CancellationToken cancel) => Inner.VerifyAsync(tenant, cancel);

    public virtual Task EraseAsync(GrainId grain, long throughVersion, CancellationToken cancel) => Inner.EraseAsync(grain, throughVersion, cancel);

    public virtual Task RebuildAsync(string tenant, CancellationToken cancel) => Inner.RebuildAsync(tenant, cancel);

    public virtual Task DeleteTenantAsync(string tenant, CancellationToken cancel) => Inner.DeleteTenantAsync(tenant, cancel);

    public Task ReceiveAsync(string tenant, IEnumerable<JournalEntry> journal, IEnumerable<TenantNote> notes, CancellationToken cancel) => Inner.ReceiveAsync(tenant, journal, notes, cancel);

    public virtual IReadOnlyDictionary<string, string> Describe() => Inner.Describe();

    public virtual ValueTask DisposeAsync() => closes ? Inner.DisposeAsync() : ValueTask.CompletedTask;
}
