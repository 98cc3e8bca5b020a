namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Reads a template: text, output and tags. A tag is one line of the table.</summary>
internal sealed class StatementParser
{
    private readonly SourceText _source;
    private readonly TokenStream _tokens;
    private readonly Nesting _nesting;
    private readonly ExpressionParser _expressions;
    private readonly TargetParser _targets;
    private readonly Dictionary<string, Func<int, Statement>> _tags;
    private readonly Dictionary<string, BlockStatement> _blocks = new(StringComparer.Ordinal);

    public StatementParser(SourceText source, IReadOnlyList<Token> tokens)
    {
        _source = source;
        _tokens = new TokenStream(source, tokens);
        _nesting = new Nesting(source);
        _expressions = new ExpressionParser(_tokens, _nesting);
        _targets = new TargetParser(_tokens, _nesting);
        _tags = new()
        {
            ["if"] = ParseIf,
            ["for"] = ParseFor,
            ["break"] = at => new BreakStatement(at),
            ["continue"] = at => new ContinueStatement(at),
            ["set"] = ParseSet,
            ["macro"] = ParseMacro,
            ["call"] = ParseCall,
            ["filter"] = ParseFilter,
            ["with"] = ParseWith,
            ["block"] = ParseBlock,
            ["print"] = at => new OutputStatement(at, _expressions.ParseTuple()),
            ["generation"] = at => new GenerationStatement(at, ParseBody("endgeneration")),
            ["include"] = at => ParseLoad(at, "include"),
            ["import"] = at => ParseLoad(at, "import"),
            ["from"] = at => ParseLoad(at, "from"),
            ["extends"] = at => ParseLoad(at, "extends"),
        };
    }

    public TemplateTree ParseTemplate()
    {
        var tree = new TemplateTree(ParseStatements([]));
        foreach ((string name, BlockStatement block) in _blocks)
            tree.Blocks.Add(name, block);
        return tree;
    }

    /// <summary>Statements up to a tag with one of the names, whose name is the current token then; without names up to the end.</summary>
    private List<Statement> ParseStatements(params ReadOnlySpan<string> ends)
    {
        var body = new List<Statement>();
        while (true)
        {
            Token token = _tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Text:
                    body.Add(new TextStatement(token.At, token.Text));
                    break;
                case TokenKind.OutputBegin:
                    body.Add(new OutputStatement(token.At, _expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.OutputEnd, "'}}'");
                    break;
                case TokenKind.TagBegin when ends.Contains(_tokens.Current.Text):
                    return body;
                case TokenKind.TagBegin:
                    body.Add(ParseTag(token.At, ends));
                    _tokens.Expect(TokenKind.TagEnd, "'%}'");
                    break;
                case TokenKind.End when ends.IsEmpty:
                    return body;
                default:
                    throw _source.Error(token.At, $"expected '{{% {string.Join(" %}' or '{% ", ends.ToArray())} %}}', found {token}.");
            }
        }
    }

    private Statement ParseTag(int at, ReadOnlySpan<string> ends)
    {
        Token name = _tokens.ExpectName();
        if (!_tags.TryGetValue(name.Text, out var parse))
        {
            string open = ends.IsEmpty ? "" : $" The innermost open tag ends with '{ends[^1]}'.";
            throw _source.Error(name.At, $"there is no tag {name} here.{open}");
        }

        _nesting.Enter(at);
        Statement statement = parse(at);
        _nesting.Leave();
        return statement;
    }

    /// <summary>The end of an opening tag, the statements after it, and the name of the tag that ends them.</summary>
    private List<Statement> ParseBody(string end)
    {
        List<Statement> body = ParseBody([end]);
        _tokens.Next();
        return body;
    }

    private List<Statement> ParseBody(params ReadOnlySpan<string> ends)
    {
        _tokens.TrySkipOperator(":");
        _tokens.Expect(TokenKind.TagEnd, "'%}'");
        return ParseStatements(ends);
    }

    private IfStatement ParseIf(int at)
    {
        var branches = new List<KeyValuePair<Expression, IReadOnlyList<Statement>>>();
        List<Statement> otherwise = [];
        do
        {
            Expression test = _expressions.ParseTuple(withCondition: false);
            branches.Add(new(test, ParseBody("elif", "else", "endif")));
        }
        while (_tokens.TrySkipName("elif"));
        if (_tokens.TrySkipName("else"))
            otherwise = ParseBody("endif");
        else
            _tokens.Next();
        return new IfStatement(at, branches, otherwise);
    }

