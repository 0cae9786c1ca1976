using System.Reflection;
using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Grains.Tests.Properties;

/// <summary>
/// Makes values of any type that a command is made of, out of its constructor. Tame ones look like what people send, so that histories get
/// somewhere; wild ones hold what people should not send.
/// </summary>
internal static class Anything
{
    private static readonly string[] Ids =
    [
        "01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000b", "01900000-0000-7000-8000-0000000000c1",
        "01900000-0000-7000-8000-0000000000c2", "01900000-0000-7000-8000-0000000000d1",
    ];

    private static readonly string[] Hostile =
    [
        "", " ", "\u0000", "a\u0007b", "a\nb", "\u202eevil", "\u200b", "\ud800", "x\udc00", "\uffff", "👨‍👩‍👧‍👦", "'; DROP TABLE cards;--", "=cmd()", "a|b|c", "{}", "ﷺ", "İ", "ß",
        new string('a', 201), new string('名', 2_001), new string('z', 32_001), string.Concat(Enumerable.Repeat("👨‍👩‍👧‍👦", 201)), "custom.", "Ａ", "-1", "1e309",
    ];

    // by the name of the parameter, because what it means is not in its type
    private static readonly Dictionary<string, string[]> Plausible = new(StringComparer.OrdinalIgnoreCase)
    {
        ["type"] = ["corporate", "individual"],
        ["ActivityDraft.type"] = ["note", "call", "visit"],
        ["source"] = ["website", "exhibition", "e-commerce"],
        ["reason"] = ["wrong", "no-intent", "price", "unreachable"],
        ["email"] = ["ada@example.com", "wei@例子.中国"],
        ["mobile"] = ["13800138000", "+86 139-0013-9000"],
        ["phone"] = ["0755-28780808"],
        ["fax"] = ["0755-28789251"],
        ["website"] = ["example.com", "https://example.org/a"],
        ["creditCode"] = ["91440300708461136T", "440301103097413"],
        ["month"] = ["2026-11", "2026-12"],
        ["slice"] = ["leads", "opportunities"],
        ["Add.type"] = ["text", "number", "choice", "formula", "money"],
        ["expression"] = ["1 + 2", "amount * 2", "captures / 3"],
        ["option"] = ["option", "a", "b"],
        ["pipeline"] = ["simple", "complex"],
        ["preset"] = ["simple", "complex", "project"],
        ["key"] = ["demo", "pilot", "simple"],
        ["stage"] = ["contact", "quote", "signed", "demo", "pilot"],
        ["after"] = ["contact", "quote", "demo"],
        ["role"] = ["admin", "sales"],
        ["locale"] = ["zh-CN", "en"],
        ["login"] = ["ada", "ADA", "bob"],
        ["contentHash"] = [new string('0', 64), new string('a', 32)],
        ["name"] = ["王伟", "Ada", "腾讯科技", "Contact", "Stage"],
    };

    private static readonly string[] Words = ["华南", "CRM", "met at stand 7", "two\u00a0words", "O'Brien", "腾讯（深圳）有限公司"];

    private static readonly string[] Columns = ["姓名", "手机"];

    private static readonly string[] Keys = [.. PipelinePresets.All["simple"].Select(stage => stage.Key)];

    private static readonly StageRef[] Stages =
    [
        .. PipelinePresets.All.SelectMany(preset => preset.Value.Select(stage => new StageRef(preset.Key, stage.Key, stage.WinRate))),
        new("simple", "old", 20, Retired: true),
    ];

    /// <summary>A command of any of these types, two thirds of them tame.</summary>
    public static Gen<object> Of(IReadOnlyList<Type> types) =>
        Gen.Elements(types.ToArray()).SelectMany(type => Gen.Frequency((2, Of(type, wild: false)), (1, Of(type, wild: true))));

    public static Gen<object> Of(Type type, bool wild) => Record(type, wild);

