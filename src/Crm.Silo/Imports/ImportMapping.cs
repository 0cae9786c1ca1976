using System.Text;
using Crm.Grains.Imports;
using Crm.Grains.Kernel;
using Crm.Silo.Imports.Files;

namespace Crm.Silo.Imports;

/// <summary>Which column of a file is which field of a lead.</summary>
internal static class ImportMapping
{
    private const string CustomPrefix = "custom.";
    private const int MostCustom = 100;
    private const int LongestCustomName = 60;

    // as Normal.Key writes them; of several columns that fit, the one whose name stands first is the field and the others are custom fields
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
    /// The chosen mapping with every column that it leaves open: by its name to a field that is still free, else to a custom field. Beyond 100
    /// custom fields columns are left out.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> Complete(IReadOnlyList<string> columns, IReadOnlyDictionary<string, string?>? chosen)
    {
        var mapping = new Dictionary<string, string?>(chosen ?? new Dictionary<string, string?>(), StringComparer.Ordinal);
        var open = columns.Where(column => !mapping.ContainsKey(column)).Select(column => (Column: column, Key: KeyOf(column))).ToList();
        foreach (var (field, names) in Known)
        {
            if (!mapping.ContainsValue(field) && names.SelectMany(name => open.Where(column => column.Key == name)).FirstOrDefault() is { Column: { } found } best)
            {
                mapping[found] = field;
                open.Remove(best);
            }
        }

        var custom = mapping.Values.Count(field => field is not null && field.StartsWith(CustomPrefix, StringComparison.Ordinal));
        foreach (var (column, _) in open)
        {
            mapping[column] = custom++ < MostCustom ? CustomFieldOf(column, mapping) : null;
        }

        return mapping;
    }

    /// <summary>Why leads cannot be made with this mapping, or null.</summary>
    /// <param name="isChosen">Whether somebody chose it; else the header is to blame.</param>
    public static Refusal? Check(IReadOnlyList<string> columns, IReadOnlyDictionary<string, string?> mapping, bool isChosen)
    {
        if (!mapping.Values.Any(field => field is "name" or "company"))
        {
            return isChosen
                ? Wrong("Map one column to the name or to the company of a lead.")
                : Refusal.Invalid(TableProblem.HeaderInvalid, "The first row has no column that is known as a name or a company; name the columns or send a mapping.", "file");
        }

        if (!isChosen && columns.Count(column => mapping[column] is null) is > 0 and var left)
        {
            return Refusal.Invalid(TableProblem.HeaderInvalid, $"There are {left} columns more than the {MostCustom} custom fields a lead can have; send a mapping that leaves some out.", "file");
        }

        var fields = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (column, field) in mapping)
        {
            if (field is not null && !fields.Add(field))
            {
                return Wrong($"The column '{column}' is mapped to '{field}', and so is another one.");
            }
        }

        var custom = fields.Where(field => field.StartsWith(CustomPrefix, StringComparison.Ordinal)).ToDictionary(field => field[CustomPrefix.Length..], _ => "");
        return Grains.Kernel.Check.Custom("mapping", custom) is { } wrong ? Wrong(wrong.Sentence) : null;
    }

    /// <summary>The name of the custom field that a target stands for, or null when it is another one.</summary>
    public static string? CustomNameOf(string? field) =>
        field is not null && field.StartsWith(CustomPrefix, StringComparison.Ordinal) ? field[CustomPrefix.Length..] : null;

    private static Refusal Wrong(string sentence) => ImportRefusals.MappingInvalid with { Sentence = sentence };

    /// <summary>A column's name without what stands in brackets behind it, such as 「手机（必填）」.</summary>
    private static string KeyOf(string column)
    {
        var bracket = column.AsSpan().IndexOfAny("(（[【");
        return Normal.Key(bracket > 0 ? column[..bracket] : column);
    }

    private static string? CustomFieldOf(string column, Dictionary<string, string?> taken)
    {
        var name = new StringBuilder();
        foreach (var c in column)
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_')
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '_')
            {
                name.Append('_');
            }
        }

        var stem = name.ToString().TrimEnd('_');
        if (stem.Length == 0)
        {
            return null;
        }

        stem = stem.Length > LongestCustomName ? stem[..LongestCustomName] : stem;
        var field = CustomPrefix + stem;
        for (var number = 2; taken.ContainsValue(field); number++)
        {
            var suffix = $"_{number}";
            field = string.Concat(CustomPrefix, stem.AsSpan(0, Math.Min(stem.Length, LongestCustomName - suffix.Length)), suffix);
        }

        return field;
    }
}
