namespace KernelFoundry.Inference.Decoding;

/// <summary>Reads regular expressions.</summary>
internal sealed class RegexReader
{
    private readonly PatternCursor _cursor;
    private readonly char _end;

    private RegexReader(PatternCursor cursor, char end) => (_cursor, _end) = (cursor, end);

    /// <summary>Reads a whole expression. Anchors at its ends say what is so anyway.</summary>
    public static Pattern Read(string text)
    {
        var cursor = new PatternCursor(text);
        cursor.Take('^');
        Pattern result = new RegexReader(cursor, '\0').Alternatives();
        return cursor.IsAtEnd ? result : throw cursor.Error(cursor.Peek == ')' ? "This ) closes nothing; write \\) for the character." : "This stands nowhere.");
    }

    /// <summary>Reads an expression up to a character that ends it, which stays unread.</summary>
    public static Pattern Read(PatternCursor cursor, char end) => new RegexReader(cursor, end).Alternatives();

    private Pattern Alternatives() => _cursor.Alternatives(Sequence, static _ => { });

    private Pattern Sequence()
    {
        var parts = new List<Pattern>();
        while (!_cursor.IsAtEnd && _cursor.Peek is not ('|' or ')') && (_end == '\0' || _cursor.Peek != _end))
        {
            if (_cursor.Peek == '$' && _cursor.Offset == _cursor.Text.Length - 1)
            {
                _cursor.Offset++;
                break;
            }

            parts.Add(Repetition.Read(_cursor, Atom(), isRegex: true));
        }

        return Pattern.Sequence(parts);
    }

    private Pattern Atom()
    {
        int start = _cursor.Offset;
        switch (_cursor.Peek)
        {
            case '(':
                _cursor.Offset++;
                if (_cursor.Take('?') && !_cursor.Take(':'))
                    throw new GrammarException(_cursor.Text, start, "Look-around, named groups and options are not supported; only (?: ) is.");
                Pattern group = _cursor.Nested(Alternatives);
                _cursor.Expect(')');
                return group;
            case '[':
                return CharacterClass.Read(_cursor, isRegex: true);
            case '.':
                _cursor.Offset++;
                return CharacterSets.AnyButNewline;
            case '\\':
                _cursor.Offset++;
                return CharacterSets.Of(CharacterClass.Escape(_cursor, isRegex: true));
            case '*' or '+' or '?' or '{':
                throw _cursor.Error($"'{_cursor.Peek}' repeats nothing; write \\{_cursor.Peek} for the character.");
            case '^' or '$':
                throw _cursor.Error($"An anchor stands inside the expression, which matches the whole text anyway; write \\{_cursor.Peek} for the character.");
            default:
                return Pattern.Text(char.ConvertFromUtf32(_cursor.Next("expression")));
        }
    }
}
