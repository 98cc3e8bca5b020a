using System.Text;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Reads what binds tightest: literals, names, brackets, and what follows them: attributes, subscripts, calls, filters and tests.</summary>
internal sealed class PrimaryParser(TokenStream tokens, ExpressionParser expressions)
{
    private static readonly Dictionary<string, TemplateValue> s_constants = new()
    {
        ["true"] = TemplateValue.True,
        ["True"] = TemplateValue.True,
        ["false"] = TemplateValue.False,
        ["False"] = TemplateValue.False,
        ["none"] = TemplateValue.None,
        ["None"] = TemplateValue.None,
    };

    public Expression ParsePostfixed() => ParsePostfixes(ParsePrimary());

    /// <summary>Attributes, subscripts and calls.</summary>
    public Expression ParsePostfixes(Expression target)
    {
        while (true)
        {
            Token token = tokens.Current;
            if (token.IsOperator("."))
                target = ParseAttribute(target);
            else if (token.IsOperator("["))
                target = ParseSubscript(target);
            else if (token.IsOperator("("))
                target = new CallExpression(token.At, target, ParseArguments());
            else
                return target;
        }
    }

    public Expression ParseFiltersAndTests(Expression input)
    {
        while (true)
        {
            Token token = tokens.Current;
            if (tokens.TrySkipOperator("|"))
                input = ParseFilter(input);
            else if (tokens.TrySkipName("is"))
                input = ParseTest(input, token.At);
            else if (token.IsOperator("("))
                input = new CallExpression(token.At, input, ParseArguments());
            else
                return input;
        }
    }

    public FilterExpression ParseFilter(Expression? input)
    {
        Token name = tokens.ExpectName();
        string dotted = ParseDotted(name.Text);
        return new FilterExpression(name.At, input, dotted, tokens.Current.IsOperator("(") ? ParseArguments() : ArgumentList.Empty);
    }

    public ArgumentList ParseArguments()
    {
        int open = tokens.ExpectOperator("(").At;
        var positional = new List<Expression>();
        var named = new List<KeyValuePair<string, Expression>>();
        Expression? morePositional = null, moreNamed = null;
        while (!tokens.Current.IsOperator(")"))
        {
            if (tokens.TrySkipOperator("*"))
            {
                Require(morePositional is null && moreNamed is null);
                morePositional = expressions.Parse();
            }
            else if (tokens.TrySkipOperator("**"))
            {
                Require(moreNamed is null);
                moreNamed = expressions.Parse();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Following.IsOperator("="))
            {
                Require(moreNamed is null);
                string name = tokens.Next().Text;
                tokens.Next();
                Require(!named.Exists(n => n.Key == name));
                named.Add(new(name, expressions.Parse()));
            }
            else
            {
                Require(morePositional is null && moreNamed is null && named.Count == 0);
                positional.Add(expressions.Parse());
            }

            if (!tokens.Current.IsOperator(")"))
                tokens.ExpectOperator(",");
        }

        tokens.ExpectOperator(")");
        return new ArgumentList(positional, named, morePositional, moreNamed);

        void Require(bool holds)
        {
            if (!holds)
                throw tokens.Source.Error(open, "arguments stand in the order (a, name=b, *list, **dict), every name once.");
        }
    }

