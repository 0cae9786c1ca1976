using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Audit;

/// <summary>What of the journal is wanted. Whatever is null does not matter.</summary>
/// <param name="Type">The event's name on disk.</param>
/// <param name="Field">Only what changed this field.</param>
/// <param name="From">Not before, UTC.</param>
/// <param name="To">Before, UTC.</param>
/// <param name="Below">Only positions below this one.</param>
/// <param name="Limit">1 to 200.</param>
public sealed record AuditQuery(Guid? PersonId, string? Kind, Guid? RecordId, string? Type, DateTimeOffset? From, DateTimeOffset? To, string? Field, long? Below, int Limit);

/// <param name="Entries">Newest first.</param>
/// <param name="Next">The position to go on below; null when all was looked at. A page may hold less than was asked for and still have a next.</param>
public sealed record AuditPage(IReadOnlyList<(JournalEntry Entry, ISliceBehaviour Slice)> Entries, long? Next, Refusal? Refusal = null);

/// <summary>Where the journal is searched, and fields are brought back from it.</summary>
public sealed class AuditDesk(IGrainStore store, SliceDirectory slices, AccessDirectory access)
{
    private const int ChunkSize = 2_000;

    // a page ends here even if it is not full, so that a search for what is rare does not hold the store up
    private const int MostLookedAt = 40_000;

    private static readonly Refusal NotRestorable = Refusal.Invalid("field-not-restorable", "This field is not changed by amending, so it is not restored.", "field");
    private static readonly Refusal NoSuchVersion = Refusal.Invalid("version-unknown", "The record has no such version.", "version");

    /// <summary>Searches the journal, newest first. What the asker may not see of records and fields is left out.</summary>
    public async ValueTask<AuditPage> SearchAsync(Asker asker, AuditQuery query, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        var log = slices.OfKind("accesslog").Slice;
        if (!rights.MayEver(log, "read"))
        {
            return new([], null, AccessPolicy.Forbidden);
        }

        var wanted = slices.All.Where(slice => (query.Kind is null || slice.Kind == query.Kind) && (query.Type is null || slice.EventTypes.Contains(query.Type))).ToList();
        if (query.Field is { } field && query.Kind is not null && wanted is [var only] && rights.Of(only.Slice).Mask is { } mask && !mask.Shows(field))
        {
            return new([], null, AccessPolicy.FieldForbidden(field));
        }

        var found = new List<(JournalEntry, ISliceBehaviour)>();
        var seen = new Dictionary<(string, Guid), bool>();
        var lookedAt = 0;
        var types = query.Type is { } type ? [type] : query.Kind is null ? null : wanted.SelectMany(slice => slice.EventTypes).ToArray();
        if (wanted.Count == 0)
        {
            return new([], null);
        }

        var first = query.From is { } from ? await store.FindPositionAsync(asker.Tenant, from, cancel) : 1;
        var below = query.To is { } to ? await store.FindPositionAsync(asker.Tenant, to, cancel) : store.HeadOf(asker.Tenant) + 1;
        below = Math.Min(below, query.Below ?? long.MaxValue);
        while (below > first)
        {
            var start = query.RecordId is null ? Math.Max(first, below - ChunkSize) : first;
            var entries = await ChunkAsync(asker.Tenant, query, wanted, start, below, types, cancel);
            foreach (var entry in entries)
            {
                lookedAt++;
                if ((query.PersonId is { } person && entry.By != person && !IsAbout(entry, person))
                    || !slices.TryFindKind(entry.Kind, out var slice) || !wanted.Contains(slice) || (types is not null && !types.Contains(entry.Type))
                    || !rights.Covers(rights.Of(log).ScopeOf("read"), new(default, entry.By, null))
                    || !await SeesAsync(rights, slice, entry, seen, cancel)
                    || (query.Field is { } name && !Changes(rights, slice, entry, name)))
                {
                    continue;
                }

                found.Add((entry, slice));
                if (found.Count == query.Limit)
                {
                    return new(found, entry.Position > first ? entry.Position : null);
                }
            }

            below = start;
            if (lookedAt >= MostLookedAt)
            {
                break;
            }
        }

        return new(found, below > first ? below : null);
    }

