namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Tokens, one after the other.</summary>
internal sealed class TokenStream(SourceText source, IReadOnlyList<Token> tokens)
{
    private int _next;

    public SourceText Source => source;

    public Token Current => tokens[_next];

    public Token Following => tokens[Math.Min(_next + 1, tokens.Count - 1)];

    public Token Next()
    {
        Token token = Current;
        if (token.Kind != TokenKind.End)
            _next++;
        return token;
    }

    public bool TrySkipOperator(string text) => TrySkip(Current.IsOperator(text));

    public bool TrySkipName(string name) => TrySkip(Current.IsName(name));

    public Token ExpectOperator(string text) => Current.IsOperator(text) ? Next() : throw Unexpected($"'{text}'");

    public Token ExpectName() => Expect(TokenKind.Name, "a name");

    public Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Next() : throw Unexpected(what);

    public TemplateException Unexpected(string expected) => source.Error(Current.At, $"expected {expected}, found {Current}.");

    private bool TrySkip(bool skips)
    {
        if (skips)
            Next();
        return skips;
    }
}
