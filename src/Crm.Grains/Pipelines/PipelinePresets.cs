namespace Crm.Grains.Pipelines;

/// <summary>The pipelines that come with the product. Keys and rates are those of the requirements; the names are meant to be changed.</summary>
public static class PipelinePresets
{
    /// <summary>The preset of a pipeline that names none.</summary>
    public const string Default = "simple";

    public static IReadOnlyDictionary<string, IReadOnlyList<PipelineStage>> All { get; } = new Dictionary<string, IReadOnlyList<PipelineStage>>
    {
        // OPP-07, for the sale of simple products
        ["simple"] =
        [
            new("contact", "初步接洽", 10),
            new("needs", "确定客户需求", 30),
            new("proposal", "提供解决方案", 50),
            new("quote", "报价及谈判", 70),
            new("signed", "签单", 100),
        ],

        // OPP-08, for software and solutions, with a decision chain of several levels
        ["complex"] =
        [
            new("contact", "初步接洽", 10),
            new("supporter", "支持者确定", 30),
            new("key-supporter", "关键支持者认可", 70),
            new("key-persons", "其他关键人覆盖完毕", 80),
            new("bid", "提案和投标", 90),
            new("signed", "签约", 100),
        ],

        // OPP-05; the source names the stages only, the rates are ours
        ["project"] =
        [
            new("new", "新建商机", 10),
            new("review", "商机立项审核", 25),
            new("discussion", "合作商讨", 50),
            new("plan", "方案制定", 75),
            new("signed", "合同签署", 100),
        ],
    };

    internal static readonly IReadOnlySet<string> Keys = All.Keys.ToHashSet();
}
