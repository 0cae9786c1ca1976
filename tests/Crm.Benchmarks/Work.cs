using Crm.Grains.Kernel;
using Crm.Grains.Opportunities;
using Crm.Runtime;
using Crm.Runtime.Sqlite;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Benchmarks;

/// <summary>Commands as a busy team sends them.</summary>
internal static class Work
{
    public const string Tenant = "bench";

    public static readonly Asker Admin = Asker.System(Tenant);

    private static readonly string[] Stages = ["contact", "needs", "proposal", "quote"];
    private static readonly int[] Rates = [10, 30, 50, 70];
    private static readonly Guid[] Owners = [.. Enumerable.Range(1, 20).Select(i => new Guid(i, 0, 0, new byte[8]))];
    private static readonly DateOnly Today = new(2026, 11, 21);

    /// <summary>Opportunities outside a silo, judging as in a tenant that has added no fields.</summary>
    public static ISliceBehaviour Opportunities()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"crm-bench-{Guid.NewGuid():N}");
        var access = new AccessDirectory();
        var slices = new SliceDirectory(new SliceBehaviours(new TenantDirectory(), access).Make());
        var store = SqliteStore.Open(new() { Folder = folder }, slices.All);
        access.Follow(store, slices);
        access.LoadAsync(Tenant, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
        return slices.OfKind("opportunity");
    }

    public static StageRef StageAt(int i) => new("simple", Stages[i % 4], Rates[i % 4]);

    /// <summary>Which of those created a team moves, and to which stage: an eighth of them is what it works on, each of which goes through eight stages.</summary>
    public static (int Which, int Stage) MoveAt(int i, int count)
    {
        var worked = Math.Max(1, count / 8);
        return (i % worked, i % worked + i / worked + 1);
    }

    public static OpportunityCommand.Move Move(int stage) => new(StageAt(stage), Today);

    public static OpportunityCommand.Create Create(int i) => new(
        $"企业版 {i % 500} 席 {Company(i)}", StageAt(i), new Money(1_000 + i * 7919L % 900_000, "CNY"), Today,
        CustomerName: Company(i), OwnerId: Owners[i % Owners.Length], ExpectedCloseOn: Today.AddDays(i % 120));

    public static string Company(int i) => $"{Cities[i % Cities.Length]}{Names[i / 7 % Names.Length]}科技有限公司{i % 10_000}";

    public static async Task SetUpAsync(CrmSilo silo) => await silo.Commands.TellAsync(
        Admin, "pipeline", PipelineDirectory.IdOf(Tenant, "simple").Key, new Grains.Pipelines.PipelineCommand.Create("simple", "标准销售", "simple"),
        new(SenderKind.System, Trusted: true), CancellationToken.None);

    /// <summary>Runs numbered calls, so many at a time, and answers how many were done in a second.</summary>
    public static async Task<double> RateAsync(int calls, int callers, Func<int, ValueTask> call)
    {
        var next = -1;
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            await Task.Yield();
            for (var i = Interlocked.Increment(ref next); i < calls; i = Interlocked.Increment(ref next))
            {
                await call(i);
            }
        }));
        return calls / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    public static async ValueTask TellAsync(CrmSilo silo, string kind, Guid id, object command, bool isFresh = false)
    {
        var answer = await silo.Commands.TellAsync(Admin, kind, id, command, new Sending(SenderKind.User, IsFresh: isFresh), CancellationToken.None);
        if (answer.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"{refusal.Code}: {refusal.Sentence}");
        }
    }

    private static readonly string[] Cities = ["深圳", "北京", "上海", "杭州", "广州", "成都", "武汉", "南京"];
    private static readonly string[] Names = ["汇智", "腾云", "远景", "海纳", "启明", "天行", "联创", "博雅", "锐思", "中科"];
}
