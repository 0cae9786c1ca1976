using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.Kernel;

namespace Crm.Silo.Rights;

/// <summary>Which fields a command sets. Asked only for roles that do not have all fields.</summary>
internal static class CommandFields
{
    private static readonly ConcurrentDictionary<Type, (string Field, PropertyInfo Property)[]> Known = new();

    /// <summary>The card fields that a command gives a value to, custom ones as <c>custom.x</c>.</summary>
    public static IEnumerable<string> GivenIn(object command)
    {
        foreach (var (field, property) in Known.GetOrAdd(command.GetType(), FieldsOf))
        {
            var value = property.GetValue(command);
            if (value is IOptional optional)
            {
                if (!optional.IsGiven)
                {
                    continue;
                }

                value = optional.Content;
            }
            else if (value is null)
            {
                continue;
            }

            yield return field;
            if (field == "custom" && value is IReadOnlyDictionary<string, CustomValue> custom)
            {
                foreach (var name in custom.Keys)
                {
                    yield return $"custom.{name}";
                }
            }
        }
    }

    private static (string Field, PropertyInfo Property)[] FieldsOf(Type command) =>
        [.. command.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract" && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(property => (JsonNamingPolicy.CamelCase.ConvertName(property.Name), property))];
}
