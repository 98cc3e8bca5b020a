using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Cuts the inside of a tag into tokens.</summary>
internal sealed class TagReader(SourceText source, List<Token> tokens)
{
    private static readonly string[] s_operators =
    [
        "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    private readonly string _text = source.Text;
    private readonly Stack<char> _open = new();

    /// <summary>Reads until the tag's end.</summary>
    /// <param name="at">Where its inside begins.</param>
    /// <param name="close">What ends it, outside of brackets: a '-' or '+' may stand before it.</param>
    /// <param name="open">Where the tag begins.</param>
    /// <returns>Where its end begins, with the sign.</returns>
    public int Read(int at, string close, int open)
    {
        while (at < _text.Length)
        {
            if (_open.Count == 0 && IsEnd(at, close))
                return at;
            char c = _text[at];
            if (PythonCharacter.IsSpace(c))
                at++;
            else if (char.IsAsciiDigit(c))
                at = ReadNumber(at);
            else if (PythonCharacter.IsNameStart(c))
                at = ReadName(at);
            else if (c is '\'' or '"')
                at = ReadString(at);
            else
                at = ReadOperator(at);
        }

        throw source.Error(open, $"the tag has no end '{close}'.");
    }

    private bool IsEnd(int at, string close)
    {
        // "+}}" is an operator and the end: only blocks keep their line break with a plus.
        bool signed = _text[at] == '-' || (_text[at] == '+' && close == "%}");
        return string.CompareOrdinal(_text, at + (signed ? 1 : 0), close, 0, close.Length) == 0;
    }

    private int ReadName(int at)
    {
        int end = at + 1;
        while (end < _text.Length && PythonCharacter.IsNamePart(_text[end]))
            end++;
        tokens.Add(new Token(TokenKind.Name, _text[at..end], at));
        return end;
    }

    private int ReadNumber(int at)
    {
        int end = NumberScanner.End(_text, at, out bool isFloat);
        tokens.Add(new Token(isFloat ? TokenKind.Float : TokenKind.Integer, _text[at..end], at));
        return end;
    }

    private int ReadString(int at)
    {
        char quote = _text[at];
        int end = at + 1;
        while (end < _text.Length && _text[end] != quote)
            end += _text[end] == '\\' ? 2 : 1;
        if (end >= _text.Length)
            throw source.Error(at, "the string has no end.");
        string? text = StringEscapes.TryDecode(_text.AsSpan(at + 1, end - at - 1), out string? wrong);
        tokens.Add(new Token(TokenKind.String, text ?? throw source.Error(at, wrong!), at));
        return end + 1;
    }

    private int ReadOperator(int at)
    {
        string text = Array.Find(s_operators, o => string.CompareOrdinal(_text, at, o, 0, o.Length) == 0)
            ?? throw source.Error(at, $"the character '{_text[at]}' means nothing here.");
        switch (text[0])
        {
            case '(':
            case '[':
            case '{':
                _open.Push(text[0] == '(' ? ')' : text[0] == '[' ? ']' : '}');
                break;
            case ')':
            case ']':
            case '}':
                if (!_open.TryPop(out char expected))
                    throw source.Error(at, $"'{text}' closes nothing.");
                if (expected != text[0])
                    throw source.Error(at, $"'{text}' stands where '{expected}' must.");
                break;
        }

        tokens.Add(new Token(TokenKind.Operator, text, at));
        return at + text.Length;
    }
}
