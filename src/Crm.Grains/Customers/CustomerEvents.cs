using System.Text.Json.Serialization;

namespace Crm.Grains.Customers;

/// <summary>What has happened to one customer. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Created), "customer-created-v1")]
[JsonDerivedType(typeof(Amended), "customer-amended-v1")]
[JsonDerivedType(typeof(Computed), "customer-computed-v1")]
[JsonDerivedType(typeof(Assigned), "customer-assigned-v1")]
[JsonDerivedType(typeof(ActivityLogged), "customer-activity-logged-v1")]
[JsonDerivedType(typeof(MadeFormal), "customer-made-formal-v1")]
[JsonDerivedType(typeof(Erased), "customer-erased-v1")]
public abstract record CustomerEvent
{
    private CustomerEvent() { }

    /// <param name="ContactId">The contact that comes into being with it, or null.</param>
    public sealed record Created(string Type, CustomerDetails Details, Guid? OwnerId, Guid? LeadId, Guid? ContactId) : CustomerEvent;

    public sealed record Amended(IReadOnlyList<FieldChange> Changes) : CustomerEvent;

    /// <summary>Formulas have other results than before.</summary>
    public sealed record Computed(IReadOnlyList<FieldChange> Changes) : CustomerEvent;

    public sealed record Assigned(Guid? From, Guid? To) : CustomerEvent;

    public sealed record ActivityLogged(Activity Activity) : CustomerEvent;

    public sealed record MadeFormal : CustomerEvent;

    /// <summary>All that came before is emptied; this is enough to make the card from.</summary>
    public sealed record Erased(CustomerRemains Remains) : CustomerEvent;
}
