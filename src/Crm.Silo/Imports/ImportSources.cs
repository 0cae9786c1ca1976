using Crm.Grains.Kernel;

namespace Crm.Silo.Imports;

/// <summary>What people write in a column of lead sources, as channel codes.</summary>
internal static class ImportSources
{
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal);

    static ImportSources()
    {
        Add("conference", "会议", "行业会议", "峰会", "论坛", "会议营销");
        Add("exhibition", "展会", "展览", "展览会", "博览会", "trade show", "fair");
        Add("website", "网站", "官网", "官方网站", "网站注册", "web", "site");
        Add("enquiry", "咨询", "询盘", "电话咨询", "在线咨询", "来电", "来电咨询", "inquiry", "inbound");
        Add("purchased-list", "购买名单", "名单购买", "外购名单", "数据采购", "list");
        Add("own-app", "自有应用", "自有app", "app");
        Add("advert", "广告", "广告投放", "搜索广告", "百度推广", "ad", "ads", "advertisement", "advertising");
        Add("event", "活动", "市场活动", "线下活动", "沙龙");
        Add("company-list", "企业名录", "企业名单", "工商名录", "黄页");
        Add("wechat", "微信", "公众号", "微信公众号", "企业微信", "weixin");
        Add("mini-program", "小程序", "微信小程序");
        Add("e-commerce", "电商", "电商平台", "网店", "天猫", "京东", "淘宝", "ecommerce", "shop");
        Add("social", "社交媒体", "社媒", "微博", "抖音", "小红书", "social media");
        Add("referral", "转介绍", "老客户介绍", "客户介绍", "朋友介绍", "推荐", "介绍", "口碑", "referred", "recommendation");
        Add("import", "导入");
        Add("api", "接口");
        Add("other", "其他", "其它", "未知");
    }

    /// <summary>The code that a text stands for. One we do not know is answered as it is, in lower case: it may be a code of the tenant's own.</summary>
    public static string CodeOf(string text)
    {
        var name = Normal.Key(text);
        return Codes.TryGetValue(name, out var code) ? code : text.Trim().ToLowerInvariant();
    }

    private static void Add(string code, params ReadOnlySpan<string> names)
    {
        Codes.Add(Normal.Key(code), code);
        foreach (var name in names)
        {
            Codes.TryAdd(Normal.Key(name), code);
        }
    }
}
