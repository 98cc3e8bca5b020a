namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>A token: what it is, its text, and the offset where it begins.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int At)
{
    public bool Is(TokenKind kind, string text) => Kind == kind && Text == text;

    public bool IsName(string name) => Is(TokenKind.Name, name);

    public bool IsOperator(string text) => Is(TokenKind.Operator, text);

    /// <summary>The token as an error message calls it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.Text => "text",
        TokenKind.OutputBegin or TokenKind.OutputEnd or TokenKind.TagBegin or TokenKind.TagEnd => $"'{Text}'",
        TokenKind.String => "a string",
        _ => $"'{(Text.Length > 40 ? Text[..40] + "..." : Text)}'",
    };
}
