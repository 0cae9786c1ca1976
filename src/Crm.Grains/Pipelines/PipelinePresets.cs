namespace Crm.Grains.Pipelines;

/// <summary>The pipelines that come with the product. Keys and rates are those of the requirements; the names, in both languages, are meant to be changed.</summary>
public static class PipelinePresets
{
    /// <summary>The preset of a pipeline that names none.</summary>
    public const string Default = "simple";

    public static IReadOnlyDictionary<string, IReadOnlyList<PipelineStage>> All { get; } = new Dictionary<string, IReadOnlyList<PipelineStage>>
    {
        // OPP-07, for the sale of simple products
        ["simple"] =
        [
            new("contact", "初步接洽", 10, NameEn: "First contact"),
            new("needs", "确定客户需求", 30, NameEn: "Needs confirmed"),
            new("proposal", "提供解决方案", 50, NameEn: "Solution proposed"),
            new("quote", "报价及谈判", 70, NameEn: "Quote & negotiation"),
            new("signed", "签单", 100, NameEn: "Order signed"),
        ],

        // OPP-08, for software and solutions, with a decision chain of several levels
        ["complex"] =
        [
            new("contact", "初步接洽", 10, NameEn: "First contact"),
            new("supporter", "支持者确定", 30, NameEn: "Supporter found"),
            new("key-supporter", "关键支持者认可", 70, NameEn: "Key supporter agrees"),
            new("key-persons", "其他关键人覆盖完毕", 80, NameEn: "Key people covered"),
            new("bid", "提案和投标", 90, NameEn: "Proposal and bid"),
            new("signed", "签约", 100, NameEn: "Contract signed"),
        ],

        // OPP-05; the source names the stages only, the rates are ours
        ["project"] =
        [
            new("new", "新建商机", 10, NameEn: "New opportunity"),
            new("review", "商机立项审核", 25, NameEn: "Project review"),
            new("discussion", "合作商讨", 50, NameEn: "Terms discussed"),
            new("plan", "方案制定", 75, NameEn: "Solution drafted"),
            new("signed", "合同签署", 100, NameEn: "Contract signed"),
        ],
    };

    /// <summary>What a new tenant's pipelines of the presets are called, in the order it sees them.</summary>
    public static IReadOnlyList<(string Preset, string Name, string NameEn)> Names { get; } =
        [("simple", "标准销售", "Standard sales"), ("complex", "大客户销售", "Key accounts"), ("project", "项目销售", "Projects")];

    private static readonly IReadOnlyDictionary<string, string?> OfPipelines = Names.ToDictionary(preset => preset.Name, preset => (string?)preset.NameEn);

    private static readonly IReadOnlyDictionary<(string, string), string?> OfStages =
        All.Values.SelectMany(stages => stages).DistinctBy(stage => (stage.Key, stage.Name)).ToDictionary(stage => (stage.Key, stage.Name), stage => stage.NameEn);

    /// <summary>The English name of a preset's pipeline that still has the preset's own name; null for others. PL13.</summary>
    public static string? EnglishOf(string name) => OfPipelines.GetValueOrDefault(name);

    /// <summary>The English name of a preset's stage that still has the preset's own name; null for others.</summary>
    public static string? EnglishOf(string stage, string name) => OfStages.GetValueOrDefault((stage, name));

    internal static readonly IReadOnlySet<string> Keys = All.Keys.ToHashSet();
}
