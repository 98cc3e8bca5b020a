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
            string name = reader.Name();
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

    private Pattern Alternatives(bool isNested) => _cursor.Alternatives(() => Sequence(isNested), SkipSpace);

    private Pattern Sequence(bool isNested)
    {
        var parts = new List<Pattern>();
        while (!_cursor.IsAtEnd && _cursor.Peek is not ('|' or ')' or '\n' or '\r'))
        {
            parts.Add(Repetition.Read(_cursor, Atom(), isRegex: false));
            SkipSpace(isNested);
        }

        return Pattern.Sequence(parts);
    }

    private Pattern Atom()
    {
        int offset = _cursor.Offset;
        switch (_cursor.Peek)
        {
            case '"':
                return Pattern.Text(_cursor.Quoted());
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
                    ? new RulePattern(Name(), offset)
                    : throw _cursor.Error($"'{_cursor.Peek}' begins nothing; expected a \"text\", a [class], a rule's name, . or ( ).");
        }
    }

    private string Name() => _cursor.Name(IsNameCharacter, "A rule's name");

    private void SkipSpace(bool acrossLines) => _cursor.SkipSpace("#", acrossLines);
}
