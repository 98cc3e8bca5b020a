using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>Classes of characters and escapes.</summary>
internal sealed partial class PatternParser
{
    private static readonly Lazy<(int From, int To)[]> s_cases = new(ReadCases);

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
        return CodePointSet.Of(set.Ranges.ToArray().Concat(s_cases.Value.Where(pair => set.Contains(pair.From)).Select(pair => (pair.To, pair.To))));
    }

    private static (int From, int To)[] ReadCases()
    {
        List<(int From, int To)> pairs = [('s', 0x17F), ('S', 0x17F), (0x17F, 's'), (0x17F, 'S'), ('k', 0x212A), ('K', 0x212A), (0x212A, 'k'), (0x212A, 'K')];
        for (int c = 0; c <= CodePointSet.Last; c++)
        {
            if (!Rune.TryCreate(c, out Rune rune))
                continue;
            int upper = Rune.ToUpperInvariant(rune).Value, lower = Rune.ToLowerInvariant(rune).Value;
            if (upper != c)
                pairs.AddRange([(c, upper), (upper, c)]);
            if (lower != c)
                pairs.AddRange([(c, lower), (lower, c)]);
        }

        return [.. pairs];
    }
}
