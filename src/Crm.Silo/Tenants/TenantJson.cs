using System.Text.Json;
using Crm.Silo.Funnel;

namespace Crm.Silo.Tenants;

/// <summary>Writes what everybody in a tenant must know of it.</summary>
public static class TenantJson
{
    public static byte[] Write(TenantInfo tenant, IReadOnlySet<string> off)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            Write(writer, tenant, off);
        }

        return json.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, TenantInfo tenant, IReadOnlySet<string> off)
    {
        writer.WriteStartObject();
        writer.WriteString("key"u8, tenant.Key);
        writer.WriteString("name"u8, tenant.Name);
        writer.WriteString("currency"u8, tenant.Currency);
        writer.WriteString("timeZone"u8, tenant.TimeZone.Id);
        writer.WriteString("locale"u8, tenant.Locale);
        writer.WriteStartArray("modules"u8);
        foreach (var module in ModuleCatalog.All.Where(module => !off.Contains(module.Key)))
        {
            writer.WriteStringValue(module.Key);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
