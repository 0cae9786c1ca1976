using System.Diagnostics;
using System.Text.Json;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;

namespace Crm.Silo.Wire;

/// <summary>
/// Stored writes, as bytes between our own processes: as much of them as those who follow commits look at. State, columns and search terms
/// stay behind.
/// </summary>
public sealed class CommitCodec(SliceDirectory slices)
{
    public byte[] Encode(IReadOnlyList<GrainWrite> writes) => JsonSerializer.SerializeToUtf8Bytes(writes.Select(Sent).ToArray(), FeedJson.Default.SentWriteArray);

    /// <summary>The writes whose kind this release knows.</summary>
    public IReadOnlyList<GrainWrite> Decode(byte[] bytes)
    {
        var writes = new List<GrainWrite>();
        foreach (var sent in JsonSerializer.Deserialize(bytes, FeedJson.Default.SentWriteArray)!) // written above
        {
            if (slices.TryFindKind(sent.Kind, out var slice))
            {
                writes.Add(Read(sent, slice));
            }
        }

        return writes;
    }

    /// <summary>What a commit told, worked out from the journal and the row: for a process that was not told.</summary>
    /// <param name="entries">The events, one after the other of one grain.</param>
    /// <param name="before">The card as it was before them.</param>
    /// <param name="after">The card as it is after them, or later.</param>
    public GrainWrite Recover(IReadOnlyList<JournalEntry> entries, object? before, object? after)
    {
        var (first, last) = (entries[0], entries[^1]);
        var slice = slices.OfKind(first.Kind);
        return new()
        {
            Grain = new(first.Tenant, first.Kind, first.Key),
            FromVersion = first.Version - 1,
            Row = new GrainRow { LastPosition = last.Position },
            Events = [.. entries.Select(entry => new NewEvent(entry.Type, entry.Payload, entry.Salt, entry.PayloadHash, slice.ReadEvent(entry.Payload) ?? entry))],
            At = last.At,
            By = new Sender(last.ByKind, last.By),
            State = [],
            Card = after is null ? null : slice.WriteCard(after),
            Columns = null,
            SortKeys = null,
            Tallies = [.. TalliesOf(slice, before, -1), .. TalliesOf(slice, after, 1)],
            CommandId = last.CommandId,
            CardBefore = before,
            CardAfter = after,
            Result = WriteResult.Stored,
            LastPosition = last.Position,
        };
    }

    private static IEnumerable<TallyChange> TalliesOf(ISliceBehaviour slice, object? card, int sign) =>
        card is null ? [] : slice.Tallies(card).Select(tally => new TallyChange(tally.Group, sign * tally.Count, sign * tally.Hundredths));

    private SentWrite Sent(GrainWrite write)
    {
        var slice = slices.OfKind(write.Grain.Kind);
        return new(
            write.Grain.Tenant, write.Grain.Kind, write.Grain.Key, write.FromVersion, write.LastPosition, write.At, write.By.Kind, write.By.Id, write.CommandId, write.Day,
            [.. write.Events.Select(happened => new SentEvent(happened.Type, happened.Payload))],
            write.CardBefore is { } before ? slice.WriteCard(before) : null, write.Card,
            [.. write.ClocksSet.Select(clock => new SentClock(clock.Name, clock.DueAt))], write.ClocksStopped,
            [.. write.Tallies.Select(change => new SentTally(change.Group, change.Count, change.Hundredths))], [.. write.Effects.Select(effect => effect.Kind)],
            write.Trace == default ? null : new SentTrace(write.Trace.TraceId.ToHexString(), write.Trace.SpanId.ToHexString(), write.SubmittedAt));
    }

    private static GrainWrite Read(SentWrite sent, ISliceBehaviour slice) => new()
    {
        Grain = new(sent.Tenant, sent.Kind, sent.Key),
        FromVersion = sent.FromVersion,
        Row = new GrainRow { LastPosition = sent.LastPosition },
        Events = [.. (sent.Events ?? []).Select(happened => new NewEvent(happened.Type, happened.Payload, [], [], new UnreadEvent(slice, happened)))],
        At = sent.At,
        By = new Sender(sent.ByKind, sent.By),
        State = [],
        Card = sent.CardAfter,
        Columns = null,
        SortKeys = null,
        ClocksSet = [.. (sent.ClocksSet ?? []).Select(clock => new ClockSetting(clock.Name, clock.DueAt))],
        ClocksStopped = sent.ClocksStopped ?? [],
        Tallies = [.. (sent.Tallies ?? []).Select(change => new TallyChange(change.Group, change.Count, change.Hundredths))],
        Effects = [.. (sent.Effects ?? []).Select(kind => new NewEffect(kind, "", []))],
        Day = sent.Day,
        CommandId = sent.CommandId,
        CardBefore = sent.CardBefore is { } before ? new UnreadCard(slice, before) : null,
        CardAfter = sent.CardAfter is { } after ? new UnreadCard(slice, after) : null,
        Result = WriteResult.Stored,
        LastPosition = sent.LastPosition,
        Trace = sent.Trace is { } trace ? new(ActivityTraceId.CreateFromString(trace.Trace), ActivitySpanId.CreateFromString(trace.Span), ActivityTraceFlags.Recorded, isRemote: true) : default,
        SubmittedAt = sent.Trace?.SubmittedAt ?? default,
    };

    private sealed class UnreadCard(ISliceBehaviour slice, byte[] json) : Unread
    {
        protected override object? Read() => slice.ReadCard(json);
    }

    private sealed class UnreadEvent(ISliceBehaviour slice, SentEvent happened) : Unread
    {
        protected override object? Read() => slice.ReadEvent(happened.Payload) ?? happened;
    }
}
