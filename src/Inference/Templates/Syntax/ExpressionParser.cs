using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Reads expressions, loosest binding first: condition, or, and, not, comparison, sum, concatenation, product, power, unary.</summary>
internal sealed class ExpressionParser
{
    private static readonly Dictionary<string, ComparisonOperator> s_comparisons = new()
    {
        ["=="] = ComparisonOperator.Equal,
        ["!="] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less,
        ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater,
        [">="] = ComparisonOperator.GreaterOrEqual,
    };

    private static readonly Dictionary<string, BinaryOperator> s_sums = new() { ["+"] = BinaryOperator.Add, ["-"] = BinaryOperator.Subtract };

    private static readonly Dictionary<string, BinaryOperator> s_products = new()
    {
        ["*"] = BinaryOperator.Multiply,
        ["/"] = BinaryOperator.Divide,
        ["//"] = BinaryOperator.FloorDivide,
        ["%"] = BinaryOperator.Remainder,
    };

    private static readonly Dictionary<string, BinaryOperator> s_powers = new() { ["**"] = BinaryOperator.Power };

    private readonly TokenStream _tokens;
    private readonly Nesting _nesting;
    private readonly PrimaryParser _primary;

    public ExpressionParser(TokenStream tokens, Nesting nesting)
    {
        _tokens = tokens;
        _nesting = nesting;
        _primary = new PrimaryParser(tokens, this);
    }

    /// <summary>An expression without a comma of its own.</summary>
    public Expression Parse(bool withCondition = true)
    {
        _nesting.Enter(_tokens.Current.At);
        Expression expression = withCondition ? ParseCondition() : ParseOr();
        _nesting.Leave();
        return expression;
    }

    /// <summary>An expression, or several with commas between them, which are a tuple.</summary>
    /// <param name="withCondition">Whether "x if y" may stand there.</param>
    /// <param name="endName">A name that ends the expression.</param>
    /// <param name="inParentheses">Whether it may be empty.</param>
    public Expression ParseTuple(bool withCondition = true, string? endName = null, bool inParentheses = false)
    {
        int at = _tokens.Current.At;
        var items = new List<Expression>();
        bool isTuple = false;
        while (!EndsTuple(endName))
        {
            items.Add(Parse(withCondition));
            if (!_tokens.TrySkipOperator(","))
                break;
            isTuple = true;
        }

        if (!isTuple && items.Count == 1)
            return items[0];
        return items.Count > 0 || inParentheses ? new SequenceExpression(at, items, IsTuple: true) : throw _tokens.Unexpected("an expression");
    }

    public ArgumentList ParseArguments() => _primary.ParseArguments();

    public Expression ParsePostfixed() => _primary.ParsePostfixed();

    /// <summary>A filter with its arguments, after the bar.</summary>
    public FilterExpression ParseFilter(Expression? input) => _primary.ParseFilter(input);

    private bool EndsTuple(string? endName) =>
        _tokens.Current.Kind is TokenKind.OutputEnd or TokenKind.TagEnd || _tokens.Current.IsOperator(")")
        || (endName is not null && _tokens.Current.IsName(endName));

    private Expression ParseCondition()
    {
        Expression value = ParseOr();
        while (_tokens.Current.IsName("if"))
        {
            int at = _tokens.Next().At;
            Expression test = ParseOr();
            Expression? no = _tokens.TrySkipName("else") ? Parse() : null;
            value = new ConditionalExpression(at, test, value, no);
        }

        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (_tokens.Current.IsName("or"))
            left = new BinaryExpression(_tokens.Next().At, BinaryOperator.Or, left, ParseAnd());
        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (_tokens.Current.IsName("and"))
            left = new BinaryExpression(_tokens.Next().At, BinaryOperator.And, left, ParseNot());
        return left;
    }

    private Expression ParseNot()
    {
        if (!_tokens.Current.IsName("not"))
            return ParseComparison();
        int at = _tokens.Next().At;
        _nesting.Enter(at);
        Expression operand = ParseNot();
        _nesting.Leave();
        return new UnaryExpression(at, UnaryOperator.Not, operand);
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        int at = _tokens.Current.At;
        var rest = new List<KeyValuePair<ComparisonOperator, Expression>>();
        while (TryReadComparison(out ComparisonOperator comparison))
            rest.Add(new(comparison, ParseSum()));
        return rest.Count == 0 ? first : new ComparisonExpression(at, first, rest);
    }

    private bool TryReadComparison(out ComparisonOperator comparison)
    {
        comparison = ComparisonOperator.In;
        if (_tokens.Current.Kind == TokenKind.Operator && s_comparisons.TryGetValue(_tokens.Current.Text, out comparison))
        {
            _tokens.Next();
            return true;
        }

        if (_tokens.Current.IsName("not") && _tokens.Following.IsName("in"))
        {
            _tokens.Next();
            _tokens.Next();
            comparison = ComparisonOperator.NotIn;
            return true;
        }

        comparison = ComparisonOperator.In;
        return _tokens.TrySkipName("in");
    }

    private Expression ParseSum() => ParseBinary(s_sums, ParseConcatenation);

    private Expression ParseConcatenation()
    {
        Expression first = ParseProduct();
        if (!_tokens.Current.IsOperator("~"))
            return first;
        int at = _tokens.Current.At;
        var parts = new List<Expression> { first };
        while (_tokens.TrySkipOperator("~"))
            parts.Add(ParseProduct());
        return new ConcatenationExpression(at, parts);
    }

    private Expression ParseProduct() => ParseBinary(s_products, ParsePower);

    private Expression ParsePower() => ParseBinary(s_powers, () => ParseUnary(withFilters: true));

    private Expression ParseBinary(Dictionary<string, BinaryOperator> operators, Func<Expression> parseOperand)
    {
        Expression left = parseOperand();
        while (_tokens.Current.Kind == TokenKind.Operator && operators.TryGetValue(_tokens.Current.Text, out BinaryOperator binary))
            left = new BinaryExpression(_tokens.Next().At, binary, left, parseOperand());
        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Expression operand;
        Token token = _tokens.Current;
        if (token.IsOperator("-") || token.IsOperator("+"))
        {
            _tokens.Next();
            _nesting.Enter(token.At);
            UnaryOperator unary = token.Text == "-" ? UnaryOperator.Negate : UnaryOperator.Plus;
            operand = _primary.ParsePostfixes(new UnaryExpression(token.At, unary, ParseUnary(withFilters: false)));
            _nesting.Leave();
        }
        else
        {
            operand = _primary.ParsePostfixed();
        }

        return withFilters ? _primary.ParseFiltersAndTests(operand) : operand;
    }
}
