using System.Diagnostics;

namespace Crm.Web.Tests.Hosting;

/// <summary>The server as a process of its own, as an operator starts it.</summary>
internal static class ServerProgram
{
    /// <summary>How it is started in a folder, with these words and no other settings from the environment than these.</summary>
    public static ProcessStartInfo Of(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> words)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Crm.Web.dll"), .. words])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("Crm__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
