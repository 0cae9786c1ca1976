using System.Globalization;

namespace Crm.Benchmarks;

/// <summary>Collects figures and prints them as a table.</summary>
internal static class Report
{
    private static readonly List<(string What, string Figure, string Baseline, string Ratio, string Wanted)> Rows = [];

    public static void Add(string what, string figure, string baseline, double? ratio, string wanted)
    {
        var row = (what, figure, baseline, ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "", wanted);
        Rows.Add(row);
        Console.WriteLine($"  {what}: {figure}  [{baseline}{(ratio is null ? "" : $", ratio {row.Item4}")}]  wanted {wanted}");
    }

    public static void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| what | measured | baseline in the same run | ratio | at least |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (what, figure, baseline, ratio, wanted) in Rows)
        {
            Console.WriteLine($"| {what} | {figure} | {baseline} | {ratio} | {wanted} |");
        }
    }

    public static string PerSecond(double rate) => $"{rate.ToString("N0", CultureInfo.InvariantCulture)}/s";

    public static string Milliseconds(double value) => $"{value.ToString("0.00", CultureInfo.InvariantCulture)} ms";

    /// <summary>The value below which a part of the samples lies.</summary>
    public static double Percentile(List<double> samples, double part)
    {
        samples.Sort();
        return samples.Count == 0 ? 0 : samples[Math.Min(samples.Count - 1, (int)(samples.Count * part))];
    }
}
