using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Syntax;

// The whole language: what a template can be. Every node knows the offset in the source where it begins, or where its operator stands.

/// <summary>A template that has been read.</summary>
internal sealed record TemplateTree(IReadOnlyList<Statement> Body)
{
    /// <summary>Blocks by name, wherever they stand.</summary>
    public Dictionary<string, BlockStatement> Blocks { get; } = new(StringComparer.Ordinal);
}

internal abstract record Node(int At);

// Expressions.
internal abstract record Expression(int At) : Node(At);

internal sealed record Literal(int At, TemplateValue Value) : Expression(At);

internal sealed record NameExpression(int At, string Name) : Expression(At);

internal sealed record SequenceExpression(int At, IReadOnlyList<Expression> Items, bool IsTuple) : Expression(At);

internal sealed record DictExpression(int At, IReadOnlyList<KeyValuePair<Expression, Expression>> Pairs) : Expression(At);

/// <summary><c>not x</c>, <c>-x</c>, <c>+x</c>.</summary>
internal sealed record UnaryExpression(int At, UnaryOperator Operator, Expression Operand) : Expression(At);

/// <summary>Arithmetic, and <c>and</c> and <c>or</c>.</summary>
internal sealed record BinaryExpression(int At, BinaryOperator Operator, Expression Left, Expression Right) : Expression(At);

/// <summary><c>a &lt; b &lt; c</c>: every neighbour pair must hold.</summary>
internal sealed record ComparisonExpression(int At, Expression First, IReadOnlyList<KeyValuePair<ComparisonOperator, Expression>> Rest)
    : Expression(At);

/// <summary><c>a ~ b ~ c</c></summary>
internal sealed record ConcatenationExpression(int At, IReadOnlyList<Expression> Parts) : Expression(At);

/// <summary><c>x.name</c></summary>
internal sealed record AttributeExpression(int At, Expression Target, string Name) : Expression(At);

/// <summary><c>x[index]</c></summary>
internal sealed record SubscriptExpression(int At, Expression Target, Expression Index) : Expression(At);

/// <summary><c>x[start:stop:step]</c></summary>
internal sealed record SliceExpression(int At, Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression(At);

internal sealed record CallExpression(int At, Expression Target, ArgumentList Arguments) : Expression(At);

/// <summary><c>x | name(arguments)</c>; no input in a block of its own.</summary>
internal sealed record FilterExpression(int At, Expression? Input, string Name, ArgumentList Arguments) : Expression(At);

/// <summary><c>x is name(arguments)</c></summary>
internal sealed record TestExpression(int At, Expression Input, string Name, ArgumentList Arguments) : Expression(At);

/// <summary><c>yes if test else no</c></summary>
internal sealed record ConditionalExpression(int At, Expression Test, Expression Yes, Expression? No) : Expression(At);

/// <summary>Arguments of a call: <c>(a, name=b, *list, **dict)</c>.</summary>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<KeyValuePair<string, Expression>> Named,
    Expression? MorePositional = null,
    Expression? MoreNamed = null)
{
    public static ArgumentList Empty { get; } = new([], []);
}

// What can be assigned to.
internal abstract record Target(int At) : Node(At);

internal sealed record NameTarget(int At, string Name) : Target(At);

internal sealed record TupleTarget(int At, IReadOnlyList<Target> Items) : Target(At);

/// <summary><c>namespace.name</c></summary>
internal sealed record AttributeTarget(int At, string Namespace, string Name) : Target(At);

// Statements.
internal abstract record Statement(int At) : Node(At);

internal sealed record TextStatement(int At, string Text) : Statement(At);

internal sealed record OutputStatement(int At, Expression Value) : Statement(At);

internal sealed record IfStatement(int At, IReadOnlyList<KeyValuePair<Expression, IReadOnlyList<Statement>>> Branches, IReadOnlyList<Statement> Else)
    : Statement(At);

internal sealed record ForStatement(
    int At,
    Target Target,
    Expression Items,
    Expression? Filter,
    bool IsRecursive,
    IReadOnlyList<Statement> Body,
    IReadOnlyList<Statement> Else) : Statement(At);

internal sealed record BreakStatement(int At) : Statement(At);

internal sealed record ContinueStatement(int At) : Statement(At);

internal sealed record SetStatement(int At, Target Target, Expression Value) : Statement(At);

/// <summary><c>{% set x | filter %}...{% endset %}</c></summary>
internal sealed record SetBlockStatement(int At, Target Target, Expression? Filter, IReadOnlyList<Statement> Body) : Statement(At);

internal sealed record MacroStatement(int At, MacroBody Macro) : Statement(At);

/// <summary><c>{% call(a, b) macro() %}...{% endcall %}</c></summary>
internal sealed record CallStatement(int At, MacroBody Caller, CallExpression Call) : Statement(At);

internal sealed record FilterStatement(int At, Expression Filter, IReadOnlyList<Statement> Body) : Statement(At);

internal sealed record WithStatement(int At, IReadOnlyList<KeyValuePair<Target, Expression>> Values, IReadOnlyList<Statement> Body) : Statement(At);

/// <summary>A named block. There are no templates that extend others here, so that it is rendered where it stands.</summary>
internal sealed record BlockStatement(int At, string Name, bool IsScoped, IReadOnlyList<Statement> Body) : Statement(At);

/// <summary>What a model is trained to say: transformers' own block, which leaves the text as it is.</summary>
internal sealed record GenerationStatement(int At, IReadOnlyList<Statement> Body) : Statement(At);

/// <summary>A statement that needs another template, of which there is none.</summary>
internal sealed record LoadStatement(int At, string Keyword) : Statement(At);

/// <summary>What a macro or the block of a call does. The last parameters may have defaults.</summary>
internal sealed record MacroBody(int At, string Name, IReadOnlyList<string> Parameters, IReadOnlyList<Expression> Defaults, IReadOnlyList<Statement> Body)
{
    /// <summary>Whether the body speaks of arguments beyond the parameters, and of the block it was called with.</summary>
    public bool TakesMorePositional { get; set; }

    /// <inheritdoc cref="TakesMorePositional"/>
    public bool TakesMoreNamed { get; set; }

    /// <inheritdoc cref="TakesMorePositional"/>
    public bool TakesCaller { get; set; }
}
