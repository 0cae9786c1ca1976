using System.Globalization;

namespace Crm.Torture.Load;

/// <summary>Makes up what the clients ask for. All of it is legal to ask; much of it is refused.</summary>
internal sealed class CommandMix(World world, string run)
{
    private static readonly string[] Pipelines = ["simple", "complex", "project"];

    private static readonly Dictionary<string, string[]> Stages = new(StringComparer.Ordinal)
    {
        ["simple"] = ["contact", "needs", "proposal", "quote", "signed"],
        ["complex"] = ["contact", "supporter", "key-supporter", "key-persons", "bid", "signed"],
        ["project"] = ["new", "review", "discussion", "plan", "signed"],
    };

    private static readonly string[] AllStages = [.. Stages.Values.SelectMany(stages => stages).Distinct()];

    private int _count;

    public Op Next(Random random)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{run}-{Interlocked.Increment(ref _count)}");
        var lead = world.Lead(random);
        var opportunity = world.Opportunity(random);
        if (lead is null || opportunity is null)
        {
            return random.Next(2) == 0 ? CreateLead(key, random) : CreateOpportunity(key, random);
        }

        return random.Next(100) switch
        {
            < 22 => CreateLead(key, random),
            < 36 => On("leads", lead, "amend", key, $$"""{"note":"{{key}}","region":"R{{random.Next(30)}}"}""", random),
            < 42 => On("leads", lead, "assign", key, $$"""{"ownerId":{{Owner(random)}}}""", random, alwaysWrites: false, hasKey: false),
            < 50 => On("leads", lead, "convert", key, Conversion(key, random), random),
            < 54 => On("leads", lead, "log-activity", key, $$"""{"type":"call","text":"{{key}}"}""", random),
            < 57 => On("leads", lead, "plan-step", key, Step(key, random), random),
            < 58 => On("leads", lead, random.Next(2) == 0 ? "rule-out" : "reopen", key, random.Next(2) == 0 ? """{"reason":"wrong"}""" : "{}", random, alwaysWrites: false, hasKey: false),
            < 70 => CreateOpportunity(key, random),
            < 80 => On("opportunities", opportunity, "move", key, $$"""{"stage":"{{AllStages[random.Next(AllStages.Length)]}}"}""", random, alwaysWrites: false, hasKey: false),
            < 84 => On("opportunities", opportunity, "amend", key, $$"""{"note":"{{key}}","amount":{{Amount(random)}}}""", random),
            < 87 => On("opportunities", opportunity, "win", key, "{}", random, alwaysWrites: false, hasKey: false),
            < 90 => On("opportunities", opportunity, "lose", key, $$"""{"reason":"price","note":"{{key}}"}""", random, alwaysWrites: false),
            < 92 => On("opportunities", opportunity, "reopen", key, "{}", random, alwaysWrites: true, hasKey: false),
            < 94 => On("opportunities", opportunity, "log-activity", key, $$"""{"type":"visit","text":"{{key}}"}""", random),
            < 96 => On("opportunities", opportunity, "plan-step", key, Step(key, random), random),
            < 98 => new(key, "/api/customers", $$"""{"type":"individual","name":"{{key}}","mobile":"138{{random.Next(300):D8}}"}""", alwaysWrites: true, hasKeyInText: true),
            _ => world.Customer(random) is { } customer
                ? On("customers", customer, "amend", key, $$"""{"name":"客户 {{key}}"}""", random)
                : CreateLead(key, random),
        };
    }

    /// <summary>The same command under the same key with other content, which must be refused.</summary>
    public static string Changed(Op op) => op.Path.EndsWith("/win", StringComparison.Ordinal) || op.Body == "{}"
        ? op.Body
        : op.Body.Replace(op.Key, $"{op.Key}x", StringComparison.Ordinal);

    private static Op CreateLead(string key, Random random)
    {
        // one in five is somebody who is there already, by company and product or by mobile
        var who = random.Next(10) switch
        {
            0 => $"\"company\":\"重复公司 {random.Next(40)}\",\"product\":\"P{random.Next(3)}\"",
            1 => $"\"mobile\":\"139{random.Next(60):D8}\"",
            _ => $"\"company\":\"公司 {key}\",\"email\":\"{key}@example.com\"",
        };
        return new(key, "/api/leads", $$"""{"name":"张伟 {{key}}",{{who}},"source":"website","note":"{{key}}"}""", alwaysWrites: true, hasKeyInText: true);
    }

    private static Op CreateOpportunity(string key, Random random)
    {
        var pipeline = Pipelines[random.Next(Pipelines.Length)];
        var stage = random.Next(3) == 0 ? $",\"stage\":\"{Stages[pipeline][random.Next(Stages[pipeline].Length)]}\"" : "";
        var close = random.Next(2) == 0 ? $",\"expectedCloseOn\":\"2026-{random.Next(1, 13):D2}-15\"" : "";
        return new(key, "/api/opportunities", $$"""{"name":"{{key}}","pipeline":"{{pipeline}}","amount":{{Amount(random)}}{{stage}}{{close}}}""", alwaysWrites: true, hasKeyInText: true);
    }

    private static string Conversion(string key, Random random) => random.Next(5) == 0
        ? "{}"
        : $$"""{"opportunity":{"name":"{{key}}","amount":{{Amount(random)}},"pipeline":"{{Pipelines[random.Next(Pipelines.Length)]}}"} }""";

    private static string Amount(Random random) =>
        $$"""{"amount":"{{random.Next(1_000_000)}}.{{random.Next(100):D2}}","currency":"{{(random.Next(8) == 0 ? "USD" : "CNY")}}"}""";

    private static string Step(string key, Random random)
    {
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(random.Next(200, 6_000)).UtcDateTime;
        return $$"""{"text":"{{key}}","dueAt":"{{due.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}}"}""";
    }

    private string Owner(Random random) =>
        world.Users.Count == 0 || random.Next(4) == 0 ? "null" : $"\"{world.Users[random.Next(world.Users.Count)]}\"";

    private static Op On(string plural, Known record, string verb, string key, string body, Random random, bool alwaysWrites = true, bool hasKey = true)
    {
        var (ifMatch, isStale) = random.Next(10) switch
        {
            0 when record.Version > 1 => (record.Version - 1, true),
            1 => (record.Version, false),
            _ => ((long?)null, false),
        };
        return new(key, $"/api/{plural}/{record.Id}/{verb}", body, alwaysWrites, hasKey && body.Contains(key, StringComparison.Ordinal), ifMatch, isStale);
    }
}
