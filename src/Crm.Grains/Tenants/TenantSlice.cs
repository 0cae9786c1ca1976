using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Tenants.TenantCard>;

namespace Crm.Grains.Tenants;

public static class TenantSlice
{
    public static Slice<Tenant, TenantCommand, TenantEvent, TenantCard> Definition { get; } = new()
    {
        Kind = "tenant",
        Plural = "tenants",
        Json = JsonTypeInfoResolver.Combine(TenantJson.Default, TenantStateJson.Default),
        Initial = Tenant.Initial,
        Decide = TenantRules.Decide,
        Evolve = TenantRules.Evolve,
        Project = TenantBoard.Project,
        Describe = TenantTimeline.Describe,
        Holder = TenantRules.Holder,
        Columns = [new Choice("status", c => c.Status)],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(TenantEvent))]
[JsonSerializable(typeof(TenantCard))]
[JsonSerializable(typeof(TenantCommand.Open))]
[JsonSerializable(typeof(TenantCommand.Amend))]
[JsonSerializable(typeof(TenantCommand.SwitchModule))]
[JsonSerializable(typeof(TenantCommand.LimitFiles))]
[JsonSerializable(typeof(TenantCommand.Suspend))]
[JsonSerializable(typeof(TenantCommand.Resume))]
internal sealed partial class TenantJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Tenant))]
internal sealed partial class TenantStateJson : JsonSerializerContext;
