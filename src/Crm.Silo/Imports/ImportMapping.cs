using Crm.Grains.FieldBooks;
using Crm.Grains.Imports;
using Crm.Grains.Kernel;
using Crm.Silo.Imports.Files;
using Crm.Silo.Rights;

namespace Crm.Silo.Imports;

/// <summary>What columns can be mapped to.</summary>
/// <param name="Known">Fields that every lead has.</param>
/// <param name="Custom">Fields that the tenant has added.</param>
internal sealed record ImportTargets(IReadOnlyList<string> Known, IReadOnlyList<CustomField> Custom);

/// <summary>Which column of a file is which field of a lead.</summary>
internal static class ImportMapping
{
    private const string CustomPrefix = "custom.";

    /// <summary>Most columns that are left out without being asked: a file with more is of something else.</summary>
    private const int MostLeftOut = 100;

    // as Normal.Key writes them; of several columns that fit, the one whose name stands first is the field and the others are left out
    private static readonly (string Field, string[] Names)[] Known =
    [
        ("name", ["姓名", "联系人", "联系人姓名", "联系人名称", "客户姓名", "线索姓名", "线索名称", "名字", "称呼", "名称", "fullname", "name", "contactname", "contact", "contactperson", "leadname", "lead"]),
        ("company", ["公司", "公司名称", "企业名称", "企业", "单位", "单位名称", "工作单位", "公司全称", "机构", "机构名称", "客户名称", "客户", "company", "companyname", "organization", "organisation", "account", "accountname", "employer"]),
        ("mobile", ["手机", "手机号", "手机号码", "移动电话", "联系手机", "联系电话", "联系方式", "电话", "电话号码", "mobile", "mobilephone", "mobilenumber", "cellphone", "cell", "phone", "phonenumber", "telephone", "tel"]),
        ("email", ["邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "邮件地址", "email", "emailaddress", "mail"]),
        ("source", ["来源", "线索来源", "客户来源", "渠道", "来源渠道", "渠道来源", "source", "leadsource", "channel"]),
        ("region", ["地区", "区域", "所在地区", "所在地", "省份", "省市", "省", "城市", "region", "area", "territory", "province", "state", "city"]),
        ("product", ["意向产品", "产品", "产品名称", "感兴趣的产品", "需求产品", "产品意向", "product", "productofinterest", "productinterest", "interest"]),
        ("note", ["备注", "说明", "描述", "备注信息", "留言", "需求", "需求描述", "note", "notes", "remark", "remarks", "comment", "comments", "description", "message"]),
    ];

    /// <summary>
    /// The chosen mapping with every column that it leaves open: by its name to a field that is still free, or to one that the tenant has added,
    /// by its key or a label. Other columns are left out.
    /// </summary>
    /// <param name="targets">The fields that may be filled.</param>
    public static IReadOnlyDictionary<string, string?> Complete(IReadOnlyList<string> columns, IReadOnlyDictionary<string, string?>? chosen, ImportTargets targets)
    {
        var mapping = new Dictionary<string, string?>(chosen ?? new Dictionary<string, string?>(), StringComparer.Ordinal);
        var open = columns.Where(column => !mapping.ContainsKey(column)).Select(column => (Column: column, Key: KeyOf(column))).ToList();
        foreach (var (field, names) in Known.Where(known => targets.Known.Contains(known.Field)))
        {
            if (!mapping.ContainsValue(field) && names.SelectMany(name => open.Where(column => column.Key == name)).FirstOrDefault() is { Column: { } found } best)
            {
                mapping[found] = field;
                open.Remove(best);
            }
        }

        foreach (var (column, key) in open)
        {
            var field = targets.Custom.FirstOrDefault(each => !mapping.ContainsValue(TargetOf(each)) && (KeyOf(each.Key) == key || KeyOf(each.Label.Zh ?? "") == key || KeyOf(each.Label.En ?? "") == key));
            mapping[column] = field is null ? null : TargetOf(field);
        }

        return mapping;
    }

    /// <summary>Why leads cannot be made with this mapping, or null.</summary>
    /// <param name="isChosen">Whether somebody chose it; else the header is to blame.</param>
    public static Refusal? Check(IReadOnlyList<string> columns, IReadOnlyDictionary<string, string?> mapping, bool isChosen, ImportTargets targets)
    {
        if (!mapping.Values.Any(field => field is "name" or "company"))
        {
            return isChosen
                ? Wrong("Map one column to the name or to the company of a lead.")
                : Refusal.Invalid(TableProblem.HeaderInvalid, "The first row has no column that is known as a name or a company; name the columns or send a mapping.", "file");
        }

        if (!isChosen && columns.Count(column => mapping[column] is null) is > MostLeftOut and var left)
        {
            return Refusal.Invalid(TableProblem.HeaderInvalid, $"There are {left} columns that are no field; send a mapping that leaves them out.", "file");
        }

        var fields = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (column, field) in mapping)
        {
            if (field is not null && !fields.Add(field))
            {
                return Wrong($"The column '{column}' is mapped to '{field}', and so is another one.");
            }
        }

        if (fields.FirstOrDefault(field => ImportRules.Fields.Contains(field) && !targets.Known.Contains(field)) is { } forbidden)
        {
            return AccessPolicy.FieldForbidden(forbidden) with { Field = "mapping" };
        }

        return fields.FirstOrDefault(field => CustomNameOf(field) is { } key && targets.Custom.All(each => each.Key != key)) is { } unknown
            ? Wrong($"There is no field '{unknown}' that can be filled.")
            : null;
    }

    /// <summary>The name of the custom field that a target stands for, or null when it is another one.</summary>
    public static string? CustomNameOf(string? field) =>
        field is not null && field.StartsWith(CustomPrefix, StringComparison.Ordinal) ? field[CustomPrefix.Length..] : null;

    /// <summary>What a column is mapped to in order to fill a field that the tenant has added.</summary>
    public static string TargetOf(CustomField field) => CustomPrefix + field.Key;

    private static Refusal Wrong(string sentence) => ImportRefusals.MappingInvalid with { Sentence = sentence };

    /// <summary>A column's name without what stands in brackets behind it, such as 「手机（必填）」.</summary>
    private static string KeyOf(string column)
    {
        var bracket = column.AsSpan().IndexOfAny("(（[【");
        return Normal.Key(bracket > 0 ? column[..bracket] : column);
    }
}
