namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>
/// Reads a regular expression in the syntax that the Rust, Oniguruma and .NET engines share. Without: back references, look-behind,
/// and look-ahead at more than one code point, which no linear-time matcher has.
/// </summary>
internal sealed partial class PatternParser
{
    // A hostile pattern is refused before it costs much: groups nest this deep, and a count repeats this often.
    private const int MaximumDepth = 50;
    private const int MaximumCount = 1000;
    private const int MaximumLength = 1 << 14;

    private readonly string _pattern;
    private readonly int[] _text;
    private int _at;
    private int _depth;
    private bool _ignoreCase;

    private PatternParser(string pattern)
    {
        _pattern = pattern;
        _text = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];
    }

    /// <exception cref="PatternException">The pattern is malformed or not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        if (pattern.Length > MaximumLength)
            throw new PatternException($"{pattern[..40]}...", $"{pattern.Length} characters long; at most {MaximumLength} are supported");
        var parser = new PatternParser(pattern);
        var node = parser.ParseChoice();
        return parser.AtEnd ? node : throw parser.Error("closed by a ')' that nothing opens");
    }

    private bool AtEnd => _at == _text.Length;

    private PatternNode ParseChoice()
    {
        var choices = new List<PatternNode> { ParseSequence() };
        while (TryTake('|'))
            choices.Add(ParseSequence());
        return choices.Count == 1 ? choices[0] : new PatternNode.Choice(choices);
    }

    private PatternNode.Sequence ParseSequence()
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && _text[_at] is not ('|' or ')'))
            parts.Add(ParseRepeat());
        return new PatternNode.Sequence(parts);
    }

    private PatternNode ParseRepeat()
    {
        var node = ParseOne();
        while (TryReadCount(out int least, out int? most))
        {
            if (node is PatternNode.Ahead)
                throw Error("a repeated assertion");
            bool isLazy = TryTake('?');
            bool isPossessive = !isLazy && TryTake('+');
            var repeat = new PatternNode.Repeat(node, least, most, isLazy);
            node = isPossessive ? Possessive(repeat) : repeat;
        }

        return node;
    }

    /// <summary>Of one code point, taking all there is means: where fewer than the most were taken, no further one follows.</summary>
    private PatternNode Possessive(PatternNode.Repeat repeat)
    {
        if (repeat.Body is not PatternNode.One { Set: var set })
            throw Error("possessive about more than one character, which is not supported");
        var ends = new PatternNode.Ahead(set.Complement(), AcceptsEnd: true);
        if (repeat.Most is not { } most)
            return new PatternNode.Sequence([repeat, ends]);
        return new PatternNode.Choice(
            [.. Enumerable.Range(0, most - repeat.Least + 1).Select(fewer => most - fewer).Select(count => (PatternNode)new PatternNode.Sequence(
                [new PatternNode.Repeat(repeat.Body, count, count, IsLazy: false), .. count == most ? [] : new PatternNode[] { ends }]))]);
    }

    private bool TryReadCount(out int least, out int? most)
    {
        (least, most) = (0, null);
        if (AtEnd)
            return false;
        switch (_text[_at])
        {
            case '*': break;
            case '+': least = 1; break;
            case '?': most = 1; break;
            case '{': return TryReadBraces(out least, out most);
            default: return false;
        }

        _at++;
        return true;
    }

    private bool TryReadBraces(out int least, out int? most)
    {
        int start = _at++;
        least = ReadNumber() ?? -1;
        most = least;
        if (TryTake(','))
            most = ReadNumber();
        if (least < 0 || !TryTake('}'))
            throw Error($"not closed or not a number at '{{', character {start}");
        if (least > MaximumCount || most > MaximumCount || most < least)
            throw Error($"repeating {least} to {most} times; at most {MaximumCount} are supported");
        return true;
    }

    private int? ReadNumber()
    {
        int start = _at, value = 0;
        while (!AtEnd && _text[_at] is >= '0' and <= '9')
            value = Math.Min((value * 10) + _text[_at++] - '0', MaximumCount + 1);
        return _at == start ? null : value;
    }

    private PatternNode ParseOne()
    {
        int c = Take();
        return c switch
        {
            '(' => ParseGroup(),
            '[' => new PatternNode.One(ParseClass()),
            '.' => new PatternNode.One(CodePointSet.Of('\n').Complement()),
            '$' => new PatternNode.Ahead(CodePointSet.Empty, AcceptsEnd: true),
            '\\' => new PatternNode.One(Cased(ParseEscape())),
            '*' or '+' or '?' or '{' => throw Error("repeating nothing"),
            '^' => throw Error("anchored with '^', which is not supported"),
            _ => new PatternNode.One(Cased(CodePointSet.Of(c))),
        };
    }

    private PatternNode ParseGroup()
    {
        if (++_depth > MaximumDepth)
            throw Error($"nested deeper than {MaximumDepth} groups");
        bool outerCase = _ignoreCase;
        PatternNode node;
        if (!TryTake('?'))
            node = ParseChoice();
        else if (TryTake(':'))
            node = ParseChoice();
        else if (TryTake('='))
            node = LookAhead(ParseChoice(), isNegative: false);
        else if (TryTake('!'))
            node = LookAhead(ParseChoice(), isNegative: true);
        else
            node = ParseFlags(ref outerCase);
        if (!TryTake(')'))
            throw Error("not closed by ')'");
        _ignoreCase = outerCase;
        _depth--;
        return node;
    }

    // (?i) holds to the end of the group around it, (?i:...) in the group itself.
    private PatternNode ParseFlags(ref bool outerCase)
    {
        bool on = true;
        for (int c = Take(); ; c = Take())
        {
            switch (c)
            {
                case '-': on = false; break;
                case 'i': _ignoreCase = on; break;
                case ':': return ParseChoice();
                case ')':
                    _at--;
                    outerCase = _ignoreCase;
                    return new PatternNode.Sequence([]);
                default: throw Error($"using the group '(?{char.ConvertFromUtf32(c)}', which is not supported");
            }
        }
    }

    private PatternNode.Ahead LookAhead(PatternNode body, bool isNegative)
    {
        while (body is PatternNode.Sequence { Parts: [var only] })
            body = only;
        return body switch
        {
            PatternNode.One { Set: var set } => new PatternNode.Ahead(isNegative ? set.Complement() : set, isNegative),
            PatternNode.Ahead inner => new PatternNode.Ahead(isNegative ? inner.Set.Complement() : inner.Set, isNegative ^ inner.AcceptsEnd),
            PatternNode.Choice { Choices: var choices } => choices.Select(choice => LookAhead(choice, isNegative)).Aggregate((x, y) => isNegative
                ? new PatternNode.Ahead(x.Set.Intersect(y.Set), x.AcceptsEnd && y.AcceptsEnd)
                : new PatternNode.Ahead(x.Set.Union(y.Set), x.AcceptsEnd || y.AcceptsEnd)),
            _ => throw Error("looking ahead at more than one character, which is not supported"),
        };
    }

    private int Take() => AtEnd ? throw Error("cut off") : _text[_at++];

    private bool TryTake(int expected)
    {
        if (AtEnd || _text[_at] != expected)
            return false;
        _at++;
        return true;
    }

    private PatternException Error(string found) => new(_pattern, found);
}
