using System.Globalization;
using System.Text;
using System.Text.Json;
using Crm.Torture.Load;
using Crm.Torture.Store;

namespace Crm.Torture;

/// <summary>How one part of the run went.</summary>
/// <param name="Verdict">Null when it could not be run here.</param>
internal sealed record Part(string Name, bool? Verdict, string Detail, TimeSpan Took, IReadOnlyCollection<string> Problems);

/// <summary>What the run as a whole has shown; the numbers of lost and doubled commands are told also when they are not zero.</summary>
internal sealed class Report(TortureOptions options)
{
    private const int MostSentences = 25;

    private readonly List<Part> _parts = [];

    public int Operations { get; set; }

    public int Acknowledged { get; set; }

    public int Kills { get; set; }

    public int Cuts { get; set; }

    public int Lost { get; set; }

    public int Duplicated { get; set; }

    public int Gaps { get; set; }

    public TimeSpan LongestRecovery { get; set; }

    public int Failed => _parts.Count(part => part.Verdict == false);

    public int Passed => _parts.Count(part => part.Verdict == true);

    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>Runs a part and notes how it went. A part that throws has failed.</summary>
    /// <param name="run">Answers what was found to be wrong and a line of figures; null problems: it cannot be run here, and the line says why.</param>
    public async Task RunAsync(string name, Func<Task<(Problems? Problems, string Detail)>> run)
    {
        if (!name.Contains(options.Only, StringComparison.Ordinal))
        {
            return;
        }

        Console.WriteLine($"{name} …");
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var (problems, detail) = await run();
            Note(new(name, problems is null ? null : problems.Count == 0, detail, TimeProvider.System.GetElapsedTime(started), problems?.All ?? []));
            Lost += problems?.Lost ?? 0;
            Duplicated += problems?.Duplicated ?? 0;
            Gaps += problems?.Gaps ?? 0;
        }
        catch (Exception broken)
        {
            Note(new(name, false, broken.Message, TimeProvider.System.GetElapsedTime(started), [broken.ToString()]));
        }
    }

    /// <summary>Writes <c>summary.json</c> and prints the table.</summary>
    public void Finish()
    {
        Directory.CreateDirectory(options.Artifacts);
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var verdict = Failed == 0 ? "held" : "BROKEN";
        var summary = new Dictionary<string, object>
        {
            ["date"] = date,
            ["machine"] = $"{Environment.ProcessorCount} cores",
            ["store"] = $"sqlite {DataFile.EngineVersion}",
            ["seed"] = options.Seed,
            ["operations"] = Operations,
            ["acknowledged"] = Acknowledged,
            ["kills"] = Kills,
            ["cuts"] = Cuts,
            ["lost"] = Lost,
            ["duplicated"] = Duplicated,
            ["gaps"] = Gaps,
            ["longestRecoveryMs"] = (int)LongestRecovery.TotalMilliseconds,
            ["verdict"] = verdict,
            ["parts"] = _parts.Select(part => new Dictionary<string, object>
            {
                ["name"] = part.Name,
                ["verdict"] = Word(part.Verdict),
                ["detail"] = part.Detail,
                ["seconds"] = Math.Round(part.Took.TotalSeconds, 1),
                ["problems"] = part.Problems.Take(MostSentences),
            }),
        };
        File.WriteAllText(Path.Combine(options.Artifacts, "summary.json"), JsonSerializer.Serialize(summary, SummaryJson));
        var table = new StringBuilder()
            .AppendLine()
            .AppendLine("| date | seed | operations | acknowledged | kills | cuts | lost | duplicated | gaps | longest recovery | verdict |")
            .AppendLine("|---|---|---|---|---|---|---|---|---|---|---|")
            .AppendLine(CultureInfo.InvariantCulture, $"| {date} | {options.Seed} | {Operations:N0} | {Acknowledged:N0} | {Kills} | {Cuts} | {Lost} | {Duplicated} | {Gaps} | {LongestRecovery.TotalMilliseconds:N0} ms | {verdict} |")
            .AppendLine()
            .AppendLine("| part | verdict | | seconds |")
            .AppendLine("|---|---|---|---|");
        foreach (var part in _parts)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"| {part.Name} | {Word(part.Verdict)} | {part.Detail} | {part.Took.TotalSeconds:N1} |");
        }

        Console.WriteLine(table.ToString());
        Console.WriteLine($"{Passed} passed, {Failed} failed");
    }

    private static readonly JsonSerializerOptions SummaryJson = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Word(bool? verdict) => verdict switch { true => "held", false => "BROKEN", null => "skipped" };

    private void Note(Part part)
    {
        _parts.Add(part);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Word(part.Verdict)} in {part.Took.TotalSeconds:N1} s: {part.Detail}"));
        foreach (var sentence in part.Problems.Take(MostSentences))
        {
            Console.WriteLine($"    {sentence}");
        }
    }
}
