using Crm.Grains.Handovers;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Imports;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Handovers;

/// <summary>
/// Gives the records of one who leaves to others, and takes them back. Each record is told under an id of its own by the command its slice
/// has for that; what was given is read from the journal again after a crash, so nothing is given twice and nothing is left out.
/// </summary>
internal sealed class HandoverWork(CommandDesk commands, IGrainStore store, SliceDirectory slices, TimeProvider time)
{
    private const int PageSize = 500;
    private const int JournalPage = 2_000;

    /// <summary>The slices whose records go along.</summary>
    public static IEnumerable<ISliceBehaviour> Given(SliceDirectory slices) => slices.All.Where(slice => slice.HandOver(Guid.Empty) is not null);

    /// <summary>A person's records.</summary>
    public static CardFilter OwnedBy(ISliceBehaviour slice, Guid person) => slice.Is("ownerId", CardValue.Of(person));

    public async Task DoAsync(GrainId handover, HandoverCard card, CancellationToken stop)
    {
        switch (card.Status)
        {
            case "running":
                await GiveAsync(handover, card, stop);
                break;
            case "undoing":
                await TakeBackAsync(handover, card, stop);
                break;
        }
    }

    private static string CommandIdOf(GrainId handover, Guid record) => $"handover/{handover.Key:N}/{record:N}";

    private async Task GiveAsync(GrainId handover, HandoverCard card, CancellationToken stop)
    {
        var teller = new PatientTeller(commands, time, stop);
        var asker = Asker.System(handover.Tenant) with { Id = card.ById };
        // first, so that nobody gives him anything more
        await TellAsync(teller, asker, new(handover.Tenant, "user", card.FromId), new UserCommand.Deactivate(), $"handover/{handover.Key:N}/leave");
        var given = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await foreach (var entry in GivenAsync(handover, card, stop))
        {
            Count(given, slices.OfKind(entry.Kind));
        }

        int refused;
        int before;
        do
        {
            // again until nothing more is found: what was on its way to him when he left has come meanwhile
            (before, refused) = (given.Values.Sum(), 0);
            foreach (var slice in Given(slices))
            {
                refused += await GiveAsync(teller, asker, handover, card, slice, given, refused, stop);
            }
        }
        while (given.Values.Sum() > before);

        await ReportAsync(teller, asker, handover, given, refused);
        await teller.TellAsync(asker, handover, new HandoverCommand.Finish());
    }

    /// <returns>How many could not be given.</returns>
    private async Task<int> GiveAsync(
        PatientTeller teller, Asker asker, GrainId handover, HandoverCard card, ISliceBehaviour slice, SortedDictionary<string, int> given, int refusedBefore, CancellationToken stop)
    {
        var to = card.Shares.FirstOrDefault(share => share.Slice == slice.Slice.Plural)?.To ?? card.To;
        var turn = given.GetValueOrDefault(slice.Slice.Plural);
        var refused = 0;
        var query = new CardQuery(handover.Tenant, slice.Kind, OwnedBy(slice, card.FromId), Limit: PageSize);
        await foreach (var page in store.PagesAsync(query, stop))
        {
            var answers = await Task.WhenAll(page.Select(hit => TellAsync(
                teller, asker, new(handover.Tenant, slice.Kind, hit.Key), slice.HandOver(to[turn++ % to.Count])!, CommandIdOf(handover, hit.Key)).AsTask())); // a slice that hands over has a command for it
            foreach (var answer in answers)
            {
                if (answer is { Succeeded: true, Kind: not OutcomeKind.AlreadyHandled })
                {
                    Count(given, slice);
                }
                else if (!answer.Succeeded)
                {
                    refused++;
                }
            }

            if (page.Count > 0)
            {
                await ReportAsync(teller, asker, handover, given, refusedBefore + refused);
            }
        }

        return refused;
    }

