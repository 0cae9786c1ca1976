using System.Text.Json.Serialization;

namespace Crm.Grains.Tenants;

/// <summary>What has happened to a tenant. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Opened), "tenant-opened-v1")]
[JsonDerivedType(typeof(Amended), "tenant-amended-v1")]
[JsonDerivedType(typeof(ModuleSwitched), "tenant-module-switched-v1")]
[JsonDerivedType(typeof(FilesLimited), "tenant-files-limited-v1")]
[JsonDerivedType(typeof(WasSuspended), "tenant-suspended-v1")]
[JsonDerivedType(typeof(WasResumed), "tenant-resumed-v1")]
public abstract record TenantEvent
{
    private TenantEvent() { }

    public sealed record Opened(TenantSettings Settings) : TenantEvent;

    public sealed record Amended(IReadOnlyList<FieldChange> Changes) : TenantEvent;

    public sealed record ModuleSwitched(string Module, bool On) : TenantEvent;

    /// <inheritdoc cref="TenantCommand.LimitFiles"/>
    public sealed record FilesLimited(int? Megabytes) : TenantEvent;

    public sealed record WasSuspended(string? Reason) : TenantEvent;

    public sealed record WasResumed : TenantEvent;
}
