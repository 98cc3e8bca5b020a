namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>The nodes directly inside a node.</summary>
internal static class TreeWalk
{
    public static IEnumerable<Node> Children(Node node) => All(node).OfType<Node>();

    private static IEnumerable<Node?> All(Node node) => node switch
    {
        SequenceExpression x => x.Items,
        DictExpression x => x.Pairs.SelectMany(p => new[] { p.Key, p.Value }),
        UnaryExpression x => [x.Operand],
        BinaryExpression x => [x.Left, x.Right],
        ComparisonExpression x => [x.First, .. x.Rest.Select(r => r.Value)],
        ConcatenationExpression x => x.Parts,
        AttributeExpression x => [x.Target],
        SubscriptExpression x => [x.Target, x.Index],
        SliceExpression x => [x.Target, x.Start, x.Stop, x.Step],
        CallExpression x => [x.Target, .. Arguments(x.Arguments)],
        FilterExpression x => [x.Input, .. Arguments(x.Arguments)],
        TestExpression x => [x.Input, .. Arguments(x.Arguments)],
        ConditionalExpression x => [x.Test, x.Yes, x.No],
        TupleTarget x => x.Items,
        OutputStatement x => [x.Value],
        IfStatement x => [.. x.Branches.SelectMany(b => b.Value.Prepend<Node>(b.Key)), .. x.Else],
        ForStatement x => [x.Target, x.Items, x.Filter, .. x.Body, .. x.Else],
        SetStatement x => [x.Target, x.Value],
        SetBlockStatement x => [x.Target, x.Filter, .. x.Body],
        MacroStatement x => [.. x.Macro.Defaults, .. x.Macro.Body],
        CallStatement x => [x.Call, .. x.Caller.Defaults, .. x.Caller.Body],
        FilterStatement x => [x.Filter, .. x.Body],
        WithStatement x => [.. x.Values.SelectMany(v => new Node[] { v.Key, v.Value }), .. x.Body],
        BlockStatement x => x.Body,
        GenerationStatement x => x.Body,
        _ => [],
    };

    private static IEnumerable<Expression?> Arguments(ArgumentList arguments) =>
        [.. arguments.Positional, .. arguments.Named.Select(n => n.Value), arguments.MorePositional, arguments.MoreNamed];
}
