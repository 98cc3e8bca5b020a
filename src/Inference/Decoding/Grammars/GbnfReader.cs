namespace KernelFoundry.Inference.Decoding;

/// <summary>Reads grammars in llama.cpp's notation.</summary>
internal sealed class GbnfReader
{
    private readonly PatternCursor _cursor;

    private GbnfReader(string text) => _cursor = new PatternCursor(text);

    public static IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> Read(string text)
    {
        var reader = new GbnfReader(text);
        var rules = new Dictionary<string, (Pattern, int)>();
        reader.SkipSpace(acrossLines: true);
        while (!reader._cursor.IsAtEnd)
        {
            int offset = reader._cursor.Offset;
            string name = reader.Name("rule");
            reader.SkipSpace(acrossLines: false);
            if (!reader._cursor.Take("::="))
                throw reader._cursor.Error($"'::=' is missing after the rule's name '{name}'.");
            reader.SkipSpace(acrossLines: true);
            Pattern pattern = reader.Alternatives(isNested: false);
            if (!rules.TryAdd(name, (pattern, offset)))
                throw new GrammarException(text, offset, $"There are two rules '{name}'.");
            reader.SkipSpace(acrossLines: true);
        }

        return rules;
    }

    private static bool IsNameCharacter(char each) => char.IsAsciiLetterOrDigit(each) || each is '-' or '_';

    private Pattern Alternatives(bool isNested)
    {
        List<Pattern> alternatives = [Sequence(isNested)];
        while (_cursor.Take('|'))
        {
            SkipSpace(acrossLines: true);
            alternatives.Add(Sequence(isNested));
        }

        return Pattern.Choice(alternatives);
    }

    private Pattern Sequence(bool isNested)
    {
        var parts = new List<Pattern>();
        while (!_cursor.IsAtEnd && _cursor.Peek is not ('|' or ')' or '\n' or '\r'))
        {
            parts.Add(Repetition.Read(_cursor, Atom(), isRegex: false));
            SkipSpace(isNested);
        }

        // An alternative may go on in the next line with its |.
        int at = _cursor.Offset;
        SkipSpace(acrossLines: true);
        if (_cursor.Peek != '|')
            _cursor.Offset = at;
        return Pattern.Sequence(parts);
    }

    private Pattern Atom()
    {
        int offset = _cursor.Offset;
        switch (_cursor.Peek)
        {
            case '"':
                return Quoted();
            case '[':
                return CharacterClass.Read(_cursor, isRegex: false);
            case '.':
                _cursor.Offset++;
                return CharacterSets.Any;
            case '(':
                _cursor.Offset++;
                SkipSpace(acrossLines: true);
                Pattern group = _cursor.Nested(() => Alternatives(isNested: true));
                SkipSpace(acrossLines: true);
                _cursor.Expect(')');
                return group;
            default:
                return IsNameCharacter(_cursor.Peek)
                    ? new RulePattern(Name("rule"), offset)
                    : throw _cursor.Error($"'{_cursor.Peek}' begins nothing; expected a \"text\", a [class], a rule's name, . or ( ).");
        }
    }

    private Pattern Quoted()
    {
        _cursor.Expect('"');
        var text = new System.Text.StringBuilder();
        while (_cursor.Peek != '"' || _cursor.IsAtEnd)
            text.Append(char.ConvertFromUtf32(_cursor.Take('\\') ? CharacterClass.Escape(_cursor, isRegex: false)[0].First : _cursor.Next("text")));
        _cursor.Offset++;
        return Pattern.Text(text.ToString());
    }

    private string Name(string what)
    {
        int start = _cursor.Offset;
        while (IsNameCharacter(_cursor.Peek))
            _cursor.Offset++;
        return _cursor.Offset > start ? _cursor.Text[start.._cursor.Offset] : throw _cursor.Error($"A {what}'s name is expected here.");
    }

    private void SkipSpace(bool acrossLines)
    {
        while (!_cursor.IsAtEnd)
        {
            if (_cursor.Peek == '#')
            {
                while (!_cursor.IsAtEnd && _cursor.Peek != '\n')
                    _cursor.Offset++;
            }
            else if (_cursor.Peek is ' ' or '\t' || (acrossLines && _cursor.Peek is '\n' or '\r'))
            {
                _cursor.Offset++;
            }
            else
            {
                return;
            }
        }
    }
}
