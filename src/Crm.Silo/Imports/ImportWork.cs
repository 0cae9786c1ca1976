using Crm.Grains.Imports;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Leads;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Imports;

/// <summary>What is to be done about one import, by its status.</summary>
internal sealed class ImportWork(
    CommandDesk commands, LeadDesk leads, IGrainStore store, SliceDirectory slices, ImportFiles files, ImportHistory history, TimeProvider time)
{
    private const int UndoPage = 500;

    /// <summary>Told of bugs and broken machines.</summary>
    public Action<GrainId, Exception> Failed { get; set; } = (_, _) => { };

    public async Task DoAsync(GrainId import, ImportCard card, CancellationToken stop)
    {
        switch (card.Status)
        {
            case "queued" or "running":
                await RunAsync(import, card, stop);
                await files.DeleteAsync(import, stop);
                break;
            case "undoing":
                await UndoAsync(import, card, stop);
                break;
        }
    }

    private async Task RunAsync(GrainId import, ImportCard card, CancellationToken stop)
    {
        var teller = new PatientTeller(commands, time, stop);
        var asker = Asker.System(import.Tenant);
        try
        {
            if (await history.FindRequestAsync(import, stop) is not { } asked)
            {
                throw new InvalidDataException("The journal does not say how this import was asked for.");
            }

            asker = asker with { Id = asked.By };
            await using var file = await files.OpenAsync(import, stop);
            var reason = file is null
                ? "The uploaded file is gone."
                : await new ImportRun(leads, teller, asker, import, card, asked.Request, failure => Failed(import, failure)).RunAsync(file, stop);
            await teller.TellAsync(asker, import, reason is null ? new ImportCommand.Finish() : new ImportCommand.Fail(reason));
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            Failed(import, failure);
            await teller.TellAsync(asker, import, new ImportCommand.Fail("Something went wrong on our side."));
        }
    }

    /// <summary>
    /// Takes back the leads that the import created and nobody has touched. Those taken back before a crash are no longer listed, so what was
    /// created and is not listed has been taken back.
    /// </summary>
    private async Task UndoAsync(GrainId import, ImportCard card, CancellationToken stop)
    {
        var teller = new PatientTeller(commands, time, stop);
        var asker = Asker.System(import.Tenant) with { Id = await AskedByAsync(import, stop) };
        var query = new CardQuery(import.Tenant, "lead", slices.OfKind("lead").Is("importId", CardValue.Of(import.Key)), Limit: UndoPage);
        var undone = (int)Math.Max(0, card.Created - await store.CountAsync(query, int.MaxValue, stop));
        var kept = 0;
        await foreach (var page in store.PagesAsync(query, stop))
        {
            var answers = await Task.WhenAll(page.Select(hit => teller.TellAsync(asker, new(import.Tenant, "lead", hit.Key), new LeadCommand.Withdraw(import.Key)).AsTask()));
            undone += answers.Count(answer => answer.Succeeded);
            kept += answers.Count(answer => !answer.Succeeded);
            await teller.TellAsync(asker, import, new ImportCommand.UndoProgress(undone, kept));
        }

        await teller.TellAsync(asker, import, new ImportCommand.FinishUndo());
    }

    /// <summary>Who asked for what is to be done now: the sender of the newest entry that asks.</summary>
    private async ValueTask<Guid> AskedByAsync(GrainId import, CancellationToken stop)
    {
        foreach (var entry in await store.ReadHistoryAsync(import, null, int.MaxValue, stop))
        {
            if (entry.Type == "import-undo-requested-v1")
            {
                return entry.By;
            }
        }

        return Guid.Empty;
    }
}