    /// <summary>The command that brings a field back to what it was at a version, or why there is none.</summary>
    public async ValueTask<(object? Command, Refusal? Refusal)> RestorationAsync(Asker asker, ISliceBehaviour slice, Guid id, string field, long version, CancellationToken cancel)
    {
        var grain = new GrainId(asker.Tenant, slice.Kind, id);
        if ((await store.LoadAsync(grain, cancel)) is not { Card: { } card } stored || !(await access.FindAsync(asker, cancel)).Sees(slice.Slice, slice.FactsOf(slice.ReadCard(card))))
        {
            return (null, AccessPolicy.NotFound);
        }

        if (version < 1 || version > stored.Version)
        {
            return (null, NoSuchVersion);
        }

        var (name, custom) = field.StartsWith("custom.", StringComparison.Ordinal) ? ("custom", field["custom.".Length..]) : (field, null);
        if (slice.CommandOf("amend") is not { } amend || SiloJson.Strict.GetTypeInfo(amend).Properties.All(property => property.Name != name))
        {
            return (null, NotRestorable);
        }

        var entries = await HistoryAsync(grain, cancel);
        if (slice.Fold(grain, entries.Where(entry => entry.Version <= version)) is not { } then)
        {
            return (null, NoSuchVersion);
        }

        var value = JsonNode.Parse(slice.WriteCard(then))?[name];
        var body = custom is null
            ? new JsonObject { [name] = value?.DeepClone() }
            : new JsonObject { ["custom"] = new JsonObject { [custom] = value?[custom]?.DeepClone() ?? "" } };
        try
        {
            return (JsonSerializer.Deserialize(body, SiloJson.Strict.GetTypeInfo(amend)), null);
        }
        catch (JsonException)
        {
            // the field was empty then and may not be
            return (null, Refusal.Invalid("field-required", "This field was empty at that version, and may not be.", "field"));
        }
    }

    /// <summary>All entries of a grain, oldest first.</summary>
    internal async ValueTask<IReadOnlyList<JournalEntry>> HistoryAsync(GrainId grain, CancellationToken cancel)
    {
        var all = new List<JournalEntry>();
        long? from = null;
        do
        {
            var page = await store.ReadHistoryAsync(grain, from, ChunkSize, cancel);
            all.AddRange(page);
            from = page.Count == ChunkSize && page[^1].Previous > 0 ? page[^1].Previous : null;
        }
        while (from is not null);

        all.Reverse();
        return all;
    }

    /// <summary>A log is written by ourselves, about somebody.</summary>
    private static bool IsAbout(JournalEntry entry, Guid person) =>
        entry.Kind is "accesslog" or "session" or "alert" or "export" && entry.Payload.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(person.ToString())) >= 0;

    private static bool Changes(Access rights, ISliceBehaviour slice, JournalEntry entry, string field) =>
        rights.Of(slice.Slice).Mask?.Shows(field) != false && slice.Describe(entry).Changes.Any(change => change.Field == field);

    private async ValueTask<IReadOnlyList<JournalEntry>> ChunkAsync(
        string tenant, AuditQuery query, List<ISliceBehaviour> wanted, long start, long below, IReadOnlyCollection<string>? types, CancellationToken cancel)
    {
        if (query.RecordId is not { } record)
        {
            var chunk = await store.ReadJournalAsync(tenant, start - 1, (int)(below - start), types, cancel);
            return [.. chunk.Where(entry => entry.Position < below).Reverse()];
        }

        var entries = new List<JournalEntry>();
        foreach (var slice in wanted)
        {
            entries.AddRange((await HistoryAsync(new(tenant, slice.Kind, record), cancel)).Where(entry => entry.Position >= start && entry.Position < below));
        }

        return [.. entries.OrderByDescending(entry => entry.Position)];
    }

    private async ValueTask<bool> SeesAsync(Access rights, ISliceBehaviour slice, JournalEntry entry, Dictionary<(string, Guid), bool> seen, CancellationToken cancel)
    {
        if (rights.SeesAll(slice.Slice) || entry.Kind == "accesslog")
        {
            return true;
        }

        if (!seen.TryGetValue((entry.Kind, entry.Key), out var sees))
        {
            var card = (await store.LoadAsync(new(entry.Tenant, entry.Kind, entry.Key), cancel))?.Card;
            seen[(entry.Kind, entry.Key)] = sees = card is not null && rights.Sees(slice.Slice, slice.FactsOf(slice.ReadCard(card)));
        }

        return sees;
    }
}
