namespace KernelFoundry.Inference.Decoding;

/// <summary>Reads classes such as [a-z0-9_] and [^"\\], and escapes.</summary>
internal static class CharacterClass
{
    /// <summary>Reads a class from its bracket on.</summary>
    public static CharacterPattern Read(PatternCursor cursor, bool isRegex)
    {
        int start = cursor.Offset;
        cursor.Expect('[');
        bool isNegated = cursor.Take('^');
        var ranges = new List<(int First, int Last)>();
        for (bool isFirst = true; isFirst || cursor.Peek != ']'; isFirst = false)
        {
            if (isFirst && cursor.Peek == ']' && !isRegex)
                break;
            int at = cursor.Offset;
            IReadOnlyList<(int First, int Last)> first = Member(cursor, isRegex);
            if (cursor.Peek != '-' || cursor.Offset + 1 >= cursor.Text.Length || cursor.Text[cursor.Offset + 1] == ']')
            {
                ranges.AddRange(first);
                continue;
            }

            cursor.Offset++;
            IReadOnlyList<(int First, int Last)> last = Member(cursor, isRegex);
            if (first.Count != 1 || last.Count != 1 || first[0].First != first[0].Last || last[0].First != last[0].Last || last[0].First < first[0].First)
                throw new GrammarException(cursor.Text, at, "A range goes from one character to a later one.");
            ranges.Add((first[0].First, last[0].First));
        }

        cursor.Expect(']');
        CharacterPattern result = isNegated ? CharacterSets.Not(ranges) : CharacterSets.Of(ranges);
        return result.Ranges.Count > 0 ? result : throw new GrammarException(cursor.Text, start, "This class has no character in it.");
    }

    /// <summary>The characters of an escape, after its backslash.</summary>
    public static IReadOnlyList<(int First, int Last)> Escape(PatternCursor cursor, bool isRegex)
    {
        int start = cursor.Offset;
        int next = cursor.Next("escape");
        switch (next)
        {
            case 'n': return One('\n');
            case 'r': return One('\r');
            case 't': return One('\t');
            case 'f': return One('\f');
            case 'v' when isRegex: return One('\v');
            case '0' when isRegex: return One('\0');
            case 'x': return One(cursor.Hex(2));
            case 'u': return One(cursor.Hex(4));
            case 'U': return One(cursor.Hex(8));
            case 'd' when isRegex: return CharacterSets.Digits;
            case 'w' when isRegex: return CharacterSets.Word;
            case 's' when isRegex: return CharacterSets.Space;
            case 'D' when isRegex: return CharacterSets.Not(CharacterSets.Digits).Ranges;
            case 'W' when isRegex: return CharacterSets.Not(CharacterSets.Word).Ranges;
            case 'S' when isRegex: return CharacterSets.Not(CharacterSets.Space).Ranges;
            default:
                if (char.IsAsciiLetterOrDigit((char)Math.Min(next, char.MaxValue)))
                    throw new GrammarException(cursor.Text, start - 1, $"The escape \\{(char)next} is not supported.");
                return One(next);
        }
    }

    private static IReadOnlyList<(int First, int Last)> One(int character) => [(character, character)];

    private static IReadOnlyList<(int First, int Last)> Member(PatternCursor cursor, bool isRegex) =>
        cursor.Take('\\') ? Escape(cursor, isRegex) : One(cursor.Next("class"));
}
