using System.Text.Json.Serialization;

namespace Crm.Grains.Contacts;

/// <summary>What has happened to one contact. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Created), "contact-created-v1")]
[JsonDerivedType(typeof(Amended), "contact-amended-v1")]
[JsonDerivedType(typeof(Computed), "contact-computed-v1")]
[JsonDerivedType(typeof(Moved), "contact-moved-v1")]
[JsonDerivedType(typeof(Assigned), "contact-assigned-v1")]
[JsonDerivedType(typeof(ActivityLogged), "contact-activity-logged-v1")]
[JsonDerivedType(typeof(CustomerNamed), "contact-customer-named-v1")]
[JsonDerivedType(typeof(Erased), "contact-erased-v1")]
public abstract record ContactEvent
{
    private ContactEvent() { }

    public sealed record Created(Guid CustomerId, string CustomerName, ContactDetails Details, Guid? OwnerId, Guid? LeadId) : ContactEvent;

    public sealed record Amended(IReadOnlyList<FieldChange> Changes) : ContactEvent;

    /// <summary>Formulas have other results than before.</summary>
    public sealed record Computed(IReadOnlyList<FieldChange> Changes) : ContactEvent;

    public sealed record Moved(Guid From, string FromName, Guid To, string ToName) : ContactEvent;

    public sealed record Assigned(Guid? From, Guid? To) : ContactEvent;

    public sealed record ActivityLogged(Activity Activity) : ContactEvent;

    public sealed record CustomerNamed(string From, string To) : ContactEvent;

    /// <summary>All that came before is emptied; this is enough to make the card from.</summary>
    public sealed record Erased(ContactRemains Remains) : ContactEvent;
}