    private ForStatement ParseFor(int at)
    {
        Target target = _targets.Parse("in");
        if (!_tokens.TrySkipName("in"))
            throw _tokens.Unexpected("'in'");
        Expression items = _expressions.ParseTuple(withCondition: false, endName: "recursive");
        Expression? filter = _tokens.TrySkipName("if") ? _expressions.Parse() : null;
        bool isRecursive = _tokens.TrySkipName("recursive");
        List<Statement> body = ParseBody("else", "endfor");
        List<Statement> otherwise = [];
        if (_tokens.TrySkipName("else"))
            otherwise = ParseBody("endfor");
        else
            _tokens.Next();
        return new ForStatement(at, target, items, filter, isRecursive, body, otherwise);
    }

    private Statement ParseSet(int at)
    {
        Target target = _targets.ParseWithAttribute();
        if (_tokens.TrySkipOperator("="))
            return new SetStatement(at, target, _expressions.ParseTuple());
        Expression? filter = ParseFilterChain();
        return new SetBlockStatement(at, target, filter, ParseBody("endset"));
    }

    private FilterExpression? ParseFilterChain()
    {
        FilterExpression? filter = null;
        while (_tokens.TrySkipOperator("|"))
            filter = _expressions.ParseFilter(filter);
        return filter;
    }

    private MacroStatement ParseMacro(int at)
    {
        string name = _targets.ParseName().Name;
        (List<string> parameters, List<Expression> defaults) = ParseParameters();
        return new MacroStatement(at, new MacroBody(at, name, parameters, defaults, ParseBody("endmacro")));
    }

    private CallStatement ParseCall(int at)
    {
        (List<string> parameters, List<Expression> defaults) = _tokens.Current.IsOperator("(") ? ParseParameters() : ([], []);
        int callAt = _tokens.Current.At;
        CallExpression call = _expressions.Parse() as CallExpression ?? throw _source.Error(callAt, "a call block needs a call.");
        return new CallStatement(at, new MacroBody(at, "caller", parameters, defaults, ParseBody("endcall")), call);
    }

    private (List<string> Parameters, List<Expression> Defaults) ParseParameters()
    {
        var parameters = new List<string>();
        var defaults = new List<Expression>();
        _tokens.ExpectOperator("(");
        while (!_tokens.TrySkipOperator(")"))
        {
            if (parameters.Count > 0)
                _tokens.ExpectOperator(",");
            NameTarget parameter = _targets.ParseName();
            if (parameters.Contains(parameter.Name))
                throw _source.Error(parameter.At, $"there are two parameters '{parameter.Name}'.");
            parameters.Add(parameter.Name);
            if (_tokens.TrySkipOperator("="))
                defaults.Add(_expressions.Parse());
            else if (defaults.Count > 0)
                throw _source.Error(parameter.At, "a parameter without a default follows one with a default.");
        }

        return (parameters, defaults);
    }

    private FilterStatement ParseFilter(int at)
    {
        FilterExpression filter = _expressions.ParseFilter(null);
        while (_tokens.TrySkipOperator("|"))
            filter = _expressions.ParseFilter(filter);
        return new FilterStatement(at, filter, ParseBody("endfilter"));
    }

    private WithStatement ParseWith(int at)
    {
        var values = new List<KeyValuePair<Target, Expression>>();
        while (_tokens.Current.Kind != TokenKind.TagEnd)
        {
            if (values.Count > 0)
                _tokens.ExpectOperator(",");
            Target target = _targets.ParseName();
            _tokens.ExpectOperator("=");
            values.Add(new(target, _expressions.Parse()));
        }

        return new WithStatement(at, values, ParseBody("endwith"));
    }

    private BlockStatement ParseBlock(int at)
    {
        Token name = _tokens.ExpectName();
        bool isScoped = _tokens.TrySkipName("scoped");
        isScoped |= _tokens.TrySkipName("required") && _tokens.TrySkipName("scoped");
        var block = new BlockStatement(at, name.Text, isScoped, ParseBody("endblock"));
        _tokens.TrySkipName(name.Text);
        return _blocks.TryAdd(name.Text, block) ? block : throw _source.Error(name.At, $"there are two blocks {name}.");
    }

    // What another template is asked for does not matter, as there is none.
    private LoadStatement ParseLoad(int at, string keyword)
    {
        while (_tokens.Current.Kind is not (TokenKind.TagEnd or TokenKind.End))
            _tokens.Next();
        return new LoadStatement(at, keyword);
    }
}
