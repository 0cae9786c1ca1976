using System.Collections.Concurrent;
using System.Globalization;
using Crm.Grains.Alerts;
using Crm.Grains.Exports;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Policies;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Exports;

/// <summary>Where exports are asked for and fetched.</summary>
public sealed class ExportDesk(
    CommandDesk commands, CardDesk cards, IGrainStore store, SliceDirectory slices, AccessDirectory access, PolicyDirectory policies, TenantDirectory tenants, ExportFiles files, TimeProvider time)
{
    /// <summary>The verb that exporting needs on the slice that is exported.</summary>
    public const string Verb = "export";

    private static readonly IReadOnlySet<string> WithoutRows = new HashSet<string> { "denied", "refused", "failed" };

    private readonly ISliceBehaviour _slice = slices.OfKind("export");
    // counting what is left and taking it is one step for each person
    private readonly ConcurrentDictionary<(string, Guid), SemaphoreSlim> _turns = new();

    /// <summary>Requests an export. A try without the right is recorded, and the person's manager alerted.</summary>
    public async Task<(Answer Answer, string Status)> RequestAsync(Asker asker, ISliceBehaviour slice, ExportOrder order, Sending sending, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var rights = await access.FindAsync(asker, cancel);
        if (rights.Of(slice.Slice).ScopeOf(Verb) == Scope.None)
        {
            await DenyAsync(asker, order, cancel);
            return (Answer.Refused(id, ExportRefusals.Forbidden), "denied");
        }

        var request = RequestOf(order);
        var turn = _turns.GetOrAdd((asker.Tenant, asker.Id), _ => new(1));
        await turn.WaitAsync(cancel);
        try
        {
            var limits = (await policies.FindAsync(asker.Tenant, cancel)).Limits;
            var (unfinished, used) = await UsedAsync(asker, cancel);
            var left = Math.Max(0, limits.DailyRows - used);
            var (count, wrong) = await cards.CountAsync(asker, slice, request, Verb, (int)Math.Min(int.MaxValue - 1L, Math.Max(left, limits.ApproveAboveRows) + 1L), cancel);
            if (wrong is not null)
            {
                return (Answer.Refused(id, wrong), "");
            }

            var needsApproval = count > limits.ApproveAboveRows;
            var command = new ExportCommand.Request(order, asker.Id, asker.Role, (int)count, needsApproval, unfinished, (int)left);
            // not cancelled: what was requested counts
            var answer = await commands.TellAsync(asker, "export", id, command, sending with { Trusted = true, ExpectedVersion = null, IsFresh = true }, CancellationToken.None);
            return (answer, needsApproval ? "waiting" : "queued");
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The file of an export for its requester, or why there is none.</summary>
    public async Task<(FileContent? File, ExportCard? Card, Refusal? Refusal)> FetchAsync(Asker asker, Guid id, Sending sending, CancellationToken cancel)
    {
        if (await cards.FindAsync<ExportCard>(asker, _slice, id, cancel) is not { } card || card.OwnerId != asker.Id)
        {
            return (null, null, AccessPolicy.NotFound);
        }

        if (await OutdatedAsync(asker, card, cancel) is { } outdated)
        {
            return (null, card, outdated);
        }

        if (card.Status != "done" || await files.OpenAsync(new(asker.Tenant, "export", id), cancel) is not { } file)
        {
            return (null, card, ExportRefusals.NotReady);
        }

        var answer = await commands.TellAsync(asker, "export", id, new ExportCommand.NoteDownload(asker.Id), sending with { Trusted = true, CommandId = null, ExpectedVersion = null }, cancel);
        if (answer.Refusal is { } refused)
        {
            await file.DisposeAsync();
            return (null, card, refused);
        }

        return (file, card, null);
    }

    /// <summary>Why a file is not handed out any more although it is there, or null: it shows what its requester saw when it was written.</summary>
    private async ValueTask<Refusal?> OutdatedAsync(Asker asker, ExportCard card, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        if (rights.IsEverything)
        {
            return null;
        }

        if (!slices.TryFindPlural(card.Slice, out var slice) || rights.Of(slice.Slice).ScopeOf(Verb) == Scope.None)
        {
            return ExportRefusals.Forbidden;
        }

        var book = await store.ReadHistoryAsync(AccessDirectory.BookOf(asker.Tenant), null, 1, cancel);
        return rights.RoleKey != card.Role || (book is [{ At: var changed }] && changed >= card.RequestedAt) ? ExportRefusals.Outdated : null;
    }

    internal static ListRequest RequestOf(ExportOrder order) => new(order.Filter, order.Sort, order.Q, order.Fields);

    private async Task DenyAsync(Asker asker, ExportOrder order, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        // once a minute is often enough to know, and a loop of tries does not fill the journal
        var minute = now.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
        var denied = GrainId.Named(asker.Tenant, "export", $"denied/{asker.Id}/{order.Slice}/{minute}");
        var system = Asker.System(asker.Tenant);
        var known = order with { Format = ExportRules.Formats.Contains(order.Format) ? order.Format : "csv", Filter = null, Sort = null, Q = null, Fields = null };
        await commands.TellAsync(system, "export", denied.Key, new ExportCommand.Deny(known, asker.Id), new(SenderKind.System, Trusted: true), cancel);
        var day = tenants.Find(asker.Tenant).DayOf(now);
        var alert = GrainId.Named(asker.Tenant, "alert", string.Create(CultureInfo.InvariantCulture, $"export-forbidden/{asker.Id}/{order.Slice}/{day:yyyy-MM-dd}"));
        var manager = (await access.OrganisationAsync(asker.Tenant, cancel)).ManagerOf(asker.Id);
        await commands.TellAsync(
            system, "alert", alert.Key, new AlertCommand.Raise("export-forbidden", asker.Id, manager, order.Slice, 1, 0, "tell"), new(SenderKind.System, Trusted: true), cancel);
    }

    /// <summary>How many exports of an asker are not finished, and how many rows were taken today.</summary>
    private async ValueTask<(int Unfinished, long Rows)> UsedAsync(Asker asker, CancellationToken cancel)
    {
        var tenant = tenants.Find(asker.Tenant);
        var today = tenant.StartOf(tenant.DayOf(time.GetUtcNow()));
        var (unfinished, rows) = (0, 0L);
        await foreach (var page in store.PagesAsync(new(asker.Tenant, "export", _slice.Is("ownerId", CardValue.Of(asker.Id)), Limit: 1_000), cancel))
        {
            foreach (var hit in page)
            {
                var card = (ExportCard)_slice.ReadCard(hit.Json);
                unfinished += card.Status is "waiting" or "queued" or "running" ? 1 : 0;
                rows += card.RequestedAt >= today && !WithoutRows.Contains(card.Status) ? card.Rows : 0;
            }
        }

        return (unfinished, rows);
    }
}