    private async Task TakeBackAsync(GrainId handover, HandoverCard card, CancellationToken stop)
    {
        var teller = new PatientTeller(commands, time, stop);
        var asker = Asker.System(handover.Tenant) with { Id = card.ById };
        if (card.WasActive)
        {
            await TellAsync(teller, asker, new(handover.Tenant, "user", card.FromId), new UserCommand.Activate(), $"handover/{handover.Key:N}/return");
        }

        var (undone, kept) = (0, 0);
        var page = new List<JournalEntry>(PageSize);
        await foreach (var entry in GivenAsync(handover, card, stop))
        {
            page.Add(entry);
            if (page.Count == PageSize)
            {
                await TakeBackPageAsync();
            }
        }

        await TakeBackPageAsync();
        await teller.TellAsync(asker, handover, new HandoverCommand.FinishUndo());

        async Task TakeBackPageAsync()
        {
            var taken = await Task.WhenAll(page.Select(entry => TakeBackAsync(teller, asker, handover, card, entry, stop)));
            undone += taken.Count(isBack => isBack);
            kept += taken.Count(isBack => !isBack);
            page.Clear();
            await teller.TellAsync(asker, handover, new HandoverCommand.UndoProgress(undone, kept));
        }
    }

    /// <returns>Whether the record is back; not when people have changed it since.</returns>
    private async Task<bool> TakeBackAsync(PatientTeller teller, Asker asker, GrainId handover, HandoverCard card, JournalEntry entry, CancellationToken stop)
    {
        var record = new GrainId(handover.Tenant, entry.Kind, entry.Key);
        var commandId = $"handover/{handover.Key:N}/back/{entry.Key:N}";
        if (await store.FindHandledAsync(handover.Tenant, commandId, stop) is not null)
        {
            return true;
        }

        while (true)
        {
            // what reactions and clocks did since is no reason to leave it
            var version = entry.Version;
            foreach (var later in await store.ReadHistoryAsync(record, null, int.MaxValue, stop))
            {
                if (later.Version <= entry.Version)
                {
                    break;
                }

                if (later.ByKind is SenderKind.User or SenderKind.Key or SenderKind.Import)
                {
                    return false;
                }

                version = Math.Max(version, later.Version);
            }

            var sending = new Sending(SenderKind.Reaction, commandId, ExpectedVersion: version, Trusted: true);
            var answer = await teller.RepeatAsync(() => commands.TellAsync(asker, record.Kind, record.Key, slices.OfKind(record.Kind).HandOver(card.FromId)!, sending, stop)); // it was handed over once
            if (answer.Kind != OutcomeKind.VersionConflict)
            {
                return answer.Succeeded;
            }
        }
    }

    /// <summary>What was given by this hand-over, in the order it was.</summary>
    private async IAsyncEnumerable<JournalEntry> GivenAsync(GrainId handover, HandoverCard card, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var prefix = $"handover/{handover.Key:N}/";
        var kinds = Given(slices).Select(slice => slice.Kind).ToHashSet(StringComparer.Ordinal);
        // nothing was given before it was asked for
        var position = await store.FindPositionAsync(handover.Tenant, card.StartedAt.AddSeconds(-1), stop) - 1;
        for (var head = store.HeadOf(handover.Tenant); position < head;)
        {
            var entries = await store.ReadJournalAsync(handover.Tenant, position, JournalPage, null, stop);
            foreach (var entry in entries)
            {
                if (entry.CommandId is { } id && id.StartsWith(prefix, StringComparison.Ordinal) && kinds.Contains(entry.Kind) && id == CommandIdOf(handover, entry.Key))
                {
                    yield return entry;
                }
            }

            position = entries.Count == 0 ? head : entries[^1].Position;
        }
    }

    private static void Count(SortedDictionary<string, int> given, ISliceBehaviour slice) => given[slice.Slice.Plural] = given.GetValueOrDefault(slice.Slice.Plural) + 1;

    private static async Task ReportAsync(PatientTeller teller, Asker asker, GrainId handover, SortedDictionary<string, int> given, int refused) =>
        await teller.TellAsync(asker, handover, new HandoverCommand.Progress([.. given.Select(each => new HandoverCount(each.Key, each.Value))], refused));

    /// <summary>As a step of ours: it is no change by a person.</summary>
    private ValueTask<Answer> TellAsync(PatientTeller teller, Asker asker, GrainId grain, object command, string commandId) =>
        teller.RepeatAsync(() => commands.TellAsync(asker, grain.Kind, grain.Key, command, new(SenderKind.Reaction, commandId, Trusted: true), teller.Stop));
}
