namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Reads grammars in Lark's notation. Rules have lower-case names, terminals upper-case ones; what <c>%ignore</c> names may stand after every
/// terminal in a rule. Aliases and priorities, which shape Lark's tree, are read and mean nothing.
/// </summary>
internal sealed class LarkReader
{
    private static readonly Dictionary<string, string> s_common = new()
    {
        ["WS"] = "[ \\t\\f\\r\\n]+", ["WS_INLINE"] = "[ \\t]+", ["NEWLINE"] = "(\\r?\\n)+", ["DIGIT"] = "[0-9]", ["INT"] = "[0-9]+",
        ["SIGNED_INT"] = "[+\\-]?[0-9]+", ["DECIMAL"] = "[0-9]+\\.[0-9]*|\\.[0-9]+", ["LETTER"] = "[A-Za-z]", ["WORD"] = "[A-Za-z]+",
        ["CNAME"] = "[A-Za-z_][A-Za-z0-9_]*", ["NUMBER"] = "([0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+)([eE][+\\-]?[0-9]+)?",
        ["SIGNED_NUMBER"] = "[+\\-]?([0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+)([eE][+\\-]?[0-9]+)?",
        ["ESCAPED_STRING"] = "\"([^\"\\\\\\n]|\\\\[^\\n])*\"",
    };

    private readonly PatternCursor _cursor;
    private readonly Dictionary<string, (Pattern Pattern, int Offset)> _rules = [];
    private readonly List<Pattern> _ignored = [];
    private bool _inTerminal;

    private LarkReader(string text) => _cursor = new PatternCursor(text);

    public static IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> Read(string text)
    {
        var reader = new LarkReader(text);
        reader.SkipSpace(acrossLines: true);
        while (!reader._cursor.IsAtEnd)
        {
            if (reader._cursor.Take('%'))
                reader.Directive();
            else
                reader.Rule();
            reader.SkipSpace(acrossLines: true);
        }

        reader._rules["(gap)"] = (reader._ignored.Count == 0 ? Pattern.Empty : Pattern.Choice(reader._ignored).Star(), 0);
        return reader._rules;
    }

    private static bool IsNameCharacter(char each) => char.IsAsciiLetterOrDigit(each) || each == '_';

    private void Directive()
    {
        int offset = _cursor.Offset - 1;
        string name = Name();
        SkipSpace(acrossLines: false);
        switch (name)
        {
            case "ignore":
                _inTerminal = true;
                _ignored.Add(Alternatives(isNested: false));
                _inTerminal = false;
                break;
            case "import" when _cursor.Take("common."):
                int at = _cursor.Offset;
                string terminal = Name();
                if (!s_common.TryGetValue(terminal, out string? pattern))
                    throw new GrammarException(_cursor.Text, at, $"common.{terminal} is not known; known are {string.Join(", ", s_common.Keys)}.");
                SkipSpace(acrossLines: false);
                if (_cursor.Take("->"))
                {
                    SkipSpace(acrossLines: false);
                    terminal = Name();
                }

                Add(terminal, RegexReader.Read(pattern), offset);
                break;
            default:
                throw new GrammarException(_cursor.Text, offset, "Only %ignore and %import common.NAME are supported.");
        }
    }

    private void Rule()
    {
        _ = _cursor.Take('?') || _cursor.Take('!');
        int offset = _cursor.Offset;
        string name = Name();
        if (_cursor.Take('.'))
            _cursor.Number("priority");
        SkipSpace(acrossLines: false);
        _cursor.Expect(':');
        SkipSpace(acrossLines: true);
        _inTerminal = IsTerminal(name);
        Pattern pattern = Alternatives(isNested: false);
        _inTerminal = false;
        Add(name, name == "start" ? Pattern.Sequence(new RulePattern("(gap)", offset), pattern) : pattern, offset);
    }

