using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

/// <summary>
/// Reads the filter language of SCIM (RFC 7644 §3.4.2.2): <c>status eq "open" and (amount ge 10000 or name co "腾讯")</c>.
/// What comes out is a tree over fields of the schema, so nothing the caller wrote ever becomes part of an SQL text.
/// </summary>
/// <remarks>
/// Operators <c>eq ne co sw ew gt ge lt le pr</c>, <c>and</c>, <c>or</c>, <c>not (…)</c> and parentheses; <c>not</c> binds tighter than
/// <c>and</c>, and that tighter than <c>or</c>. Operators and keywords in any case, field names exactly as in the schema. Every field can
/// be compared with <c>null</c> by <c>eq</c> and <c>ne</c>. Value paths (<c>emails[type eq "work"]</c>) are not part of our language.
/// </remarks>
public static class FilterParser
{
    /// <summary>Longest filter, in characters.</summary>
    public const int MaxLength = 8_192;

    /// <summary>Most comparisons (including <c>pr</c>) in one filter.</summary>
    public const int MaxClauses = 50;

    /// <summary>Deepest nesting of parentheses, those of <c>not (…)</c> included.</summary>
    public const int MaxNesting = 5;

    /// <summary>Longest text compared with, in characters after its escapes are undone.</summary>
    public const int MaxTextLength = 1_000;

    /// <summary>Reads <paramref name="text"/> as a filter over <paramref name="schema"/>.</summary>
    /// <returns>
    /// The filter, or <c>filter-invalid</c> (not the language, an unknown field, an operator or value that does not suit the field)
    /// or <c>filter-too-complex</c> (one of the limits above).
    /// </returns>
    public static FilterResult Parse(string text, CardSchema schema)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(schema);
        if (text.Length > MaxLength)
        {
            return FilterResult.Of(new QueryProblem(
                QueryProblem.FilterTooComplex, $"A filter may have at most {MaxLength} characters.", MaxLength));
        }

