using Crm.Grains.Departments;
using Crm.Grains.Kernel;
using Crm.Grains.Opportunities;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Benchmarks;

/// <summary>
/// What rights cost: 2,000 people in 300 departments, three levels deep, share the opportunities among them. Each list is asked by an
/// administrator, whom nothing limits, and by a person with rights, in turn; and, where few people's records are seen, for these records alone by a filter.
/// </summary>
internal static class RightsBench
{
    private const int Departments = 300;
    private const int People = 2_000;
    private const int Samples = 300;
    private const int MostAsked = 16;

    /// <summary>Watched over while reading as everybody is, so that what differs is the rights.</summary>
    private static readonly Asker Administrator = new(Work.Tenant, Guid.CreateVersion7(), "administrator", RoleKeys.Admin);

    private static readonly (string Name, ListRequest Request)[] Lists =
    [
        ("filtered, sorted by amount", new("stage eq \"quote\" and amount ge 10000", "-amount")),
        ("sorted by last change", new("status eq \"open\"", "-updatedAt")),
        ("full text", new(Q: "腾云科技")),
    ];

    public static async Task RunAsync(string folder, int count)
    {
        await using var silo = await CrmSilo.StartAsync(SiloOptions.On(new() { Folder = Path.Combine(folder, "rights") }), TimeProvider.System, CancellationToken.None);
        await Work.SetUpAsync(silo);
        var people = await MakeOrganisationAsync(silo);
        await Work.RateAsync(count, 512, i => Work.TellAsync(
            silo, "opportunity", Guid.CreateVersion7(), Work.Create(i) with { OwnerId = people[(int)(i / 4 * 7919L % People)].Id }, isFresh: true));

        // the manager of all, of a branch of some twenty departments, of one department of seven, and one of these
        foreach (var (name, person) in ((string, Guid)[])[("2,000 people", people[0].Id), ("a branch", people[1].Id), ("one department", people[Departments - 1].Id), ("one person", people[^1].Id)])
        {
            await MeasureAsync(silo, count, name, person);
        }

        await MeasureCommandsAsync(silo, people[^1].Id, Math.Min(count, 40_000));
    }

    private static async Task<(Guid Id, Guid Department)[]> MakeOrganisationAsync(CrmSilo silo)
    {
        var departments = Enumerable.Range(0, Departments).Select(_ => Guid.CreateVersion7()).ToArray();
        var people = Enumerable.Range(0, People).Select(i => (Id: Guid.CreateVersion7(), Department: departments[i % Departments])).ToArray();
        for (var i = 0; i < Departments; i++)
        {
            // 0 is the top, 1 to 14 below it, and the rest below those
            Guid? parent = i == 0 ? null : i < 15 ? departments[0] : departments[1 + i % 14];
            await Work.TellAsync(silo, "department", departments[i], new DepartmentCommand.Create($"部门 {i}", parent, people[i].Id));
        }

        for (var i = 0; i < People; i++)
        {
            await Work.TellAsync(silo, "user", people[i].Id, new UserCommand.Register($"人员 {i}", $"p{i}@bench", i < Departments ? "sales-manager" : RoleKeys.Sales, DepartmentId: people[i].Department));
        }

        await silo.Access.LoadAsync(Work.Tenant, CancellationToken.None);
        return people;
    }

    private static async Task MeasureAsync(CrmSilo silo, int count, string name, Guid person)
    {
        var slice = silo.Slices.OfKind("opportunity");
        var asker = new Asker(Work.Tenant, person, name, "");
        var owners = silo.Access.Of(asker).Filter(slice);
        var same = OwnersIn(owners);
        var seen = await silo.Store.CountAsync(new(Work.Tenant, "opportunity", owners), int.MaxValue, CancellationToken.None);
        foreach (var (list, request) in Lists)
        {
            List<double> whole = [], limited = [], asked = [];
            for (var i = 0; i < Samples; i++)
            {
                whole.Add(await TimeAsync(silo, Administrator, slice, request));
                limited.Add(await TimeAsync(silo, asker, slice, request));
                if (same is not null)
                {
                    asked.Add(await TimeAsync(silo, Administrator, slice, request with { Filter = request.Filter is { } filter ? $"({filter}) and {same}" : same }));
                }
            }

            var (bare, rights) = (Report.Percentile(whole, 0.5), Report.Percentile(limited, 0.5));
            Report.Add(
                $"rights: page of 50 of {count:N0}, {list}, who sees {name} ({seen:N0} records), p50", Report.Milliseconds(rights),
                $"without rights {Report.Milliseconds(bare)}", rights / bare, "at most 1.3");
            if (same is not null)
            {
                var filtered = Report.Percentile(asked, 0.5);
                Report.Add(
                    $"rights: the same list, who sees {name}, beside the same records filtered by somebody whom nothing limits, p50", Report.Milliseconds(rights),
                    $"without rights {Report.Milliseconds(filtered)}", rights / filtered, "at most 1.3");
            }
        }
    }

    /// <summary>The filter by which somebody whom nothing limits gets the same records; null when it would be too long to be asked.</summary>
    private static string? OwnersIn(CardFilter? filter)
    {
        var owners = filter switch
        {
            CardFilter.Compare { Field.IsScope: true } one => [one.Value],
            CardFilter.In { Field.IsScope: true, Values.Count: <= MostAsked } any => any.Values,
            _ => null,
        };
        return owners is null ? null : $"({string.Join(" or ", owners.Select(owner => $"ownerId eq \"{new Guid(owner.Bytes!, bigEndian: true)}\""))})"; // people have ids
    }

    private static async Task<double> TimeAsync(CrmSilo silo, Asker asker, ISliceBehaviour slice, ListRequest request)
    {
        var started = TimeProvider.System.GetTimestamp();
        await silo.Cards.ListAsync(asker, slice, request, CancellationToken.None);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task MeasureCommandsAsync(CrmSilo silo, Guid person, int count)
    {
        var mine = new Asker(Work.Tenant, person, "salesperson", RoleKeys.Sales);
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray();
        await Work.RateAsync(count, 256, i => Work.TellAsync(silo, "opportunity", ids[i], Work.Create(i) with { OwnerId = person }, isFresh: true));
        var (bare, judged) = (0d, 0d);
        for (var round = 0; round < 3; round++)
        {
            var (first, second) = (2 * round + 1, 2 * round + 2);
            bare = Math.Max(bare, await MovesAsync(silo, Work.Admin, ids, first));
            judged = Math.Max(judged, await MovesAsync(silo, mine, ids, second));
        }

        Report.Add("rights: moves of one's own opportunities, 256 callers", Report.PerSecond(judged), $"without rights {Report.PerSecond(bare)}", judged / bare, "0.9");
    }

    private static Task<double> MovesAsync(CrmSilo silo, Asker asker, Guid[] ids, int round) => Work.RateAsync(ids.Length, 256, async i =>
    {
        var answer = await silo.Commands.TellAsync(
            asker, "opportunity", ids[i], new OpportunityCommand.Move(Work.StageAt(i + round), new(2026, 11, 21)), new Sending(SenderKind.User), CancellationToken.None);
        if (answer.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"{refusal.Code}: {refusal.Sentence}");
        }
    });
}