    private void Add(string name, Pattern pattern, int offset)
    {
        if (!_rules.TryAdd(name, (pattern, offset)))
            throw new GrammarException(_cursor.Text, offset, $"There are two rules '{name}'.");
    }

    private static bool IsTerminal(string name) => char.IsAsciiLetterUpper(name.TrimStart('_') is { Length: > 0 } rest ? rest[0] : 'a');

    private Pattern Alternatives(bool isNested) => _cursor.Alternatives(() => Sequence(isNested), SkipSpace);

    private Pattern Sequence(bool isNested)
    {
        var parts = new List<Pattern>();
        while (!_cursor.IsAtEnd && _cursor.Peek is not ('|' or ')' or ']' or '\n' or '\r'))
        {
            if (_cursor.Take("->"))
            {
                SkipSpace(acrossLines: false);
                Name();
                SkipSpace(isNested);
                continue;
            }

            parts.Add(Repeated(Atom()));
            SkipSpace(isNested);
        }

        return Pattern.Sequence(parts);
    }

    private Pattern Repeated(Pattern part)
    {
        if (_cursor.Take('*'))
            return part.Star();
        if (_cursor.Take('+'))
            return part.Plus();
        if (_cursor.Take('?'))
            return part.Optional();
        int start = _cursor.Offset;
        if (!_cursor.Take('~'))
            return part;
        SkipSpace(acrossLines: false);
        int least = _cursor.Number("count");
        int most = _cursor.Take("..") ? _cursor.Number("count") : least;
        return most >= least
            ? new RepeatPattern(part, least, most)
            : throw new GrammarException(_cursor.Text, start, $"~{least}..{most} has its counts the wrong way round.");
    }

    private Pattern Atom()
    {
        int offset = _cursor.Offset;
        switch (_cursor.Peek)
        {
            case '"':
                return Spaced(Quoted());
            case '/':
                _cursor.Offset++;
                Pattern regex = RegexReader.Read(_cursor, '/');
                _cursor.Expect('/');
                if (char.IsAsciiLetterLower(_cursor.Peek))
                    throw _cursor.Error("Options of regular expressions are not supported.");
                return Spaced(regex);
            case '(' or '[':
                bool isOptional = _cursor.Peek == '[';
                _cursor.Offset++;
                SkipSpace(acrossLines: true);
                Pattern group = _cursor.Nested(() => Alternatives(isNested: true));
                SkipSpace(acrossLines: true);
                _cursor.Expect(isOptional ? ']' : ')');
                return isOptional ? group.Optional() : group;
            default:
                if (!IsNameCharacter(_cursor.Peek))
                    throw _cursor.Error($"'{_cursor.Peek}' begins nothing; expected a \"text\", a /regex/, a name, ( ) or [ ].");
                string name = Name();
                Pattern reference = new RulePattern(name, offset);
                return IsTerminal(name) ? Spaced(reference) : reference;
        }
    }

    private Pattern Spaced(Pattern terminal) => _inTerminal ? terminal : Pattern.Sequence(terminal, new RulePattern("(gap)", _cursor.Offset));

    private Pattern Quoted()
    {
        int offset = _cursor.Offset;
        string text = _cursor.Quoted();
        if (_cursor.Peek == 'i')
            throw _cursor.Error("Texts in either case are not supported; write a class for each letter.");
        if (_cursor.Take(".."))
        {
            int last = _cursor.Offset;
            Pattern end = Quoted();
            return text.Length == 1 && end is BytesPattern { Bytes: [var high] } && high >= text[0]
                ? CharacterSets.Of([(text[0], high)])
                : throw new GrammarException(_cursor.Text, text.Length == 1 ? last : offset, "A range goes from one character to a later one, in ASCII.");
        }

        return Pattern.Text(text);
    }

    private string Name() => _cursor.Name(IsNameCharacter, "A name");

    private void SkipSpace(bool acrossLines) => _cursor.SkipSpace("//", acrossLines);
}
