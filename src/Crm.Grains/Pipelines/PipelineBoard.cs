using static Crm.Grains.Pipelines.PipelineEvent;

namespace Crm.Grains.Pipelines;

/// <summary>A pipeline in the settings and as the head of a board.</summary>
/// <param name="Stages">In their order, retired ones included.</param>
/// <param name="NameEn">As <see cref="PipelineStage.NameEn"/>.</param>
public sealed record PipelineCard(Guid Id, long Version, string Key, string Name, IReadOnlyList<PipelineStage> Stages, bool Retired, string? NameEn = null) : ICard;

public static class PipelineBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static PipelineCard? Project(PipelineCard? card, Recorded<PipelineEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Created e) => new(r.Id, r.Version, e.Key, e.Name, e.Stages, Retired: false, e.NameEn),
        ({ } known, var e) => Changed(known, e) with { Version = r.Version },
        _ => card,
    };

    private static PipelineCard Changed(PipelineCard card, PipelineEvent happened) => happened switch
    {
        Renamed e => card with { Name = e.To, NameEn = e.ToEn },
        Retired => card with { Retired = true },
        Restored => card with { Retired = false },
        _ => card with { Stages = PipelineRules.Evolve(card.Stages, happened) },
    };
}
