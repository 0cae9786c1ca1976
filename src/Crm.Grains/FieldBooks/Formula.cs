namespace Crm.Grains.FieldBooks;

/// <summary>What a formula reckons with: a number, an amount of money, or a day as its day number.</summary>
/// <param name="Type"><c>number</c>, <c>money</c> or <c>date</c>.</param>
/// <param name="Currency">Of money; null when nothing has said which.</param>
public readonly record struct Quantity(decimal Value, string Type, string? Currency = null)
{
    /// <summary>The value of a field as a quantity; null when it is none.</summary>
    public static Quantity? Of(CustomValue value) =>
        value.AsMoney() is { } money ? new(money.Amount, CustomField.Money, money.Currency)
        : value.AsNumber() is { } number ? new(number, CustomField.Number)
        : value.AsDay() is { } day ? new(day.DayNumber, CustomField.Date)
        : null;
}

/// <summary>
/// A typed expression over fields. It has no loops and no side effects, and is as long as its text: evaluating it always ends. What has no
/// value makes everything reckoned with it have none; so does dividing by zero, and a result beyond what can be kept.
/// </summary>
/// <param name="Type"><c>number</c>, <c>money</c>, <c>date</c> or <c>condition</c>.</param>
public abstract record Formula(string Type)
{
    public const string Condition = "condition";

    public sealed record Constant(Quantity Value) : Formula(Value.Type);

    public sealed record Field(string Name, string Type) : Formula(Type);

    /// <param name="Sign">One of <c>+ - * /</c>.</param>
    public sealed record Arithmetic(char Sign, Formula Left, Formula Right, string Type) : Formula(Type);

    /// <param name="Sign">One of <c>= &lt;&gt; &lt; &lt;= &gt; &gt;=</c>.</param>
    public sealed record Comparison(string Sign, Formula Left, Formula Right) : Formula(Condition);

    /// <param name="Function">One of <see cref="FormulaParser.Functions"/>.</param>
    public sealed record Call(string Function, IReadOnlyList<Formula> Arguments, string Type) : Formula(Type);

    /// <summary>The result, or null for none.</summary>
    public static Quantity? Evaluate(Formula formula, Func<string, Quantity?> fields) => formula switch
    {
        Constant constant => constant.Value,
        Field field => fields(field.Name),
        Arithmetic sum => Evaluate(sum.Left, fields) is { } left && Evaluate(sum.Right, fields) is { } right ? Reckon(sum, left, right) : null,
        Call { Function: "if" } choice => Holds(choice.Arguments[0], fields) is { } holds ? Evaluate(choice.Arguments[holds ? 1 : 2], fields) : null,
        Call { Function: "coalesce" } first => first.Arguments.Select(each => Evaluate(each, fields)).FirstOrDefault(value => value is not null),
        Call call => Apply(call, [.. call.Arguments.Select(each => Evaluate(each, fields))]),
        _ => null,
    };

    /// <summary>The names of the fields in it.</summary>
    public static IEnumerable<string> NamesIn(Formula formula) => formula switch
    {
        Field field => [field.Name],
        Arithmetic sum => NamesIn(sum.Left).Concat(NamesIn(sum.Right)),
        Comparison both => NamesIn(both.Left).Concat(NamesIn(both.Right)),
        Call call => call.Arguments.SelectMany(NamesIn),
        _ => [],
    };

    /// <summary>The value that a result is kept as, or null when it cannot be.</summary>
    /// <param name="scale">Decimals of a number.</param>
    /// <param name="currency">Of money that names none.</param>
    public static CustomValue? Kept(Quantity? result, int scale, string currency) => result switch
    {
        { Type: CustomField.Number, Value: var value } when Math.Abs(value) <= CustomField.LargestNumber => CustomValue.Of(decimal.Round(value, scale, MidpointRounding.AwayFromZero)),
        { Type: CustomField.Money, Value: var value, Currency: var named } when Math.Abs(value) <= Money.Largest =>
            CustomValue.Of(new Money(decimal.Round(value, 2, MidpointRounding.AwayFromZero), named ?? currency)),
        { Type: CustomField.Date, Value: var value } when value >= new DateOnly(1900, 1, 1).DayNumber && value <= DateOnly.MaxValue.DayNumber =>
            new CustomValue(Changes.Written(DateOnly.FromDayNumber((int)decimal.Floor(value)))!), // a day is always written
        _ => (CustomValue?)null,
    };

    private static bool? Holds(Formula formula, Func<string, Quantity?> fields)
    {
        if (formula is not Comparison both || Evaluate(both.Left, fields) is not { } left || Evaluate(both.Right, fields) is not { } right || !TryCurrency(left, right, out _))
        {
            return null;
        }

        var order = left.Value.CompareTo(right.Value);
        return both.Sign switch
        {
            "=" => order == 0,
            "<>" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static Quantity? Reckon(Arithmetic sum, Quantity left, Quantity right)
    {
        if (!TryCurrency(left, right, out var currency))
        {
            return null;
        }

        try
        {
            decimal? value = sum.Sign switch
            {
                '+' => left.Value + right.Value,
                '-' => left.Value - right.Value,
                '*' => left.Value * right.Value,
                _ => right.Value == 0 ? null : left.Value / right.Value,
            };
            return value is { } some ? new(some, sum.Type, sum.Type == CustomField.Money ? currency : null) : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static Quantity? Apply(Call call, Quantity?[] values)
    {
        if (values.Contains(null))
        {
            return null;
        }

        var (best, currency) = (values[0].GetValueOrDefault(), values[0].GetValueOrDefault().Currency); // none is null
        if (call.Function == "round")
        {
            var decimals = values.Length > 1 ? (int)values[1].GetValueOrDefault().Value : 0; // a whole number, by the parser
            return best with { Value = decimal.Round(best.Value, decimals, MidpointRounding.AwayFromZero) };
        }

        foreach (var value in values[1..])
        {
            var next = value.GetValueOrDefault(); // none is null
            if (!TryCurrency(best with { Currency = currency }, next, out currency))
            {
                return null;
            }

            best = call.Function == "min" == next.Value < best.Value ? next : best;
        }

        return new(best.Value, call.Type, call.Type == CustomField.Money ? currency : null);
    }

    /// <summary>Amounts of two currencies are not reckoned with each other.</summary>
    private static bool TryCurrency(Quantity left, Quantity right, out string? currency)
    {
        currency = left.Currency ?? right.Currency;
        return left.Currency is null || right.Currency is null || left.Currency == right.Currency;
    }
}
