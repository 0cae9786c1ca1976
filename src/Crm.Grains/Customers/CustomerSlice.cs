using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Customers.CustomerCard>;

namespace Crm.Grains.Customers;

public static class CustomerSlice
{
    public static Slice<Customer, CustomerCommand, CustomerEvent, CustomerCard> Definition { get; } = new()
    {
        Kind = "customer",
        Plural = "customers",
        Module = new("customers"),
        Json = JsonTypeInfoResolver.Combine(CustomerJson.Default, CustomerStateJson.Default),
        Initial = Customer.Initial,
        Decide = CustomerRules.Decide,
        Evolve = CustomerRules.Evolve,
        Project = CustomerBoard.Project,
        Describe = CustomerTimeline.Describe,
        Holder = CustomerRules.Holder,
        Custom = new(CustomerRules.CustomOf, c => c.Custom, changes => new CustomerEvent.Computed(changes), CustomerRules.Together, () => new CustomerCommand.Compute()),
        HandOver = to => new CustomerCommand.Assign(to),
        Claims = CustomerRules.Claims,
        Claimed = CustomerRules.Claimed,
        SearchTexts = c => [c.Name, c.ShortName, c.CreditCode, c.Mobile, c.Phone, c.Email, c.City],
        SearchedFields = ["name", "shortName", "creditCode", "mobile", "phone", "email", "city"],
        Headline = c => (c.Name, c.ShortName ?? c.City),
        Columns =
        [
            new Choice("type", c => c.Type),
            new Choice("status", c => c.Status),
            new Text("name", c => c.Name, Indexed: true),
            new Text("shortName", c => c.ShortName),
            new Text("industry", c => c.Industry, Repeats: true),
            new Text("creditCode", c => c.CreditCode),
            new Text("country", c => c.Country, Repeats: true),
            new Text("province", c => c.Province, Repeats: true),
            new Text("city", c => c.City, Repeats: true),
            new Text("size", c => c.Size, Repeats: true),
            new Text("enterpriseType", c => c.EnterpriseType, Repeats: true),
            new Text("phone", c => c.Phone),
            new Text("fax", c => c.Fax),
            new Text("email", c => c.Email),
            new Text("website", c => c.Website),
            new Id("parentId", c => c.ParentId),
            new Text("mobile", c => c.Mobile),
            new Text("note", c => c.Note),
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Id("leadId", c => c.LeadId),
            new Instant("lastActivityAt", c => c.LastActivityAt),
            new Instant("createdAt", c => c.CreatedAt, Indexed: true),
            new Instant("updatedAt", c => c.UpdatedAt, Indexed: true),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(CustomerEvent))]
[JsonSerializable(typeof(CustomerCard))]
[JsonSerializable(typeof(CustomerCommand.Create))]
[JsonSerializable(typeof(CustomerCommand.Amend))]
[JsonSerializable(typeof(CustomerCommand.Assign))]
internal sealed partial class CustomerJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Customer))]
internal sealed partial class CustomerStateJson : JsonSerializerContext;
