using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Departments.DepartmentCard>;

namespace Crm.Grains.Departments;

public static class DepartmentSlice
{
    public static Slice<Department, DepartmentCommand, DepartmentEvent, DepartmentCard> Definition { get; } = new()
    {
        Kind = "department",
        Plural = "departments",
        IsReadByAll = true,
        Json = JsonTypeInfoResolver.Combine(DepartmentJson.Default, DepartmentStateJson.Default),
        Initial = Department.Initial,
        Decide = DepartmentRules.Decide,
        Evolve = DepartmentRules.Evolve,
        Project = DepartmentBoard.Project,
        Describe = DepartmentTimeline.Describe,
        Holder = DepartmentRules.Holder,
        Columns =
        [
            new Text("name", c => c.Name),
            new Id("parentId", c => c.ParentId),
            new Id("managerId", c => c.ManagerId),
            new Text("region", c => c.Region, Repeats: true),
            new Flag("open", c => c.Open),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(DepartmentEvent))]
[JsonSerializable(typeof(DepartmentCard))]
[JsonSerializable(typeof(DepartmentCommand.Create))]
[JsonSerializable(typeof(DepartmentCommand.Amend))]
[JsonSerializable(typeof(DepartmentCommand.Move))]
[JsonSerializable(typeof(DepartmentCommand.Close))]
[JsonSerializable(typeof(DepartmentCommand.Reopen))]
internal sealed partial class DepartmentJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Department))]
internal sealed partial class DepartmentStateJson : JsonSerializerContext;
