using System.Text.Json.Serialization;

namespace Crm.Grains.Alerts;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="AlertCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(Closed), "closed")]
public abstract record Alert
{
    private Alert() { }

    public static Alert Initial { get; } = new Unknown();

    public sealed record Unknown : Alert;

    /// <param name="ManagerId">Whom it is for besides the administrators.</param>
    public sealed record Open(Guid PersonId, Guid? ManagerId) : Alert;

    public sealed record Closed(Guid? ManagerId) : Alert;
}
