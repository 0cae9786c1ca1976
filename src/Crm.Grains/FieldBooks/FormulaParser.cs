using System.Globalization;

namespace Crm.Grains.FieldBooks;

/// <summary>
/// Reads a formula: <c>+ - * /</c>, parentheses, comparisons, <c>min max round if coalesce</c>, numbers, days as <c>"2026-11-21"</c>, and
/// names of fields. What is read has types that fit; the first thing that does not is named by its position.
/// </summary>
public static class FormulaParser
{
    public const int MostCharacters = 500;
    private const int MostNesting = 30;

    public static readonly IReadOnlySet<string> Functions = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "min", "max", "round", "if", "coalesce" };

    /// <param name="typeOf">The type of a field by its name; null when there is none that can be reckoned with.</param>
    public static (Formula? Formula, Refusal? Refusal) Parse(string? text, Func<string, string?> typeOf)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return (null, FieldBookRefusals.ExpressionNeeded);
        }

        if (text.Length > MostCharacters)
        {
            return (null, FieldBookRefusals.Formula(MostCharacters, $"a formula has at most {MostCharacters} characters."));
        }

        var reading = new Reading(text, typeOf);
        var formula = reading.ReadAll();
        return (reading.Problem is null ? formula : null, reading.Problem);
    }

    /// <summary>The type of both sides when one stands for the other: a plain number is an amount where amounts are.</summary>
    private static string? Common(string left, string right) =>
        left == right && left != Formula.Condition ? left
        : left is CustomField.Number or CustomField.Money && right is CustomField.Number or CustomField.Money ? CustomField.Money
        : null;

    private static string? Sum(char sign, string left, string right) => (left, right) switch
    {
        (CustomField.Date, CustomField.Number) => CustomField.Date,
        (CustomField.Number, CustomField.Date) when sign == '+' => CustomField.Date,
        (CustomField.Date, CustomField.Date) => sign == '-' ? CustomField.Number : null,
        _ => Common(left, right) is { } common and not CustomField.Date ? common : null,
    };

    private static string? Product(char sign, string left, string right) => (left, right) switch
    {
        (CustomField.Number, CustomField.Number) => CustomField.Number,
        (CustomField.Money, CustomField.Number) => CustomField.Money,
        (CustomField.Number, CustomField.Money) => sign == '*' ? CustomField.Money : null,
        (CustomField.Money, CustomField.Money) => sign == '/' ? CustomField.Number : null,
        _ => null,
    };

    private ref struct Reading(string text, Func<string, string?> typeOf)
    {
        private int _at;
        private int _nesting;

        public Refusal? Problem { get; private set; }

        public Formula? ReadAll()
        {
            var formula = ReadSum();
            if (formula is null)
            {
                return null;
            }

            return _at < Skip() || _at < text.Length ? Fail(_at, "an operator or the end is expected here.")
                : formula.Type == Formula.Condition ? Fail(0, "a formula results in a number, an amount or a day.")
                : formula;
        }

        private Formula? ReadComparison()
        {
            if (ReadSum() is not { } left)
            {
                return null;
            }

            var at = Skip();
            var sign = text.AsSpan(_at) switch
            {
                ['<', '>', ..] or ['!', '=', ..] => "<>",
                ['<', '=', ..] => "<=",
                ['>', '=', ..] => ">=",
                ['=', '=', ..] or ['=', ..] => "=",
                ['<', ..] => "<",
                ['>', ..] => ">",
                _ => null,
            };
            if (sign is null)
            {
                return Fail(at, "a comparison is expected here: = <> < <= > >=.");
            }

            _at += text.AsSpan(_at) is ['<' or '!', '>' or '=', ..] or ['>' or '=', '=', ..] ? 2 : 1;
            if (ReadSum() is not { } right)
            {
                return null;
            }

            return Common(left.Type, right.Type) is null ? Fail(at, $"a {left.Type} is not compared with a {right.Type}.") : new Formula.Comparison(sign, left, right);
        }

        private Formula? ReadSum()
        {
            var left = ReadProduct();
            while (left is not null && Peek() is ('+' or '-') and var sign)
            {
                var at = _at++;
                if (ReadProduct() is not { } right)
                {
                    return null;
                }

                left = Sum(sign, left.Type, right.Type) is { } type
                    ? new Formula.Arithmetic(sign, left, right, type)
                    : Fail(at, $"'{sign}' does not go between a {left.Type} and a {right.Type}.");
            }

            return left;
        }

        private Formula? ReadProduct()
        {
            var left = ReadFactor();
            while (left is not null && Peek() is ('*' or '/') and var sign)
            {
                var at = _at++;
                if (ReadFactor() is not { } right)
                {
                    return null;
                }

                left = Product(sign, left.Type, right.Type) is { } type
                    ? new Formula.Arithmetic(sign, left, right, type)
                    : Fail(at, $"'{sign}' does not go between a {left.Type} and a {right.Type}.");
            }

            return left;
        }

        private Formula? ReadFactor()
        {
            if (++_nesting > MostNesting)
            {
                return Fail(_at, $"this is nested more than {MostNesting} deep.");
            }

            var at = Skip();
            var formula = Peek() switch
            {
                '(' => ReadGroup(),
                '-' => ReadMinus(at),
                '"' => ReadDay(at),
                '.' or (>= '0' and <= '9') => ReadNumber(at),
                '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => ReadName(at),
                _ => Fail(at, "a number, a field, a function or '(' is expected here."),
            };
            _nesting--;
            return formula;
        }

        private Formula? ReadGroup()
        {
            _at++;
            return ReadSum() is { } inner ? Expect(')') ? inner : null : null;
        }

        private Formula? ReadMinus(int at)
        {
            _at++;
            return ReadFactor() switch
            {
                null => null,
                { Type: CustomField.Number or CustomField.Money } inner => new Formula.Arithmetic('-', new Formula.Constant(new(0, CustomField.Number)), inner, inner.Type),
                var other => Fail(at, $"a {other.Type} has no opposite."),
            };
        }

        private Formula? ReadDay(int at)
        {
            var end = text.IndexOf('"', at + 1);
            if (end < 0 || new CustomValue(text[(at + 1)..end]).AsDay() is not { Year: >= 1900 } day)
            {
                return Fail(at, "a day is written \"2026-11-21\".");
            }

            _at = end + 1;
            return new Formula.Constant(new(day.DayNumber, CustomField.Date));
        }

        private Formula? ReadNumber(int at)
        {
            while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
            {
                _at++;
            }

            return _at - at <= 24 && decimal.TryParse(text.AsSpan(at, _at - at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? new Formula.Constant(new(number, CustomField.Number))
                : Fail(at, "this is not a number.");
        }

        private Formula? ReadName(int at)
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at++;
            }

            var name = text[at.._at];
            if (name == "custom" && _at < text.Length && text[_at] == '.')
            {
                // as lists and filters name the field
                return ReadName(++_at);
            }

            if (Functions.Contains(name))
            {
                return ReadCall(name.ToLowerInvariant(), at);
            }

            return typeOf(name) is { } type ? new Formula.Field(name, type) : Fail(at, $"there is no field '{name}' to reckon with.");
        }

        private Formula? ReadCall(string function, int at)
        {
            if (!Expect('('))
            {
                return null;
            }

            var arguments = new List<Formula>();
            do
            {
                if ((function == "if" && arguments.Count == 0 ? ReadComparison() : ReadSum()) is not { } argument)
                {
                    return null;
                }

                arguments.Add(argument);
            }
            while (Peek() == ',' && _at++ >= 0);

            if (!Expect(')'))
            {
                return null;
            }

            var (least, most) = function switch { "if" => (3, 3), "round" => (1, 2), _ => (2, 20) };
            if (arguments.Count < least || arguments.Count > most)
            {
                return Fail(at, $"'{function}' has {(least == most ? $"{least}" : $"{least} to {most}")} values in its parentheses.");
            }

            return function == "round" ? Rounding(arguments, at) : Uniform(function, arguments, function == "if" ? 1 : 0, at);
        }

        private Formula? Rounding(List<Formula> arguments, int at) =>
            arguments[0].Type is not (CustomField.Number or CustomField.Money) ? Fail(at, $"a {arguments[0].Type} is not rounded.")
            : arguments.Count == 2 && arguments[1] is not Formula.Constant { Value: { Type: CustomField.Number, Value: 0 or 1 or 2 or 3 or 4 or 5 or 6 } } ? Fail(at, "'round' has 0 to 6 decimals.")
            : new Formula.Call("round", arguments, arguments[0].Type);

        private Formula? Uniform(string function, List<Formula> arguments, int from, int at)
        {
            var type = arguments[from].Type;
            foreach (var argument in arguments.Skip(from + 1))
            {
                if (Common(type, argument.Type) is not { } common)
                {
                    return Fail(at, $"'{function}' is given a {type} and a {argument.Type}.");
                }

                type = common;
            }

            return new Formula.Call(function, arguments, type);
        }

        private bool Expect(char sign)
        {
            if (Peek() == sign)
            {
                _at++;
                return true;
            }

            Fail(_at, $"'{sign}' is expected here.");
            return false;
        }

        private char Peek() => Skip() < text.Length ? text[_at] : '\0';

        private int Skip()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            return _at;
        }

        private Formula? Fail(int at, string sentence)
        {
            Problem ??= FieldBookRefusals.Formula(at, sentence);
            return null;
        }
    }
}
