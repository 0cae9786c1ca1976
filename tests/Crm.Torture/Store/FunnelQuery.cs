using System.Globalization;
using System.Text.Json;
using Crm.Torture.Load;

namespace Crm.Torture.Store;

/// <summary>The funnel as plain SQL says it, against the funnel as the server said it.</summary>
internal static class FunnelQuery
{
    private static readonly string[] Pipelines = ["simple", "complex", "project"];

    private static readonly string[] Months = ["", "2026-03", "2026-11"];

    private static readonly string[] Currencies = ["CNY", "USD"];

    /// <summary>Asks the server for every funnel there is to compare.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonDocument>> ReadAsync(LoadDriver load)
    {
        var answers = new Dictionary<string, JsonDocument>(StringComparer.Ordinal);
        foreach (var (pipeline, month, currency) in All())
        {
            var query = $"/api/funnels/{pipeline}?currency={currency}{(month.Length > 0 ? $"&month={month}" : "")}";
            answers[Name(pipeline, month, currency)] = await load.ReadAsync(query);
        }

        return answers;
    }

    /// <summary>I7: counts, and money in hundredths, must be equal.</summary>
    public static void Compare(string folder, IReadOnlyDictionary<string, JsonDocument> answers, Problems problems)
    {
        using var file = new DataFile(folder);
        foreach (var (pipeline, month, currency) in All())
        {
            var expected = file.Query(Sql, pipeline, currency, month).ToDictionary(row => (string)row[0]!, row => (Count: (long)row[1]!, Hundredths: (long)row[2]!), StringComparer.Ordinal); // stage, and sums over at least one row
            foreach (var stage in answers[Name(pipeline, month, currency)].RootElement.GetProperty("stages").EnumerateArray())
            {
                var key = stage.GetProperty("stage").GetString()!; // a stage has a key
                var (count, hundredths) = expected.GetValueOrDefault(key);
                expected.Remove(key);
                var amount = hundredths / 100m;
                var weighted = decimal.Round(amount * stage.GetProperty("winRate").GetInt32() / 100m, 2, MidpointRounding.AwayFromZero);
                Equal($"{Name(pipeline, month, currency)}, {key}, count", count, stage.GetProperty("count").GetInt64(), problems);
                Equal($"{Name(pipeline, month, currency)}, {key}, amount", amount, Money(stage, "amount"), problems);
                Equal($"{Name(pipeline, month, currency)}, {key}, weighted", weighted, Money(stage, "weighted"), problems);
            }

            foreach (var (stage, (count, _)) in expected)
            {
                problems.Add($"I7 funnel {Name(pipeline, month, currency)}: {count} opportunities in stage {stage}, which it does not show");
            }
        }
    }

    // days are kept as day numbers from 0001-01-01, which is day 1721425.5 of the Julian count
    private const string Sql = """
        with o as (
          select f_stage as stage, f_amount as amount, f_status as status,
            strftime('%Y-%m', 1721425.5 + case f_status when 'open' then f_expectedCloseOn else f_closedOn end) as month
          from g_opportunity where listed is not null and f_pipeline = ?1 and f_currency = ?2 and f_status in ('open', 'won'))
        select stage, count(*), sum(amount) from o where ?3 = '' or month = ?3 or (status = 'open' and month is null) group by stage
        """;

    private static IEnumerable<(string Pipeline, string Month, string Currency)> All() =>
        from pipeline in Pipelines from month in Months from currency in Currencies select (pipeline, month, currency);

    private static string Name(string pipeline, string month, string currency) => $"{pipeline} {month} {currency}";

    private static decimal Money(JsonElement stage, string name) => decimal.Parse(stage.GetProperty(name).GetString()!, CultureInfo.InvariantCulture); // amounts are texts

    private static void Equal<T>(string what, T expected, T found, Problems problems) where T : IEquatable<T>
    {
        if (!expected.Equals(found))
        {
            problems.Add($"I7 funnel {what}: {found}, by SQL {expected}");
        }
    }
}
