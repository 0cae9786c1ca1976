using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Contacts.ContactCard>;

namespace Crm.Grains.Contacts;

public static class ContactSlice
{
    public static Slice<Contact, ContactCommand, ContactEvent, ContactCard> Definition { get; } = new()
    {
        Kind = "contact",
        Plural = "contacts",
        Module = new("customers"),
        Json = JsonTypeInfoResolver.Combine(ContactJson.Default, ContactStateJson.Default),
        Initial = Contact.Initial,
        Decide = ContactRules.Decide,
        Evolve = ContactRules.Evolve,
        Project = ContactBoard.Project,
        Describe = ContactTimeline.Describe,
        Holder = ContactRules.Holder,
        Custom = new(ContactRules.CustomOf, c => c.Custom, changes => new ContactEvent.Computed(changes), ContactRules.Together, () => new ContactCommand.Compute()),
        HandOver = to => new ContactCommand.Assign(to),
        Claims = ContactRules.Claims,
        Claimed = _ => ContactRefusals.Duplicate,
        SearchTexts = c => [c.Name, c.CustomerName, c.Mobile, c.Email, c.Wechat, c.Title],
        SearchedFields = ["name", "customerName", "mobile", "email", "wechat", "title"],
        Headline = c => (c.Name, c.CustomerName),
        Columns =
        [
            new Id("customerId", c => c.CustomerId, Indexed: true),
            new Text("customerName", c => c.CustomerName),
            new Text("name", c => c.Name, Indexed: true),
            new Text("mobile", c => c.Mobile),
            new Text("email", c => c.Email),
            new Text("title", c => c.Title, Repeats: true),
            new Text("department", c => c.Department, Repeats: true),
            new Text("wechat", c => c.Wechat),
            new Text("note", c => c.Note),
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Instant("lastActivityAt", c => c.LastActivityAt),
            new Instant("createdAt", c => c.CreatedAt, Indexed: true),
            new Instant("updatedAt", c => c.UpdatedAt, Indexed: true),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(ContactEvent))]
[JsonSerializable(typeof(ContactCard))]
[JsonSerializable(typeof(ContactCommand.Amend))]
[JsonSerializable(typeof(ContactCommand.Assign))]
internal sealed partial class ContactJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Contact))]
internal sealed partial class ContactStateJson : JsonSerializerContext;
