namespace Crm.Web.Hosting.Demo;

/// <summary>A record of the sample data while its story is told.</summary>
internal sealed class DemoRecord(string kind, Guid id)
{
    public string Kind => kind;

    public Guid Id => id;

    /// <summary>How many steps have been thought of: each adds one event.</summary>
    public long Steps { get; set; }

    /// <summary>The step sent last.</summary>
    public Task Sent { get; set; } = Task.CompletedTask;
}

/// <summary>One command of the sample data.</summary>
/// <param name="Version">Of the record before it: whoever finds another one knows that the step was taken.</param>
/// <param name="By">Who gives it; null is nobody, such as a form on a website.</param>
internal readonly record struct DemoStep(DateTimeOffset At, DemoRecord Record, long Version, object Command, DemoPerson? By);
