using System.Text.Json.Serialization;

namespace Crm.Grains.Alerts;

/// <summary>What has happened to one alert. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Raised), "alert-raised-v1")]
[JsonDerivedType(typeof(Released), "alert-released-v1")]
public abstract record AlertEvent
{
    private AlertEvent() { }

    public sealed record Raised(string Type, Guid PersonId, Guid? ManagerId, string? Slice, int Count, int Usual, string Step) : AlertEvent;

    public sealed record Released(string? Note) : AlertEvent;
}
