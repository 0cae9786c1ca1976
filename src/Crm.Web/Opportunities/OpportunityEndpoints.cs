using System.Text.Json.Serialization;
using Crm.Grains.Customers;
using Crm.Grains.Kernel;
using Crm.Grains.Opportunities;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Audit;
using Crm.Web.Exports;
using Crm.Web.Files;
using Crm.Web.Http;
using Crm.Web.Rights;

namespace Crm.Web.Opportunities;

/// <param name="Stage">Default: the first of the pipeline.</param>
public sealed record CreateOpportunityBody(
    string Name,
    string Pipeline,
    Money Amount,
    [property: JsonConverter(typeof(CodeConverter))] string? Stage = null,
    Guid? CustomerId = null,
    Guid? ContactId = null,
    Guid? OwnerId = null,
    DateOnly? ExpectedCloseOn = null,
    string? Note = null,
    IReadOnlyDictionary<string, CustomValue>? Custom = null);

public sealed record MoveBody([property: JsonConverter(typeof(CodeConverter))] string Stage);

public static class OpportunityEndpoints
{
    private const string Kind = "opportunity";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapOpportunities()
        {
            var opportunities = routes.MapGroup("/api/opportunities").WithTags("Opportunities");
            opportunities.MapReads(Kind);
            opportunities.MapShares(Kind);
            opportunities.MapFiles(Kind);
            opportunities.MapExport(Kind);
            opportunities.MapRestore(Kind);
            opportunities.MapCreate<CreateOpportunityBody>(Kind, CreateAsync);
            opportunities.MapVerb<OpportunityCommand.Amend>(Kind, "amend", AmendAsync);
            opportunities.MapVerb<MoveBody>(Kind, "move", MoveAsync);
            opportunities.MapVerb<EmptyBody>(Kind, "win", WinAsync, mayBeEmpty: true);
            opportunities.MapVerb<OpportunityCommand.Lose>(Kind, "lose", LoseAsync);
            opportunities.MapVerb<OpportunityCommand.Reopen>(Kind, "reopen", ReopenAsync, mayBeEmpty: true);
            opportunities.MapVerb<OpportunityCommand.Assign>(Kind, "assign", AssignAsync);
            opportunities.MapVerb<ActivityDraft>(Kind, "log-activity", activity => new OpportunityCommand.LogActivity(activity));
            opportunities.MapVerb<Step>(Kind, "plan-step", step => new OpportunityCommand.PlanStep(step));
            opportunities.MapVerb<OpportunityCommand.CompleteStep>(Kind, "complete-step", mayBeEmpty: true);
        }
    }

    private static async ValueTask<Gathered> CreateAsync(CrmSilo silo, Asker asker, Guid id, CreateOpportunityBody body, CancellationToken cancel)
    {
        var (stage, wrong) = await StageLookup.FindAsync(silo, asker.Tenant, body.Pipeline, body.Stage, "", cancel);
        if ((wrong ?? await People.UserNames.CheckOwnerAsync(silo, asker, body.OwnerId, cancel)) is { } no)
        {
            return no;
        }

        string? customerName = null;
        if (body.CustomerId is { } customerId)
        {
            if (await CustomerAsync(silo, asker, customerId, cancel) is not { } customer)
            {
                return Refusal.Invalid("reference-not-found", "There is no such customer.", "customerId");
            }

            customerName = customer.Name;
        }

        if (body.ContactId is { } contactId && await silo.Cards.FindAsync(asker, silo.Slices.OfKind("contact"), contactId, cancel) is null)
        {
            return Refusal.Invalid("reference-not-found", "There is no such contact.", "contactId");
        }

        return Gathered.Of(new OpportunityCommand.Create(
            body.Name, stage, body.Amount.Or(silo.Tenants.Find(asker.Tenant).Currency), Today(silo, asker), body.CustomerId, customerName, body.ContactId,
            LeadId: null, body.OwnerId ?? (silo.Access.Of(asker).OwnsWhatIsMade(silo.Slices.OfKind(Kind).Slice) ? asker.Id : null), body.ExpectedCloseOn, body.Note, body.Custom));
    }

    private static async ValueTask<Gathered> AmendAsync(CrmSilo silo, Asker asker, Guid id, OpportunityCommand.Amend amend, CancellationToken cancel)
    {
        if (amend.CustomerId is { IsGiven: true, Value: { } customerId })
        {
            if (await CustomerAsync(silo, asker, customerId, cancel) is not { } customer)
            {
                return Refusal.Invalid("reference-not-found", "There is no such customer.", "customerId");
            }

            amend = amend with { CustomerName = customer.Name };
        }

        if (amend.ContactId is { IsGiven: true, Value: { } contactId } && await silo.Cards.FindAsync(asker, silo.Slices.OfKind("contact"), contactId, cancel) is null)
        {
            return Refusal.Invalid("reference-not-found", "There is no such contact.", "contactId");
        }

        return Gathered.Of(amend);
    }

    private static async ValueTask<Gathered> MoveAsync(CrmSilo silo, Asker asker, Guid id, MoveBody body, CancellationToken cancel)
    {
        var stage = await silo.Pipelines.ChooseAsync(asker.Tenant, pipeline => pipeline.Stages.FirstOrDefault(one => one.Key == body.Stage), cancel);
        return Gathered.Of(new OpportunityCommand.Move(stage, Today(silo, asker)));
    }

    private static async ValueTask<Gathered> WinAsync(CrmSilo silo, Asker asker, Guid id, EmptyBody body, CancellationToken cancel)
    {
        var won = await silo.Pipelines.ChooseAsync(asker.Tenant, static pipeline => pipeline.Stages.FirstOrDefault(one => one is { WinRate: 100, Retired: false }), cancel);
        return Gathered.Of(new OpportunityCommand.Win(won, Today(silo, asker)));
    }

    private static ValueTask<Gathered> LoseAsync(CrmSilo silo, Asker asker, Guid id, OpportunityCommand.Lose lose, CancellationToken cancel) =>
        ValueTask.FromResult(Gathered.Of(lose with { Today = Today(silo, asker) }));

    private static async ValueTask<Gathered> ReopenAsync(CrmSilo silo, Asker asker, Guid id, OpportunityCommand.Reopen reopen, CancellationToken cancel)
    {
        var first = await silo.Pipelines.ChooseAsync(asker.Tenant, static pipeline => pipeline.Stages.FirstOrDefault(one => !one.Retired), cancel);
        return Gathered.Of(reopen with { Stage = first });
    }

    private static async ValueTask<Gathered> AssignAsync(CrmSilo silo, Asker asker, Guid id, OpportunityCommand.Assign assign, CancellationToken cancel) =>
        await People.UserNames.CheckOwnerAsync(silo, asker, assign.OwnerId, cancel) is { } wrong ? wrong : Gathered.Of(assign);

    private static DateOnly Today(CrmSilo silo, Asker asker) => silo.Tenants.Find(asker.Tenant).DayOf(silo.Time.GetUtcNow());

    private static ValueTask<CustomerCard?> CustomerAsync(CrmSilo silo, Asker asker, Guid id, CancellationToken cancel) =>
        silo.Cards.FindAsync<CustomerCard>(asker, silo.Slices.OfKind("customer"), id, cancel);
}