    private Expression ParseTest(Expression input, int at)
    {
        bool isNegated = tokens.TrySkipName("not");
        Token name = tokens.ExpectName();
        string dotted = ParseDotted(name.Text);
        ArgumentList arguments = ArgumentList.Empty;
        if (tokens.Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (BeginsTestArgument(tokens.Current))
        {
            if (tokens.Current.IsName("is"))
                throw tokens.Source.Error(tokens.Current.At, "a test of a test needs parentheses.");
            arguments = new ArgumentList([ParsePostfixed()], []);
        }

        Expression test = new TestExpression(name.At, input, dotted, arguments);
        return isNegated ? new UnaryExpression(at, UnaryOperator.Not, test) : test;
    }

    private static bool BeginsTestArgument(Token token) => token.Kind switch
    {
        TokenKind.Name => token.Text is not ("else" or "or" or "and"),
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Operator => token.Text is "(" or "[" or "{",
        _ => false,
    };

    private string ParseDotted(string name)
    {
        while (tokens.TrySkipOperator("."))
            name += "." + tokens.ExpectName().Text;
        return name;
    }

    private Expression ParsePrimary()
    {
        Token token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Next();
                return s_constants.TryGetValue(token.Text, out TemplateValue? constant)
                    ? new Literal(token.At, constant)
                    : new NameExpression(token.At, token.Text);
            case TokenKind.String:
                return new Literal(token.At, TemplateValue.From(ParseStrings()));
            case TokenKind.Integer:
                return new Literal(token.At, TemplateValue.From(ParseInteger()));
            case TokenKind.Float:
                return new Literal(token.At, TemplateValue.From(NumberScanner.Float(tokens.Next().Text)));
            case TokenKind.Operator when token.Text == "(":
                tokens.Next();
                Expression inner = expressions.ParseTuple(inParentheses: true);
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return ParseList();
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw tokens.Unexpected("an expression");
        }
    }

    // Strings that follow each other are one.
    private string ParseStrings()
    {
        string first = tokens.Next().Text;
        if (tokens.Current.Kind != TokenKind.String)
            return first;
        var text = new StringBuilder(first);
        while (tokens.Current.Kind == TokenKind.String)
            text.Append(tokens.Next().Text);
        return text.ToString();
    }

    private long ParseInteger()
    {
        Token token = tokens.Next();
        return NumberScanner.Integer(token.Text) ?? throw tokens.Source.Error(token.At, $"the integer {token} has more than 64 bits.");
    }

    private SequenceExpression ParseList()
    {
        int at = tokens.Next().At;
        var items = new List<Expression>();
        while (!tokens.TrySkipOperator("]"))
        {
            items.Add(expressions.Parse());
            if (!tokens.Current.IsOperator("]"))
                tokens.ExpectOperator(",");
        }

        return new SequenceExpression(at, items, IsTuple: false);
    }

    private DictExpression ParseDict()
    {
        int at = tokens.Next().At;
        var pairs = new List<KeyValuePair<Expression, Expression>>();
        while (!tokens.TrySkipOperator("}"))
        {
            Expression key = expressions.Parse();
            tokens.ExpectOperator(":");
            pairs.Add(new(key, expressions.Parse()));
            if (!tokens.Current.IsOperator("}"))
                tokens.ExpectOperator(",");
        }

        return new DictExpression(at, pairs);
    }

    private Expression ParseAttribute(Expression target)
    {
        int at = tokens.Next().At;
        Token name = tokens.Current;
        return name.Kind switch
        {
            TokenKind.Name => new AttributeExpression(at, target, tokens.Next().Text),
            TokenKind.Integer => new SubscriptExpression(at, target, new Literal(name.At, TemplateValue.From(ParseInteger()))),
            _ => throw tokens.Unexpected("a name or an index"),
        };
    }

    private Expression ParseSubscript(Expression target)
    {
        int at = tokens.Next().At;
        Expression? start = tokens.Current.IsOperator(":") ? null : expressions.Parse();
        if (!tokens.TrySkipOperator(":"))
        {
            if (tokens.Current.IsOperator(","))
                start = ParseIndexTuple(start!);
            tokens.ExpectOperator("]");
            return new SubscriptExpression(at, target, start!);
        }

        Expression? stop = EndsSlice() ? null : expressions.Parse();
        Expression? step = tokens.TrySkipOperator(":") && !EndsSlice() ? expressions.Parse() : null;
        tokens.ExpectOperator("]");
        return new SliceExpression(at, target, start, stop, step);
    }

    private SequenceExpression ParseIndexTuple(Expression first)
    {
        var items = new List<Expression> { first };
        while (tokens.TrySkipOperator(","))
            items.Add(expressions.Parse());
        return new SequenceExpression(first.At, items, IsTuple: true);
    }

    private bool EndsSlice() => tokens.Current.IsOperator(":") || tokens.Current.IsOperator("]");
}
