using System.Globalization;
using System.Text.Json;
using System.Web;
using Crm.Grains.FieldBooks;
using Crm.Grains.Handovers;
using Crm.Grains.Imports;
using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;
using Crm.Grains.RoleBooks;
using Crm.Grains.Targets;
using Crm.Grains.Tenants;
using Crm.Runtime.Live;
using Crm.Silo.Fields;
using Crm.Silo.Funnel;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;
using Crm.Silo.Queries;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Live;

/// <summary>A topic that may be followed: what its content depends on, and how to make its source.</summary>
public sealed record TopicOffer(string Key, Func<ITopicSource> Make);

/// <summary>
/// Knows every topic by name. A topic's rights are the rights of the read it stands for, asked again with every delta: they may change while
/// somebody looks. So each has topics of his own, whose key has his id; even administrators, for one may be none any more.
/// </summary>
public sealed class LiveTopics(
    SliceDirectory slices, CardDesk cards, FunnelDesk funnels, BoardDesk boards, MyDayDesk myDays, PipelineDirectory pipelines, AccessDirectory access, TenantDirectory tenants)
{
    private const int LongestName = 9_000;

    /// <summary>What a record is asked for with by one who only names it.</summary>
    private const string Unseen = "unseen=true";

    private static readonly Dictionary<string, Func<LiveTopics, Wish, CancellationToken, ValueTask<TopicOffer?>>> BySort = new(StringComparer.Ordinal)
    {
        ["funnel"] = (topics, wish, cancel) => topics.FunnelAsync(wish.Asker, wish.Path, wish.Query, cancel),
        ["board"] = (topics, wish, cancel) => topics.BoardAsync(wish, cancel),
        ["record"] = (topics, wish, cancel) => topics.RecordAsync(wish, cancel),
        ["list"] = (topics, wish, _) => new(topics.List(wish.Asker, wish.Rights, wish.Path, wish.Query)),
        ["handover"] = (topics, wish, cancel) => topics.HandoverAsync(wish.Asker, wish.Path, cancel),
        ["mine"] = (topics, wish, _) => new(wish.Path == wish.Asker.Id.ToString() ? topics.Mine(wish.Asker) : null),
        ["import"] = (topics, wish, cancel) => topics.ImportAsync(wish.Asker, wish.Path, cancel),
        ["pipelines"] = (topics, wish, _) => new(wish.Path == "all" ? topics.Pipelines(wish) : null),
        ["fields"] = (topics, wish, _) => new(wish.Path == "all" ? topics.Fields(wish.Asker) : null),
        ["tenant"] = (topics, wish, _) => new(wish.Path == "mine" ? topics.Tenant(wish.Asker) : null),
        ["alerts"] = (topics, wish, _) => new(wish.Path == "all" ? topics.List(wish.Asker, wish.Rights, "alerts", "sort=-raisedAt&limit=200") : null),
    };

    /// <summary>What topics' names begin with.</summary>
    public static IReadOnlyCollection<string> Sorts => BySort.Keys;

    /// <summary>The topic of a name, or null when there is none for the asker.</summary>
    public async ValueTask<TopicOffer?> FindAsync(Asker asker, string name, CancellationToken cancel)
    {
        var colon = name.Length <= LongestName ? name.IndexOf(':', StringComparison.Ordinal) : -1;
        if (colon < 0)
        {
            return null;
        }

        var (path, query) = name[(colon + 1)..].Split('?', 2) is [var head, var tail] ? (head, tail) : (name[(colon + 1)..], "");
        var rights = await access.FindAsync(asker, cancel);
        return BySort.TryGetValue(name[..colon], out var find) ? await find(this, new(asker, rights, path, query), cancel) : null;
    }

    private async ValueTask<TopicOffer?> BoardAsync(Wish wish, CancellationToken cancel) =>
        wish.Rights.MayEver(slices.OfKind("opportunity").Slice, "read") && await pipelines.FindAsync(wish.Asker.Tenant, wish.Path, cancel) is not null ? Board(wish.Asker, wish.Path) : null;

    private async ValueTask<TopicOffer?> FunnelAsync(Asker asker, string pipeline, string query, CancellationToken cancel)
    {
        var values = HttpUtility.ParseQueryString(query);
        var request = new FunnelRequest(pipeline, values["month"], Guid.TryParse(values["ownerId"], out var owner) ? owner : null, null, values["currency"]);
        if (!(await access.FindAsync(asker, cancel)).MayEver(slices.OfKind("opportunity").Slice, "read") || (request.Month is { } month && !FunnelMonth.IsMonth(month)) || await pipelines.FindAsync(asker.Tenant, pipeline, cancel) is null
            || (request.Month is not null && await funnels.JudgeMonthAsync(asker, cancel) is not null))
        {
            return null;
        }

        return new($"funnel/{asker.Id}/{request}", () => new WholeSource(
            // who looks may be shown no months any more
            async token => request.Month is not null && await funnels.JudgeMonthAsync(asker, token) is not null ? "null"u8.ToArray()
                : FunnelJson.Write(await funnels.ReadAsync(asker, request, token) ?? throw new InvalidOperationException($"Pipeline '{pipeline}' is gone.")),
            write => write.CardAfter switch
            {
                OpportunityCard => write.Tallies.Count > 0 && write.Tallies.Any(change => TallyKey.TryRead(change.Group, pipeline, out _)),
                PipelineCard card => card.Key == pipeline,
                TargetCard card => card.Pipeline == pipeline,
                _ => false,
            }));
    }

    private TopicOffer Board(Asker asker, string pipeline)
    {
        var slice = slices.OfKind("opportunity");
        return new($"board/{asker.Id}/{pipeline}", () => new CardsSource(
            slice,
            async token => await boards.ReadAsync(asker, pipeline, token),
            card => card is OpportunityCard { Status: "open" } open && open.Pipeline == pipeline && cards.Sees(asker, slice, card),
            (writer, write) => boards.WriteCard(writer, asker, (OpportunityCard)write.CardAfter!))); // only cards that are there are written
    }

    private async ValueTask<TopicOffer?> RecordAsync(Wish wish, CancellationToken cancel)
    {
        var asker = wish.Asker;
        if (wish.Path.Split('/') is not [var kind, var key] || !slices.TryFindKind(kind, out var slice) || !Guid.TryParseExact(key, "D", out var id)
            || wish.Query is not ("" or Unseen) || !IsShownWhole(wish.Rights, slice) || await cards.FindAsync(asker, slice, id, cancel) is null)
        {
            return null;
        }

        // by asker, because a record may pass from one owner to another while both look
        return new($"record/{asker.Id}/{id}/{wish.Query}", () => new RecordSource(
            id, async token => IsShownWhole(access.Of(asker), slice) ? await cards.FindAsync(asker, slice, id, token) : null,
            card => IsShownWhole(access.Of(asker), slice) && cards.Sees(asker, slice, card), card => cards.Conceal(asker, slice, card),
            name => access.Of(asker).NameShown(slices.OfKind("user").Slice, name), wish.Query == Unseen));
    }

    private TopicOffer? List(Asker asker, Access rights, string plural, string query)
    {
        if (!slices.TryFindPlural(plural, out var slice) || !IsShownWhole(rights, slice))
        {
            return null;
        }

        var values = HttpUtility.ParseQueryString(query);
        var limit = values["limit"] is { } text ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0 : 50;
        var request = new ListRequest(values["filter"], values["sort"], values["q"], null, null, limit);
        if (limit is < 1 or > 200 || !CardDesk.TryRead(rights, slice, request, out var read, out _))
        {
            return null;
        }

        if (read.Match is not null)
        {
            return new($"list/{asker.Id}/{plural}/{query}", () => new SearchedSource(
                slice, async (items, token) => WriteList(await cards.ListAsync(asker, slice, request, token), items)));
        }

        return new($"list/{asker.Id}/{plural}/{query}", () => new CardsSource(
            slice,
            async token => WriteList(IsShownWhole(access.Of(asker), slice) ? await cards.ListAsync(asker, slice, request, token) : new ListAnswer([], null, null)),
            card => IsShownWhole(access.Of(asker), slice) && cards.Sees(asker, slice, card) && (read.Filter is null || (CardDesk.MayFilter(access.Of(asker), slice, read.Filter) && FilterEvaluator.Matches(read.Filter, slice.Row(card)))),
            (writer, write) => writer.WriteRawValue(cards.Conceal(asker, slice, write.Card!), skipInputValidation: true))); // only cards that are there are written
    }

    private TopicOffer Mine(Asker asker) => new($"mine/{asker.Id}", () => new WholeSource(
        async token => await myDays.ReadAsync(asker, token),
        write => write.Grain.Kind is "lead" or "opportunity"));

    private async ValueTask<TopicOffer?> ImportAsync(Asker asker, string path, CancellationToken cancel)
    {
        var slice = slices.OfKind("import");
        if (!Guid.TryParseExact(path, "D", out var id) || await cards.FindAsync(asker, slice, id, cancel) is null)
        {
            return null;
        }

        return new($"import/{asker.Id}/{id}", () => new WholeSource(
            async token => await cards.FindAsync(asker, slice, id, token) ?? "null"u8.ToArray(),
            write => write.CardAfter is ImportCard card && card.Id == id));
    }

    private async ValueTask<TopicOffer?> HandoverAsync(Asker asker, string path, CancellationToken cancel)
    {
        var slice = slices.OfKind("handover");
        if (!Guid.TryParseExact(path, "D", out var id) || await cards.FindAsync(asker, slice, id, cancel) is null)
        {
            return null;
        }

        return new($"handover/{asker.Id}/{id}", () => new WholeSource(
            async token => await cards.FindAsync(asker, slice, id, token) ?? "null"u8.ToArray(),
            write => write.CardAfter is HandoverCard card && card.Id == id));
    }

    /// <summary>What everybody in a tenant must know of it.</summary>
    private TopicOffer Tenant(Asker asker) => new("tenant/mine", () => new WholeSource(
        async token =>
        {
            var organisation = await access.OrganisationAsync(asker.Tenant, token);
            return TenantJson.Write(tenants.Find(asker.Tenant), organisation.ModulesOff);
        },
        write => write.CardAfter is TenantCard));

    /// <summary>The fields that the tenant has added, which open pages show from the moment they are there.</summary>
    private TopicOffer Fields(Asker asker) => new($"fields/{asker.Id}", () => new WholeSource(
        async token => FieldsJson.WriteAll(await access.FindAsync(asker, token), slices),
        write => write.CardAfter is FieldBookCard or RoleBookCard or TenantCard));

    private TopicOffer? Pipelines(Wish wish) => !wish.Rights.IsOn(slices.OfKind("pipeline").Slice) ? null : new($"pipelines/{wish.Asker.Id}", () => new WholeSource(
        async token => WriteList(await cards.ListPipelinesAsync(wish.Asker, slices.OfKind("pipeline"), token)),
        write => write.CardAfter is PipelineCard));

    /// <summary>What a role grants is for those who define roles; the others read its name, which is no card.</summary>
    private static bool IsShownWhole(Access rights, ISliceBehaviour slice) => slice.Kind != "rolebook" || rights.MayEver(slice.Slice, "define-role");

    private static byte[] WriteList(ListAnswer answer, string items = "items")
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray(items);
            foreach (var item in answer.Items)
            {
                writer.WriteRawValue(item, skipInputValidation: true);
            }

            writer.WriteEndArray();
            if (answer.Next is { } next)
            {
                writer.WriteString("next"u8, next);
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    /// <summary>Which topic is asked for, and by whom.</summary>
    private sealed record Wish(Asker Asker, Access Rights, string Path, string Query);
}
