using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>
/// Reads a regular expression in the syntax that the Rust, Oniguruma and .NET engines share. Without: back references, look-behind,
/// and look-ahead at more than one code point, which no linear-time matcher has.
/// </summary>
internal sealed class PatternParser
{
    // A hostile pattern is refused before it costs much: groups nest this deep, and a count repeats this often.
    private const int MaximumDepth = 50;
    private const int MaximumCount = 1000;
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

    /// <summary>What stands between '[' and ']': items, ranges, classes in it, and <c>&amp;&amp;</c>, which keeps what both sides have.</summary>
    private CodePointSet ParseClass()
    {
        if (++_depth > MaximumDepth)
            throw Error($"nested deeper than {MaximumDepth} classes");
        bool isNegated = TryTake('^');
        var items = new List<(int First, int Last)>();
        CodePointSet? both = null;
        bool isFirst = true;
        for (; isFirst || !TryTake(']'); isFirst = false)
        {
            if (_at + 1 < _text.Length && _text[_at] == '&' && _text[_at + 1] == '&')
            {
                _at += 2;
                both = Both(both, items);
                items.Clear();
                continue;
            }

            items.AddRange(ParseItem().Ranges.ToArray());
        }

        var set = Cased(Both(both, items));
        _depth--;
        return isNegated ? set.Complement() : set;

        static CodePointSet Both(CodePointSet? left, List<(int First, int Last)> right) =>
            left is null ? CodePointSet.Of(right) : left.Intersect(CodePointSet.Of(right));
    }

    private CodePointSet ParseItem()
    {
        int c = Take();
        if (c == '[')
            return ParseClass();
        var set = c == '\\' ? ParseEscape() : CodePointSet.Of(c);
        bool isRange = _at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] is not (']' or '[');
        if (!isRange || set.Ranges is not [var (first, _)] || set.Ranges[0].Last != first)
            return set;
        _at++;
        c = Take();
        var end = c == '\\' ? ParseEscape() : CodePointSet.Of(c);
        return end.Ranges is [var (last, same)] && last == same && last >= first
            ? CodePointSet.Of([(first, last)])
            : throw Error("using a range that does not rise");
    }

    private CodePointSet ParseEscape()
    {
        int c = Take();
        switch (c)
        {
            case 's': return UnicodeSets.WhiteSpace;
            case 'S': return UnicodeSets.WhiteSpace.Complement();
            case 'd': return UnicodeSets.Digit;
            case 'D': return UnicodeSets.Digit.Complement();
            case 'w': return UnicodeSets.Word;
            case 'W': return UnicodeSets.Word.Complement();
            case 'p': return ParseProperty();
            case 'P': return ParseProperty().Complement();
            case 'r': return CodePointSet.Of('\r');
            case 'n': return CodePointSet.Of('\n');
            case 't': return CodePointSet.Of('\t');
            case 'f': return CodePointSet.Of('\f');
            case 'v': return CodePointSet.Of('\v');
            case 'x': return CodePointSet.Of(TryTake('{') ? ReadHex(1, 6, '}') : ReadHex(2, 2, null));
            case 'u': return CodePointSet.Of(TryTake('{') ? ReadHex(1, 6, '}') : ReadHex(4, 4, null));
            default:
                return c < 0x80 && char.IsAsciiLetterOrDigit((char)c)
                    ? throw Error($"using '\\{(char)c}', which is not supported")
                    : CodePointSet.Of(c);
        }
    }

    private CodePointSet ParseProperty()
    {
        var name = new StringBuilder();
        if (!TryTake('{'))
            name.Append(char.ConvertFromUtf32(Take()));
        else
        {
            for (int c = Take(); c != '}'; c = Take())
                name.Append(char.ConvertFromUtf32(c));
        }

        bool isNegated = name.Length > 1 && name[0] == '^';
        var set = UnicodeSets.Category(name.ToString(isNegated ? 1 : 0, name.Length - (isNegated ? 1 : 0)))
            ?? throw Error($"using the property '{name}', which is not supported");
        return isNegated ? set.Complement() : set;
    }

    private int ReadHex(int least, int most, int? end)
    {
        var digits = new StringBuilder();
        while (digits.Length < most && !AtEnd && _text[_at] < 0x80 && char.IsAsciiHexDigit((char)_text[_at]))
            digits.Append((char)_text[_at++]);
        if (digits.Length < least || (end is { } close && !TryTake(close))
            || !int.TryParse(digits.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value > CodePointSet.Last)
            throw Error("using an escape that is no code point");
        return value;
    }

    /// <summary>With what differs from the set's members by simple case alone. The long s and the Kelvin sign are cases of s and k.</summary>
    private CodePointSet Cased(CodePointSet set)
    {
        if (!_ignoreCase)
            return set;
        var ranges = set.Ranges.ToArray().ToList();
        foreach (var (first, last) in set.Ranges)
        {
            for (int c = first; c <= last; c++)
            {
                if (!Rune.TryCreate(c, out Rune rune))
                    continue;
                int upper = Rune.ToUpperInvariant(rune).Value, lower = Rune.ToLowerInvariant(rune).Value;
                ranges.Add((upper, upper));
                ranges.Add((lower, lower));
                int other = lower switch { 's' => 0x17F, 'k' => 0x212A, 0x17F => 's', _ => c };
                ranges.Add((other, other));
            }
        }

        return CodePointSet.Of(ranges);
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
