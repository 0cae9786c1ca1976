using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Factors.FactorCard>;

namespace Crm.Grains.Factors;

public static class FactorSlice
{
    public static Slice<Factor, FactorCommand, FactorEvent, FactorCard> Definition { get; } = new()
    {
        Kind = "factor",
        Plural = "factors",
        Json = JsonTypeInfoResolver.Combine(FactorJson.Default, FactorStateJson.Default),
        Initial = Factor.Initial,
        Decide = FactorRules.Decide,
        Evolve = FactorRules.Evolve,
        Project = FactorBoard.Project,
        Describe = FactorTimeline.Describe,
        Holder = FactorRules.Holder,
        Columns =
        [
            new Id("ownerId", c => c.OwnerId),
            new Flag("totp", c => c.Totp),
            new Choice("company", c => c.Company),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(FactorEvent))]
[JsonSerializable(typeof(FactorCard))]
[JsonSerializable(typeof(FactorCommand.EnrolTotp))]
[JsonSerializable(typeof(FactorCommand.RemoveTotp))]
[JsonSerializable(typeof(FactorCommand.RenewCodes))]
[JsonSerializable(typeof(FactorCommand.AddPasskey))]
[JsonSerializable(typeof(FactorCommand.RemovePasskey))]
[JsonSerializable(typeof(FactorCommand.LinkCompany))]
[JsonSerializable(typeof(FactorCommand.Reset))]
internal sealed partial class FactorJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Factor))]
internal sealed partial class FactorStateJson : JsonSerializerContext;
