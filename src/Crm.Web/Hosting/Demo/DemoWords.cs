using System.Globalization;

namespace Crm.Web.Hosting.Demo;

/// <summary>A city and where it lies.</summary>
internal sealed record DemoCity(string Name, string Province, string Region);

/// <summary>The words that sample data is made of. Nobody real is meant: the mobiles lie in a block that is given to nobody, the addresses end in <c>.example</c>.</summary>
internal static class DemoWords
{
    public static readonly IReadOnlyList<string> Regions = ["华东", "华南", "华北"];

    public static readonly IReadOnlyList<string> Products = ["客户管理云", "智能仓储系统", "生产执行系统", "数据分析平台", "移动办公套件", "设备运维服务"];

    public static readonly IReadOnlyList<string> Industries = ["制造业", "信息技术", "零售", "物流", "医疗健康", "教育", "能源", "建筑工程"];

    public static readonly IReadOnlyList<string> Sizes = ["1-49", "50-199", "200-999", "1000+"];

    public static readonly IReadOnlyList<string> Titles = ["总经理", "采购经理", "信息中心主任", "技术总监", "运营总监", "财务经理", "项目经理", "销售总监"];

    public static readonly IReadOnlyList<string> Competitors = ["云帆软件", "金石科技", "远图信息", "博远系统"];

    public static readonly IReadOnlyList<string> LossReasons = ["price", "price", "competitor", "competitor", "no-budget", "no-decision", "product-fit", "timing", "relationship"];

    public static readonly IReadOnlyList<string> RuleOutReasons = ["no-intent", "no-intent", "unreachable", "irrelevant", "wrong", "duplicate"];

    /// <summary>Channels through which leads come by themselves.</summary>
    public static readonly IReadOnlyList<string> OnlineSources = ["website", "website", "enquiry", "advert", "wechat", "mini-program", "e-commerce", "own-app", "social", "api"];

    /// <summary>Channels whose leads somebody enters.</summary>
    public static readonly IReadOnlyList<string> OfflineSources = ["exhibition", "exhibition", "conference", "event", "referral", "purchased-list", "company-list", "import", "other"];

    public static readonly IReadOnlyList<string> LeadNotes = ["展位上聊了二十分钟，想看演示。", "官网留言，希望尽快回电。", "老客户介绍，正在选型。", "下载了白皮书。", "问了价格和实施周期。", "预算明年一季度下来。"];

    public static readonly IReadOnlyList<(string Type, string Text)> Touches =
    [
        ("call", "电话沟通需求，对方关心上线周期和培训。"), ("call", "联系到采购负责人，约好下周再谈。"), ("call", "电话回访，对方正在内部讨论。"),
        ("visit", "上门拜访，参观了车间，了解现有流程。"), ("visit", "拜访信息中心，确认了接口要求。"), ("meeting", "线上演示，业务部门反馈不错。"),
        ("meeting", "需求评审会，记录了十二条要求。"), ("meeting", "与技术总监讨论方案细节。"), ("email", "发送了产品资料和同行业案例。"), ("email", "发送了报价单第一版。"),
        ("message", "微信确认了下次见面的时间。"), ("note", "决策人是运营总监，财务也要签字。"), ("note", "对方同时在看另外两家。"),
    ];

    public static readonly IReadOnlyList<string> Steps = ["电话回访", "上门拜访", "发送报价单", "安排产品演示", "跟进合同审批", "约见决策人", "提交方案初稿", "确认需求清单"];

    public static readonly IReadOnlyList<string> Outcomes = ["已完成，对方认可", "已完成，约好下一步", "对方改期，已重新约定", "资料已送达"];

    private static readonly DemoCity[] Cities =
    [
        new("上海", "上海", "华东"), new("杭州", "浙江", "华东"), new("苏州", "江苏", "华东"), new("深圳", "广东", "华南"), new("北京", "北京", "华北"), new("南京", "江苏", "华东"),
        new("广州", "广东", "华南"), new("天津", "天津", "华北"), new("宁波", "浙江", "华东"), new("东莞", "广东", "华南"), new("济南", "山东", "华东"), new("石家庄", "河北", "华北"),
        new("合肥", "安徽", "华东"), new("厦门", "福建", "华南"), new("青岛", "山东", "华东"), new("佛山", "广东", "华南"), new("太原", "山西", "华北"), new("无锡", "江苏", "华东"),
    ];

    private static readonly (string Hanzi, string Latin)[] Surnames =
    [
        ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"), ("赵", "zhao"), ("黄", "huang"), ("周", "zhou"), ("吴", "wu"),
        ("徐", "xu"), ("孙", "sun"), ("胡", "hu"), ("朱", "zhu"), ("高", "gao"), ("林", "lin"), ("何", "he"), ("郭", "guo"), ("马", "ma"), ("罗", "luo"),
    ];

