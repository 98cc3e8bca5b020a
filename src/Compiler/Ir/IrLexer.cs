using System.Globalization;
using System.Text;

namespace KernelFoundry.Compiler.Ir;

internal enum IrTokenKind
{
    End,
    Name,
    Number,
    String,

    /// <summary>A value's number after '%'.</summary>
    Value,

    /// <summary>The number after '?' of an extent that only the caller of a function knows.</summary>
    Free,
    Symbol,
}

/// <summary>A token and where it starts in the text, lines and columns from 1. Text is without quotes, '%' and '?'.</summary>
internal readonly record struct IrToken(IrTokenKind Kind, string Text, int Line, int Column)
{
    public override string ToString() => Kind switch
    {
        IrTokenKind.End => "the end of the text",
        IrTokenKind.Value => "'%" + Text + "'",
        IrTokenKind.Free => "'?" + Text + "'",
        _ => $"'{Text}'",
    };
}

/// <summary>Splits IR text into tokens. Blanks and line ends separate; that a line ended is seen in the tokens' lines.</summary>
internal sealed class IrLexer(string text)
{
    private const string Symbols = "{}()[]<>:;,.=";

    private int _at;
    private int _line = 1;
    private int _lineStart;

    /// <summary>Reads the next token.</summary>
    /// <exception cref="IrException">A character or string that belongs to no token.</exception>
    public IrToken Next()
    {
        for (; _at < text.Length && char.IsWhiteSpace(text[_at]); _at++)
        {
            if (text[_at] == '\n')
            {
                _line++;
                _lineStart = _at + 1;
            }
        }

        int start = _at, column = _at - _lineStart + 1;
        IrToken Token(IrTokenKind kind, string value) => new(kind, value, _line, column);
        if (_at == text.Length)
            return Token(IrTokenKind.End, "");

        char c = text[_at++];
        if (IrText.IsNameStart(c))
        {
            Skip(IrText.IsNamePart);
            return Token(IrTokenKind.Name, text.Substring(start, _at - start));
        }

        if (c is '%' or '?')
        {
            Skip(IsDigit);
            if (_at == start + 1)
                throw Error($"'{c}' needs a number", column);
            return Token(c == '%' ? IrTokenKind.Value : IrTokenKind.Free, text.Substring(start + 1, _at - start - 1));
        }

        if (IsDigit(c) || c == '-')
        {
            for (; _at < text.Length && IsNumberPart(text[_at], text[_at - 1]); _at++)
            {
            }

            return Token(IrTokenKind.Number, text.Substring(start, _at - start));
        }

        if (c == '"')
            return Token(IrTokenKind.String, Quoted(column));
        return Symbols.IndexOf(c) >= 0 ? Token(IrTokenKind.Symbol, c.ToString()) : throw Error($"unexpected character '{c}'", column);
    }

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool IsNumberPart(char c, char before) =>
        IsDigit(c) || c == '.' || (c is >= 'a' and <= 'z') || (c is >= 'A' and <= 'Z') || (c is '+' or '-' && before is 'e' or 'E');

    private string Quoted(int column)
    {
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] is not ('"' or '\n'))
        {
            char c = text[_at++];
            if (c != '\\')
            {
                value.Append(c);
            }
            else if (_at < text.Length && text[_at] is '"' or '\\')
            {
                value.Append(text[_at++]);
            }
            else if (_at + 5 <= text.Length && text[_at] == 'u'
                && ushort.TryParse(text.Substring(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                value.Append((char)code);
                _at += 5;
            }
            else
            {
                throw Error("a backslash in a string stands before a quote, a backslash or u and four hexadecimal digits", column);
            }
        }

        if (_at == text.Length || text[_at] != '"')
            throw Error("the string has no closing quote", column);
        _at++;
        return value.ToString();
    }

    private void Skip(Func<char, bool> part)
    {
        while (_at < text.Length && part(text[_at]))
            _at++;
    }

    private IrException Error(string message, int column) => new(message, new SourceLocation(IrParser.TextName, _line, column));
}
