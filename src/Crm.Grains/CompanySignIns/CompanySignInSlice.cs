using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.CompanySignIns.CompanySignInCard>;

namespace Crm.Grains.CompanySignIns;

public static class CompanySignInSlice
{
    public static Slice<CompanySignIn, CompanySignInCommand, CompanySignInEvent, CompanySignInCard> Definition { get; } = new()
    {
        Kind = "companysignin",
        Plural = "company-sign-ins",
        Json = JsonTypeInfoResolver.Combine(CompanySignInJson.Default, CompanySignInStateJson.Default),
        Initial = CompanySignIn.Initial,
        Decide = CompanySignInRules.Decide,
        Evolve = CompanySignInRules.Evolve,
        Project = CompanySignInBoard.Project,
        Describe = CompanySignInTimeline.Describe,
        Holder = CompanySignInRules.Holder,
        Columns =
        [
            new Text("issuer", c => c.Issuer),
            new Flag("enabled", c => c.Enabled),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(CompanySignInEvent))]
[JsonSerializable(typeof(CompanySignInCard))]
[JsonSerializable(typeof(CompanySignInCommand.Set))]
[JsonSerializable(typeof(CompanySignInCommand.SetSecret))]
internal sealed partial class CompanySignInJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(CompanySignIn))]
internal sealed partial class CompanySignInStateJson : JsonSerializerContext;
