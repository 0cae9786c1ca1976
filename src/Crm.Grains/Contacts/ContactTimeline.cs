using static Crm.Grains.Contacts.ContactEvent;

namespace Crm.Grains.Contacts;

public static class ContactTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(ContactEvent happened) => happened switch
    {
        Amended e => new(e.Changes),
        Computed e => new(e.Changes),
        Moved e => new(new Changes().Id("customerId", e.From, e.To).Text("customerName", e.FromName, e.ToName).ToList()),
        Assigned e => TimelineFacts.Changed("ownerId", e.From?.ToString(), e.To?.ToString()),
        ActivityLogged e => TimelineFacts.Of(e.Activity),
        CustomerNamed e => TimelineFacts.Changed("customerName", e.From, e.To),
        _ => TimelineFacts.None,
    };
}
