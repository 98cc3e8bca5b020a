namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Reads what can be assigned to: a name, several of them, or an attribute of a namespace.</summary>
internal sealed class TargetParser(TokenStream tokens, Nesting nesting)
{
    private static readonly string[] s_reserved = ["true", "True", "false", "False", "none", "None"];

    public NameTarget ParseName()
    {
        Token name = tokens.ExpectName();
        return s_reserved.Contains(name.Text)
            ? throw tokens.Source.Error(name.At, $"{name} cannot be assigned to.")
            : new NameTarget(name.At, name.Text);
    }

    public Target ParseWithAttribute()
    {
        if (tokens.Current.Kind != TokenKind.Name || !tokens.Following.IsOperator("."))
            return Parse(endName: null);
        NameTarget space = ParseName();
        tokens.Next();
        return new AttributeTarget(space.At, space.Name, tokens.ExpectName().Text);
    }

    /// <summary>A name, or several with commas between them.</summary>
    /// <param name="endName">The name that ends them.</param>
    public Target Parse(string? endName)
    {
        int at = tokens.Current.At;
        var items = new List<Target>();
        bool isTuple = false;
        while (!Ends(endName))
        {
            items.Add(ParseItem());
            if (!tokens.TrySkipOperator(","))
                break;
            isTuple = true;
        }

        if (items.Count == 0)
            throw tokens.Unexpected("a name");
        return isTuple ? new TupleTarget(at, items) : items[0];
    }

    private bool Ends(string? endName) =>
        tokens.Current.IsOperator(")") || tokens.Current.IsOperator("=") || tokens.Current.Kind == TokenKind.TagEnd
        || (endName is not null && tokens.Current.IsName(endName));

    private Target ParseItem()
    {
        if (!tokens.Current.IsOperator("("))
            return ParseName();
        nesting.Enter(tokens.Next().At);
        Target inner = Parse(endName: null);
        nesting.Leave();
        tokens.ExpectOperator(")");
        return inner;
    }
}