    private static Gen<object> Record(Type type, bool wild)
    {
        if (type == typeof(StageRef))
        {
            return Gen.Elements(Stages).Select(stage => (object)stage);
        }

        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        var nullability = new NullabilityInfoContext();
        var arguments = constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, NameOf(type, parameter), nullability.Create(parameter), wild));
        return Gen.CollectToArray(arguments).Select(values => constructor.Invoke(values));
    }

    private static string NameOf(Type type, ParameterInfo parameter) =>
        Plausible.ContainsKey($"{type.Name}.{parameter.Name}") ? $"{type.Name}.{parameter.Name}" : parameter.Name!; // parameters of records have names

    private static Gen<object?> Value(Type type, string name, NullabilityInfo nullability, bool wild)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Gen.Frequency((1, Gen.Constant<object?>(null)), (3, Value(inner, name, nullability, wild)));
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
        {
            var given = Value(type.GetGenericArguments()[0], name, nullability.GenericTypeArguments[0], wild).Select(value => (object?)Activator.CreateInstance(type, value, true));
            return Gen.Frequency((2, Gen.Constant(Activator.CreateInstance(type))), (1, given));
        }

        var some = Some(type, name, nullability, wild);
        return !type.IsValueType && nullability.WriteState == NullabilityState.Nullable ? Gen.Frequency((1, Gen.Constant<object?>(null)), (2, some)) : some;
    }

    private static CustomValue ValueOf(string text) => (text.Length % 4) switch
    {
        0 => CustomValue.Of(text.Length),
        1 => CustomValue.Of(new Money(text.Length, "CNY")),
        2 => CustomValue.Of(["a", "b"]),
        _ => text,
    };

    private static Gen<object?> Some(Type type, string name, NullabilityInfo nullability, bool wild)
    {
        if (type == typeof(string))
        {
            return Text(name, wild).Select(text => (object?)text);
        }

        if (type == typeof(long))
        {
            return (wild ? Gen.Elements(-1L, 0, 1, long.MinValue, long.MaxValue) : Gen.Choose(1, 99).Select(number => (long)number)).Select(number => (object?)number);
        }

        if (type == typeof(int))
        {
            return (wild ? Gen.OneOf(Gen.Choose(-2, 120), Gen.Elements(int.MinValue, int.MaxValue)) : name == "Read" ? Gen.Choose(200, 400) : Gen.Choose(0, 99)).Select(number => (object?)number);
        }

        if (type == typeof(bool))
        {
            return Gen.Elements(true, false).Select(flag => (object?)flag);
        }

        if (type == typeof(Guid))
        {
            return (wild ? Gen.Elements([.. Ids, Guid.Empty.ToString()]) : Gen.Elements(Ids)).Select(id => (object?)Guid.Parse(id));
        }

        if (type == typeof(DateOnly))
        {
            return (wild ? Gen.Elements(DateOnly.MinValue, DateOnly.MaxValue) : Gen.Choose(0, 90).Select(days => new DateOnly(2026, 11, 1).AddDays(days))).Select(day => (object?)day);
        }

        if (type == typeof(DateTimeOffset))
        {
            return (wild ? Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, new DateTimeOffset(9998, 12, 31, 0, 0, 0, TimeSpan.Zero)) : Gen.Choose(-100, 100).Select(hours => Histories.Start.AddHours(hours))).Select(at => (object?)at);
        }

        if (type == typeof(Money))
        {
            return (wild
                ? Gen.Elements(new Money(-0.01m, "CNY"), new Money(1m, ""), new Money(1m, "ZZZ"), new Money(Money.Largest, "CNY"), new Money(Money.Largest + 1m, "CNY"), new Money(0.001m, "CNY"), default)
                : Gen.Choose(0, 100_000_000).SelectMany(_ => Gen.Elements("CNY", "CNY", "USD"), (hundredths, currency) => Money.FromHundredths(hundredths, currency))).Select(money => (object?)money);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        {
            if (!wild && name.Equals("mapping", StringComparison.OrdinalIgnoreCase))
            {
                return Gen.SubListOf(Columns).Select(columns => (object?)columns.ToDictionary(column => column, column => column == "姓名" ? "name" : null));
            }

            return Gen.SubListOf("a", "b", "预算", wild ? "a.b" : "c", "姓名").SelectMany(
                names => Gen.ArrayOf(Text("word", wild), names.Count),
                (names, texts) => type.GetGenericArguments()[1] == typeof(CustomValue)
                    ? (object?)names.Zip(texts).ToDictionary(pair => pair.First, pair => ValueOf(pair.Second))
                    : names.Zip(texts).ToDictionary(pair => pair.First, pair => pair.Second));
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var item = type.GetGenericArguments()[0];
            if (!wild && item == typeof(string))
            {
                return name.Equals("columns", StringComparison.OrdinalIgnoreCase) ? Gen.Constant<object?>(Columns) : Gen.Shuffle(Keys).Select(keys => (object?)keys);
            }

            return Gen.Choose(0, wild ? 60 : 5).SelectMany(count => Gen.ArrayOf(Some(item, name, nullability.GenericTypeArguments[0], wild), count)).Select(items =>
            {
                var array = Array.CreateInstance(item, items.Length);
                Array.Copy(items, array, items.Length);
                return (object?)array;
            });
        }

        return Record(type, wild).Select(record => (object?)record);
    }

    private static Gen<string> Text(string name, bool wild)
    {
        var tame = Gen.Elements(Plausible.GetValueOrDefault(name, Words));
        return wild
            ? Gen.Frequency((2, tame), (2, Gen.Elements(Hostile)), (1, ArbMap.Default.GeneratorFor<string>().Where(text => text is not null)))
            : tame;
    }
}