        var reading = new Reading(text, schema);
        var filter = reading.ReadAll();
        return filter is not null ? FilterResult.Of(filter) : FilterResult.Of(reading.Problem!); // ReadAll fails only with a problem
    }

    /// <summary>One recursive descent. It descends only at a parenthesis, and those are counted.</summary>
    private ref struct Reading(string text, CardSchema schema)
    {
        private FilterTokens _tokens = new(text);
        private int _clauses;
        private int _nesting;

        public QueryProblem? Problem { get; private set; }

        public CardFilter? ReadAll()
        {
            _tokens.Advance();
            var filter = ReadAlternatives();
            return filter is null || _tokens.Kind == FilterTokenKind.End
                ? filter
                : Fail("'and', 'or' or the end is expected here.");
        }

        private CardFilter? ReadAlternatives()
        {
            var left = ReadConjunction();
            while (left is not null && IsKeyword("or"))
            {
                _tokens.Advance();
                left = ReadConjunction() is { } right ? new CardFilter.Or(left, right) : null;
            }

            return left;
        }

        private CardFilter? ReadConjunction()
        {
            var left = ReadOperand();
            while (left is not null && IsKeyword("and"))
            {
                _tokens.Advance();
                left = ReadOperand() is { } right ? new CardFilter.And(left, right) : null;
            }

            return left;
        }

        private CardFilter? ReadOperand()
        {
            if (_tokens.Kind == FilterTokenKind.Open)
            {
                return ReadGroup();
            }

            if (_tokens.Kind != FilterTokenKind.Word)
            {
                return Fail("A field, 'not (' or '(' is expected here.");
            }

            var start = _tokens.Start;
            var name = _tokens.Written;
            _tokens.Advance();
            if (_tokens.Kind == FilterTokenKind.Open && name.Equals("not", StringComparison.OrdinalIgnoreCase))
            {
                return ReadGroup() is { } inner ? new CardFilter.Not(inner) : null;
            }

            return schema.Find(name.ToString()) is { } field
                ? ReadClause(field)
                : Fail($"There is no field {QueryProblem.Quote(name)} to filter by.", start);
        }

        private CardFilter? ReadGroup()
        {
            if (++_nesting > MaxNesting)
            {
                return Fail($"Parentheses may be nested at most {MaxNesting} deep.", _tokens.Start, QueryProblem.FilterTooComplex);
            }

            _tokens.Advance();
            var inner = ReadAlternatives();
            if (inner is null)
            {
                return null;
            }

            if (_tokens.Kind != FilterTokenKind.Close)
            {
                return Fail("'and', 'or' or ')' is expected here.");
            }

            _nesting--;
            _tokens.Advance();
            return inner;
        }

        private CardFilter? ReadClause(CardField field)
        {
            if (++_clauses > MaxClauses)
            {
                return Fail($"A filter may have at most {MaxClauses} comparisons.", _tokens.Start, QueryProblem.FilterTooComplex);
            }

            if (IsKeyword("pr"))
            {
                _tokens.Advance();
                return new CardFilter.Present(field);
            }

            if (_tokens.Kind != FilterTokenKind.Word || OperatorNamed(_tokens.Written) is not { } comparison)
            {
                return Fail("One of eq ne co sw ew gt ge lt le pr is expected here.");
            }

            if (!Suits(comparison, field.Type))
            {
                return Fail($"'{_tokens.Written}' does not suit the field '{field.Name}'.");
            }

            _tokens.Advance();
            return ReadComparison(field, comparison);
        }

        private CardFilter? ReadComparison(CardField field, CardOperator comparison)
        {
            if (Literal() is not { } literal)
            {
                return Fail("A value is expected here: a text in double quotes, a number, true, false or null.");
            }

            if (literal.Kind == FilterLiteralKind.Null && comparison is not (CardOperator.Equal or CardOperator.NotEqual))
            {
                return Fail("null can only be compared by eq and ne.");
            }

            if (!literal.TryConvert(field.Type, out var value, out var expected))
            {
                return Fail($"The field '{field.Name}' is compared with {expected}.");
            }

            _tokens.Advance();
            return new CardFilter.Compare(
                field, comparison, value,
                field is { Type: CardFieldType.Text, Indexed: true } && comparison == CardOperator.Equal && value.Text is { } text ? Search.SearchTerms.SortKey(text) : null);
        }

        private readonly FilterLiteral? Literal() => _tokens.Kind switch
        {
            FilterTokenKind.Text => new FilterLiteral(FilterLiteralKind.Text, _tokens.Text),
            FilterTokenKind.Number => new FilterLiteral(FilterLiteralKind.Number, _tokens.Written.ToString()),
            FilterTokenKind.Word when IsKeyword("null") => new FilterLiteral(FilterLiteralKind.Null, ""),
            FilterTokenKind.Word when IsKeyword("true") => new FilterLiteral(FilterLiteralKind.True, ""),
            FilterTokenKind.Word when IsKeyword("false") => new FilterLiteral(FilterLiteralKind.False, ""),
            _ => null,
        };

        private readonly bool IsKeyword(string keyword) =>
            _tokens.Kind == FilterTokenKind.Word && _tokens.Written.Equals(keyword, StringComparison.OrdinalIgnoreCase);

        private CardFilter? Fail(string detail) => Fail(detail, _tokens.Start);

        /// <summary>The tokenizer's own complaint is the better one where there is one.</summary>
        private CardFilter? Fail(string detail, int position, string code = QueryProblem.FilterInvalid)
        {
            Problem = _tokens.Fault ?? new QueryProblem(code, detail, position);
            return null;
        }
    }

    private static CardOperator? OperatorNamed(ReadOnlySpan<char> written)
    {
        Span<char> lower = stackalloc char[2];
        return written.Length != 2 || written.ToLowerInvariant(lower) != 2
            ? null
            : lower switch
            {
                "eq" => CardOperator.Equal,
                "ne" => CardOperator.NotEqual,
                "co" => CardOperator.Contains,
                "sw" => CardOperator.StartsWith,
                "ew" => CardOperator.EndsWith,
                "gt" => CardOperator.Greater,
                "ge" => CardOperator.GreaterOrEqual,
                "lt" => CardOperator.Less,
                "le" => CardOperator.LessOrEqual,
                _ => null,
            };
    }

    private static bool Suits(CardOperator comparison, CardFieldType type) => comparison switch
    {
        CardOperator.Equal or CardOperator.NotEqual => true,
        CardOperator.Contains or CardOperator.StartsWith or CardOperator.EndsWith => type is CardFieldType.Text or CardFieldType.Choice,
        _ => type is not (CardFieldType.Flag or CardFieldType.Id or CardFieldType.Choice or CardFieldType.Choices),
    };
}
