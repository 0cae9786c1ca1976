using System.Diagnostics;
using System.Globalization;
using System.Text;
using static Crm.Grains.Pipelines.PipelineCommand;
using static Crm.Grains.Pipelines.PipelineEvent;

namespace Crm.Grains.Pipelines;

/// <summary>A pipeline's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class PipelineRules
{
    /// <summary>The rate of the won stage, in percent.</summary>
    public const int WonRate = 100;

    /// <summary>Most stages of one pipeline, retired ones included.</summary>
    public const int MostStages = 50;

    /// <summary>Longest key of a pipeline or stage.</summary>
    public const int KeyLength = 40;

    /// <summary>Says what <paramref name="command"/> does to <paramref name="pipeline"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="PipelineRefusals"/> entry.</returns>
    public static Decision<PipelineEvent> Decide(Pipeline pipeline, PipelineCommand command, DateTimeOffset now) => (pipeline, command) switch
    {
        (_, Create c) when Wrong(c) is { } wrong => wrong,                                                      // PL1, PL2
        (Pipeline.Unknown, Create c) => [Founded(c)],
        (Pipeline.Unknown, _) => PipelineRefusals.NotFound,
        (Pipeline.Known known, Create c) => (known.Key, known.Name) == (c.Key, c.Name.Trim()) ? [] : PipelineRefusals.KeyTaken,  // PL2

        (Pipeline.Known known, Restore) => known.IsRetired ? [new Restored()] : [],                             // PL10
        (Pipeline.Known known, Retire) => known.IsRetired ? [] : [new Retired()],
        (Pipeline.Known { IsRetired: true }, _) => PipelineRefusals.Retired,                                    // PL10

        (Pipeline.Known, Rename r) when WrongName(r.Name, r.NameEn) is { } wrong => wrong,
        (Pipeline.Known known, Rename r) => IsNamed(known.Name, known.NameEn, r.Name, r.NameEn) ? [] : [new Renamed(known.Name, r.Name.Trim(), known.NameEn, Normal.Text(r.NameEn))],  // PL11, PL12

        (Pipeline.Known, AddStage a) when Wrong(new PipelineStageDraft(a.Name, a.WinRate, a.Key, a.NameEn)) is { } wrong => wrong,  // PL3
        (Pipeline.Known known, AddStage a) => Added(known, a),

        (Pipeline.Known, RenameStage r) when WrongName(r.Name, r.NameEn) is { } wrong => wrong,
        (Pipeline.Known known, RenameStage r) => known.Find(r.Stage) switch                                     // PL7, PL12
        {
            null => PipelineRefusals.StageUnknown,
            { } stage => IsNamed(stage.Name, stage.NameEn, r.Name, r.NameEn) ? [] : [new StageRenamed(stage.Key, stage.Name, r.Name.Trim(), stage.NameEn, Normal.Text(r.NameEn))],
        },
        (Pipeline.Known, RateStage { WinRate: < 0 or > WonRate }) => PipelineRefusals.WinRateOutOfRange,        // PL3
        (Pipeline.Known known, RateStage r) => known.Find(r.Stage) switch                                       // PL4, PL7
        {
            null => PipelineRefusals.StageUnknown,
            { } stage when stage.WinRate == r.WinRate => [],
            { WinRate: WonRate } => PipelineRefusals.WonStageNeeded with { Field = "winRate" },
            _ when r.WinRate == WonRate => PipelineRefusals.WonStageExists,
            { } stage => [new StageRated(stage.Key, stage.WinRate, r.WinRate)],
        },
        (Pipeline.Known known, RetireStage r) => known.Find(r.Stage) switch                                     // PL4, PL8
        {
            null => PipelineRefusals.StageUnknown,
            { WinRate: WonRate } => PipelineRefusals.WonStageNeeded with { Field = "stage" },
            { } stage => stage.Retired ? [] : [new StageRetired(stage.Key)],
        },
        (Pipeline.Known known, RestoreStage r) => known.Find(r.Stage) switch                                    // PL8
        {
            null => PipelineRefusals.StageUnknown,
            { } stage => stage.Retired ? [new StageRestored(stage.Key)] : [],
        },
        (Pipeline.Known known, ReorderStages r) => Reordered([.. known.Stages.Select(stage => stage.Key)], r.Stages),  // PL9
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {pipeline.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Pipeline Evolve(Pipeline pipeline, PipelineEvent happened) => (pipeline, happened) switch
    {
        (_, Created e) => new Pipeline.Known(e.Key, e.Name, e.Stages, IsRetired: false, e.NameEn),
        (Pipeline.Known known, Renamed e) => known with { Name = e.To, NameEn = e.ToEn },
        (Pipeline.Known known, Retired) => known with { IsRetired = true },
        (Pipeline.Known known, Restored) => known with { IsRetired = false },
        (Pipeline.Known known, _) => known with { Stages = Evolve(known.Stages, happened) },
        _ => pipeline,
    };

    /// <summary>The stages after an event that concerns them.</summary>
    internal static IReadOnlyList<PipelineStage> Evolve(IReadOnlyList<PipelineStage> stages, PipelineEvent happened) => happened switch
    {
        StageAdded { After: null } e => [e.Stage, .. stages],
        StageAdded e => [.. stages.SelectMany(stage => (PipelineStage[])(stage.Key == e.After ? [stage, e.Stage] : [stage]))],
        StageRenamed e => With(stages, e.Stage, stage => stage with { Name = e.To, NameEn = e.ToEn }),
        StageRated e => With(stages, e.Stage, stage => stage with { WinRate = e.To }),
        StageRetired e => With(stages, e.Stage, stage => stage with { Retired = true }),
        StageRestored e => With(stages, e.Stage, stage => stage with { Retired = false }),
        StagesReordered e => [.. stages.OrderBy(stage => e.To.ToList().IndexOf(stage.Key))],
        _ => stages,
    };

    public static IReadOnlyList<string> Claims(Pipeline pipeline) => pipeline is Pipeline.Known known ? [$"pipeline-key:{known.Key}"] : [];

    public static Holder Holder(Pipeline pipeline) => pipeline is Pipeline.Known ? new(OwnerId: null, Exists: true) : default;

    private static IReadOnlyList<PipelineStage> With(IReadOnlyList<PipelineStage> stages, string key, Func<PipelineStage, PipelineStage> change) =>
        [.. stages.Select(stage => stage.Key == key ? change(stage) : stage)];

    private static Refusal? WrongName(string name, string? nameEn) => Check.Required("name", name) ?? Check.Line("nameEn", nameEn);

    /// <summary>Whether something is called so already: of a name given alone the English one is not asked.</summary>
    private static bool IsNamed(string known, string? knownEn, string name, string? nameEn) => known == name.Trim() && (nameEn is null || knownEn == Normal.Text(nameEn));

    private static Refusal? Wrong(Create c) =>
        Check.Slug("key", c.Key)
        ?? WrongName(c.Name, c.NameEn)
        ?? Check.OneOf("preset", c.Preset, PipelinePresets.Keys)
        ?? (c.Stages is null ? null : c.Preset is null ? Wrong(c.Stages) : PipelineRefusals.PresetOrStages);

    private static Refusal? Wrong(IReadOnlyList<PipelineStageDraft> stages) =>
        stages.Count is 0 or > MostStages ? PipelineRefusals.StageLimit                                         // PL5
        : stages.Select((stage, i) => Wrong(stage) is { } wrong ? wrong with { Field = $"stages[{i}].{wrong.Field}" } : null).FirstOrDefault(wrong => wrong is not null)
        ?? (stages.Select(stage => stage.Key).OfType<string>() is var keys && keys.Distinct().Count() != keys.Count() ? PipelineRefusals.StageKeyTwice : null)
        ?? stages.Count(stage => stage.WinRate == WonRate) switch                                               // PL4
        {
            0 => PipelineRefusals.WonStageNeeded with { Field = "stages" },
            1 => null,
            _ => PipelineRefusals.WonStageTwice,
        };

    private static Refusal? Wrong(PipelineStageDraft stage) =>
        WrongName(stage.Name, stage.NameEn)
        ?? (stage.WinRate is < 0 or > WonRate ? PipelineRefusals.WinRateOutOfRange : null)
        ?? (stage.Key is null ? null : Check.Slug("key", stage.Key));

    private static Created Founded(Create c)
    {
        if (c.Stages is not { } drafts)
        {
            return new(c.Key, c.Name.Trim(), PipelinePresets.All[c.Preset ?? PipelinePresets.Default], Normal.Text(c.NameEn));
        }

        var taken = drafts.Select(draft => draft.Key).OfType<string>().ToHashSet();
        var stages = new List<PipelineStage>(drafts.Count);
        foreach (var draft in drafts)
        {
            var key = draft.Key ?? KeyFor(draft.Name, stages.Count + 1, taken);
            taken.Add(key);
            stages.Add(new(key, draft.Name.Trim(), draft.WinRate, NameEn: Normal.Text(draft.NameEn)));
        }

        return new(c.Key, c.Name.Trim(), stages, Normal.Text(c.NameEn));
    }

    private static Decision<PipelineEvent> Added(Pipeline.Known known, AddStage a)
    {
        if (known.Find(a.Key) is { } same)
        {
            return (same.Name, same.WinRate) == (a.Name.Trim(), a.WinRate) ? [] : PipelineRefusals.StageKeyTaken;  // PL6
        }

        if (a.WinRate == WonRate)
        {
            return PipelineRefusals.WonStageExists;                                                             // PL4
        }

        if (known.Stages.Count >= MostStages)
        {
            return PipelineRefusals.StageLimit;                                                                 // PL5
        }

        if (a.After is not null && known.Find(a.After) is null)
        {
            return PipelineRefusals.AfterUnknown;
        }

        var key = a.Key ?? KeyFor(a.Name, known.Stages.Count + 1, known.Stages.Select(stage => stage.Key).ToHashSet());
        var after = a.After ?? known.Stages.TakeWhile(stage => stage.WinRate != WonRate).LastOrDefault()?.Key;
        return [new StageAdded(new(key, a.Name.Trim(), a.WinRate, NameEn: Normal.Text(a.NameEn)), after)];
    }

    private static Decision<PipelineEvent> Reordered(IReadOnlyList<string> current, IReadOnlyList<string> wanted) =>
        current.SequenceEqual(wanted) ? []
        : current.Order(StringComparer.Ordinal).SequenceEqual(wanted.Order(StringComparer.Ordinal)) ? [new StagesReordered(current, wanted)]
        : PipelineRefusals.OrderIncomplete;

    // PL3: "Needs analysis" becomes needs-analysis, "客户需求" becomes stage-3; a number follows when that is taken
    private static string KeyFor(string name, int position, HashSet<string> taken)
    {
        var slug = new StringBuilder(KeyLength);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var stem = slug.ToString().TrimEnd('-');
        stem = stem.Length == 0 ? "stage" : stem[..Math.Min(stem.Length, KeyLength - 4)].TrimEnd('-');
        var key = stem == "stage" ? Numbered(position) : stem;
        for (var n = stem == "stage" ? position + 1 : 2; taken.Contains(key); n++)
        {
            key = Numbered(n);
        }

        return key;

        string Numbered(int n) => string.Create(CultureInfo.InvariantCulture, $"{stem}-{n}");
    }
}
