namespace Crm.Grains.RoleBooks;

/// <summary>
/// Who may do what at the four stages of a company (LEAD-06..09), and the standard that an organisation starts with. Every template has the
/// same roles, so that switching needs nobody to be given another one.
/// </summary>
public static class RoleTemplates
{
    /// <summary>The template that holds until another is chosen.</summary>
    public const string Standard = "standard";

    private static readonly string[] Business = ["leads", "opportunities", "customers", "contacts"];
    private static readonly string[] Own = ["own"];
    private static readonly string[] OwnAndPool = ["own", "pool"];
    private static readonly string[] OwnAndSubPool = ["own", "sub-pool"];
    private static readonly string[] Department = ["own", "department"];
    private static readonly string[] DepartmentAndPool = ["own", "department", "pool"];
    private static readonly string[] DepartmentAndSubPool = ["own", "department", "sub-pool"];
    private static readonly string[] Pool = ["own", "pool"];
    private static readonly string[] All = ["all"];

    private static readonly Role Admin = new(RoleKeys.Admin, "管理员", [new(Grant.Any, Grant.Any, All), .. Grant.NeverImplied.Order(StringComparer.Ordinal).Select(verb => new Grant(Grant.Any, verb, All))], []);

    /// <summary>By key; each with its roles by key.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, Role>> Templates { get; } = new Dictionary<string, IReadOnlyDictionary<string, Role>>
    {
        [Standard] = Of(
            Make("boss", "总经理", Everything(All)),
            Make("sales-manager", "销售经理", Everything(DepartmentAndPool)),
            Make(RoleKeys.Sales, "销售", Everything(Own), Work("leads", OwnAndPool)),
            Make("marketing", "市场", Work("leads", Pool), Does(All, "create", "leads"), Reads(All, "leads"), Reads(All, "customers")),
            Make("brand", "营销", Reads(All, Business)),
            Make("service", "客服", Reads(All, "customers", "contacts"), Does(All, "log-activity", "customers", "contacts"), Does(All, "amend", "contacts")),
            Make("viewer", "只读", Reads(["own", "department"], Business))),

        // LEAD-06: the boss and the sales managers own everything; a salesperson has the leads that were put into his or her own sub-pool
        ["factory"] = Of(
            Make("boss", "总经理", Everything(All)),
            Make("sales-manager", "销售经理", Everything(All)),
            Make(RoleKeys.Sales, "销售", Everything(Own)),
            Make("marketing", "市场", Does(All, "create", "leads"), Reads(Own, "leads")),
            Make("brand", "营销", Reads(Own, Business)),
            Make("service", "客服", Reads(All, "customers", "contacts"), Does(All, "log-activity", "customers", "contacts")),
            Make("viewer", "只读", Reads(["own", "department"], Business))),

        // LEAD-07: marketing owns the total pool and routes it; managers hand out inside; sales take from their region's sub-pool
        ["sales-led"] = Of(
            Make("boss", "总经理", Everything(All)),
            Make("sales-manager", "销售经理", Everything(Department), Work("leads", DepartmentAndSubPool)),
            Make(RoleKeys.Sales, "销售", Everything(Own), Reads(OwnAndSubPool, "leads"), Does(OwnAndSubPool, "assign", "leads")),
            Make("marketing", "市场", Work("leads", Pool), Does(All, "create", "leads"), Reads(All, "leads"), Does(All, "assign", "leads")),
            Make("brand", "营销", Reads(All, "leads")),
            Make("service", "客服", Reads(All, "customers", "contacts"), Does(All, "log-activity", "customers", "contacts")),
            Make("viewer", "只读", Reads(["own", "department"], Business))),

        // LEAD-08: brand and marketing own the total pool together and see how it is worked; sales execute
        ["brand-led"] = Of(
            Make("boss", "总经理", Everything(All)),
            Make("sales-manager", "销售经理", Everything(Department)),
            Make(RoleKeys.Sales, "销售", Everything(Own)),
            Make("marketing", "市场", Work("leads", Pool), Does(All, "create", "leads"), Reads(All, "leads"), Does(All, "assign", "leads")),
            Make("brand", "营销", Work("leads", All), Reads(All, "opportunities", "customers", "contacts")),
            Make("service", "客服", Reads(All, "customers", "contacts"), Does(All, "log-activity", "customers", "contacts")),
            Make("viewer", "只读", Reads(["own", "department"], Business))),

        // LEAD-09: every department sees and touches the customer; whose it is still says who changes it
        ["customer"] = Of(
            Make("boss", "总经理", Everything(All)),
            Make("sales-manager", "销售经理", Everything(DepartmentAndPool), Touch()),
            Make(RoleKeys.Sales, "销售", Everything(OwnAndPool), Touch()),
            Make("marketing", "市场", Everything(OwnAndPool), Touch()),
            Make("brand", "营销", Everything(OwnAndPool), Touch()),
            Make("service", "客服", Everything(OwnAndPool), Touch(), Does(All, "amend", "contacts")),
            Make("viewer", "只读", Reads(All, Business))),
    };

    private static Dictionary<string, Role> Of(params Role[] roles) => roles.Prepend(Admin).ToDictionary(role => role.Key);

    private static Role Make(string key, string name, params IReadOnlyList<Grant>[] grants) => new(key, name, [.. grants.SelectMany(each => each)], []);

    private static Grant[] Everything(string[] scopes) => [.. Business.Select(slice => new Grant(slice, Grant.Any, scopes))];

    private static Grant[] Work(string slice, string[] scopes) => [new(slice, Grant.Any, scopes)];

    private static Grant[] Reads(string[] scopes, params string[] slices) => Does(scopes, "read", slices);

    private static Grant[] Does(string[] scopes, string verb, params string[] slices) => [.. slices.Select(slice => new Grant(slice, verb, scopes))];

    private static Grant[] Touch() => [.. Reads(All, Business), .. Does(All, "log-activity", Business)];
}
