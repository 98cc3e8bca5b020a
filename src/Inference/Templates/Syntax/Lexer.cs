using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>
/// Cuts a template into text and tags. Whitespace is decided here: a '-' in a tag takes all of it on that side, a tag or comment on a line
/// of its own takes the whole line unless a '+' keeps it.
/// </summary>
internal sealed class Lexer
{
    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;

    // Whether the last thing read ended with a line break, so that what follows begins a line.
    private bool _lineStarts = true;

    private Lexer(SourceText source)
    {
        _source = source;
        _text = source.Text;
    }

    public static IReadOnlyList<Token> Read(SourceText source)
    {
        var lexer = new Lexer(source);
        lexer.Read();
        return lexer._tokens;
    }

    private void Read()
    {
        while (_at < _text.Length)
        {
            int open = FindOpening();
            if (open < 0)
            {
                AddText(_text.Length);
                break;
            }

            if (TryReadRaw(open))
                continue;
            char sort = _text[open + 1];
            char sign = SignAt(open + 2);
            AddText(TextEnd(open, sign, strips: sort != '{'));
            _at = open + 2 + (sign == '\0' ? 0 : 1);
            if (sort == '#')
                SkipComment(open);
            else
                ReadTag(open, sort);
        }

        _tokens.Add(new Token(TokenKind.End, "", _text.Length));
    }

    private int FindOpening()
    {
        for (int at = _at; (at = _text.IndexOf('{', at)) >= 0 && at + 1 < _text.Length; at++)
        {
            if (_text[at + 1] is '{' or '%' or '#')
                return at;
        }

        return -1;
    }

    private char SignAt(int at) => at < _text.Length && _text[at] is '-' or '+' ? _text[at] : '\0';

    private void AddText(int end)
    {
        if (end > _at)
            _tokens.Add(new Token(TokenKind.Text, _text[_at..end], _at));
    }

    /// <summary>Where the text before a tag ends.</summary>
    private int TextEnd(int open, char sign, bool strips)
    {
        int end = open;
        if (sign == '-')
        {
            while (end > _at && PythonCharacter.IsSpace(_text[end - 1]))
                end--;
            return end;
        }

        if (sign == '+' || !strips)
            return end;
        while (end > _at && _text[end - 1] != '\n' && PythonCharacter.IsSpace(_text[end - 1]))
            end--;
        bool lineStarts = end > _at ? _text[end - 1] == '\n' : _lineStarts;
        return lineStarts ? end : open;
    }

    private void SkipComment(int open)
    {
        int close = _text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (close < 0)
            throw _source.Error(open, "the comment has no end '#}'.");
        char sign = close > _at && _text[close - 1] is '-' or '+' ? _text[close - 1] : '\0';
        EndTag(close + 2, sign);
    }

    /// <summary>Goes on after a tag or comment.</summary>
    private void EndTag(int end, char sign, bool trims = true)
    {
        _at = end;
        if (sign == '-')
        {
            while (_at < _text.Length && PythonCharacter.IsSpace(_text[_at]))
                _at++;
        }
        else if (trims && sign != '+' && _at < _text.Length && _text[_at] == '\n')
        {
            _at++;
        }

        _lineStarts = _text[_at - 1] == '\n';
    }

    private void ReadTag(int open, char sort)
    {
        (TokenKind begin, TokenKind end, string close) =
            sort == '{' ? (TokenKind.OutputBegin, TokenKind.OutputEnd, "}}") : (TokenKind.TagBegin, TokenKind.TagEnd, "%}");
        _tokens.Add(new Token(begin, _text.Substring(open, 2), open));
        var reader = new TagReader(_source, _tokens);
        _at = reader.Read(_at, close, open);
        char sign = _text[_at] is '-' or '+' ? _text[_at] : '\0';
        _tokens.Add(new Token(end, close, _at));
        EndTag(_at + close.Length + (sign == '\0' ? 0 : 1), sign, trims: sort != '{');
    }

    private bool TryReadRaw(int open)
    {
        if (!TryReadBareTag(open, "raw", out char sign, out int end, out char closingSign) || closingSign == '+')
            return false;
        AddText(TextEnd(open, sign, strips: true));
        EndTag(end, closingSign, trims: false);
        for (int at = _at; (at = _text.IndexOf("{%", at, StringComparison.Ordinal)) >= 0; at++)
        {
            if (!TryReadBareTag(at, "endraw", out sign, out end, out closingSign))
                continue;
            AddText(TextEnd(at, sign, strips: true));
            EndTag(end, closingSign);
            return true;
        }

        throw _source.Error(open, "the raw block has no end '{% endraw %}'.");
    }

    // A tag that is one word and nothing else.
    private bool TryReadBareTag(int open, string word, out char sign, out int end, out char closingSign)
    {
        sign = SignAt(open + 2);
        closingSign = '\0';
        end = SkipSpace(open + 2 + (sign == '\0' ? 0 : 1));
        if (_text[open + 1] != '%' || string.CompareOrdinal(_text, end, word, 0, word.Length) != 0)
            return false;
        end = SkipSpace(end + word.Length);
        closingSign = SignAt(end);
        if (closingSign != '\0')
            end++;
        bool closes = string.CompareOrdinal(_text, end, "%}", 0, 2) == 0;
        end += 2;
        return closes;
    }

    private int SkipSpace(int at)
    {
        while (at < _text.Length && PythonCharacter.IsSpace(_text[at]))
            at++;
        return at;
    }
}