    private static readonly (string Hanzi, string Latin)[] GivenNames =
    [
        ("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("敏", "min"), ("静", "jing"), ("强", "qiang"), ("磊", "lei"), ("洋", "yang"), ("勇", "yong"), ("艳", "yan"), ("杰", "jie"), ("涛", "tao"),
        ("明", "ming"), ("超", "chao"), ("秀英", "xiuying"), ("建国", "jianguo"), ("志强", "zhiqiang"), ("晓东", "xiaodong"), ("雪梅", "xuemei"), ("文博", "wenbo"), ("子涵", "zihan"), ("雨桐", "yutong"),
        ("海燕", "haiyan"), ("立新", "lixin"), ("思远", "siyuan"), ("佳怡", "jiayi"), ("浩然", "haoran"), ("欣怡", "xinyi"),
    ];

    private static readonly (string Hanzi, string Latin)[] First =
    [
        ("云", "yun"), ("华", "hua"), ("恒", "heng"), ("瑞", "rui"), ("鼎", "ding"), ("嘉", "jia"), ("盛", "sheng"), ("博", "bo"), ("远", "yuan"), ("宏", "hong"), ("金", "jin"), ("中", "zhong"),
        ("天", "tian"), ("海", "hai"), ("东", "dong"), ("新", "xin"), ("安", "an"), ("德", "de"), ("智", "zhi"), ("凯", "kai"), ("佳", "jia"), ("明", "ming"), ("卓", "zhuo"), ("锐", "rui"),
    ];

    private static readonly (string Hanzi, string Latin)[] Second =
    [
        ("启", "qi"), ("达", "da"), ("信", "xin"), ("通", "tong"), ("泰", "tai"), ("源", "yuan"), ("科", "ke"), ("诚", "cheng"), ("晟", "sheng"), ("邦", "bang"), ("锦", "jin"), ("翔", "xiang"),
        ("联", "lian"), ("辉", "hui"), ("隆", "long"), ("峰", "feng"), ("业", "ye"), ("捷", "jie"), ("创", "chuang"), ("和", "he"), ("优", "you"), ("丰", "feng"), ("尚", "shang"), ("朗", "lang"),
    ];

    private static readonly string[] Trades =
    [
        "科技", "电子", "机械", "精密制造", "物流", "医疗器械", "信息技术", "新能源", "贸易", "食品", "建材", "自动化", "纺织", "化工", "汽车零部件", "网络",
        "包装", "生物科技", "环保", "家居", "智能装备", "教育科技", "供应链", "仪器",
    ];

    private static readonly string[] Prefixes = ["138", "139", "136", "137", "135", "150", "151", "158", "159", "186", "187", "188", "189", "133", "180", "177"];

    /// <summary>Cities by a company's number.</summary>
    public static DemoCity CityOf(int company) => Cities[Scattered(company) % Cities.Length];

    /// <summary>The name of a company: different for each number.</summary>
    public static string CompanyOf(int company)
    {
        var (city, first, second, trade, round) = PartsOf(company);
        return $"{Cities[city].Name}{First[first].Hanzi}{Second[second].Hanzi}{Trades[trade]}有限公司{(round == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"第{round + 1}分公司"))}";
    }

    /// <summary>The part of a company's name that people say.</summary>
    public static string ShortNameOf(int company)
    {
        var (_, first, second, trade, _) = PartsOf(company);
        return First[first].Hanzi + Second[second].Hanzi + Trades[trade];
    }

    public static string DomainOf(int company)
    {
        var (_, first, second, _, _) = PartsOf(company);
        return string.Create(CultureInfo.InvariantCulture, $"{First[first].Latin}{Second[second].Latin}{company}.example");
    }

    /// <summary>A unified social credit code with a right check character: different for each number, null when there are no more.</summary>
    public static string? CreditCodeOf(int company)
    {
        if (company >= 10_000_000)
        {
            return null;
        }

        const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        var code = string.Create(CultureInfo.InvariantCulture, $"91310000MA{company:0000000}");
        var (sum, weight) = (0, 1);
        foreach (var c in code)
        {
            sum += Alphabet.IndexOf(c, StringComparison.Ordinal) * weight;
            weight = weight * 3 % 31;
        }

        return code + Alphabet[(31 - sum % 31) % 31];
    }

    /// <summary>A mobile number: different for each number below 160 million.</summary>
    public static string MobileOf(int number) =>
        // the middle block 0000 comes first, which belongs to nobody
        string.Create(CultureInfo.InvariantCulture, $"{Prefixes[number % Prefixes.Length]}{number / Prefixes.Length / 10_000:0000}{number / Prefixes.Length % 10_000:0000}");

    public static (string Name, string Latin) Person(DemoDice dice)
    {
        var (surname, given) = (dice.Pick(Surnames), dice.Pick(GivenNames));
        return (surname.Hanzi + given.Hanzi, $"{given.Latin}.{surname.Latin}");
    }

    private static (int City, int First, int Second, int Trade, int Round) PartsOf(int company)
    {
        var rest = Scattered(company);
        var city = rest % Cities.Length;
        rest /= Cities.Length;
        var first = rest % First.Length;
        rest /= First.Length;
        var second = rest % Second.Length;
        return (city, first, second, rest / Second.Length, company / Names);
    }

    private static int Names => Cities.Length * First.Length * Second.Length * Trades.Length;

    /// <summary>Each number another one below <see cref="Names"/>, neighbours far apart. The factor is a prime that does not divide it.</summary>
    private static int Scattered(int company) => (int)(((long)company % Names * 104_729 + 5_003) % Names);
}
