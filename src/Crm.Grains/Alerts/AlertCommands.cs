using System.Text.Json.Serialization;

namespace Crm.Grains.Alerts;

/// <summary>What may be asked of one alert. A command states intent and may be refused.</summary>
public abstract record AlertCommand
{
    private AlertCommand() { }

    /// <param name="Type">One of <see cref="AlertRules.Types"/>.</param>
    /// <param name="PersonId">Whom it is about.</param>
    /// <param name="ManagerId">Whom it is for besides the administrators.</param>
    /// <param name="Slice">The plural of what was read or wanted.</param>
    /// <param name="Count">Records read, or tries.</param>
    /// <param name="Usual">What would have been usual.</param>
    /// <param name="Step">What is done about it: one of <c>tell</c>, <c>mask</c>, <c>stop</c>.</param>
    public sealed record Raise(string Type, Guid PersonId, Guid? ManagerId, string? Slice, int Count, int Usual, string Step) : AlertCommand;

    /// <param name="ById">Who releases; filled in by the host.</param>
    public sealed record Release(string? Note = null, [property: JsonIgnore] Guid ById = default) : AlertCommand;
}
