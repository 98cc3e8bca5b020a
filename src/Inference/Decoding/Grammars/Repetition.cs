namespace KernelFoundry.Inference.Decoding;

/// <summary>Reads * + ? {m} {m,} {m,n} after a part.</summary>
internal static class Repetition
{
    /// <summary>The part, repeated as what follows says.</summary>
    /// <param name="cursor">After the part.</param>
    /// <param name="part">The part.</param>
    /// <param name="isRegex">Whether a ? may follow, which makes a match short and changes nothing about which texts there are.</param>
    public static Pattern Read(PatternCursor cursor, Pattern part, bool isRegex)
    {
        while (true)
        {
            int start = cursor.Offset;
            if (cursor.Take('*'))
                part = part.Star();
            else if (cursor.Take('+'))
                part = part.Plus();
            else if (cursor.Take('?'))
                part = part.Optional();
            else if (cursor.Take('{'))
                part = Counted(cursor, part, start);
            else
                return part;
            if (isRegex)
            {
                cursor.Take('?');
                if (cursor.Peek is '*' or '+')
                    throw cursor.Error("Something repeated is repeated again; put it in ( ).");
            }
        }
    }

    private static RepeatPattern Counted(PatternCursor cursor, Pattern part, int start)
    {
        int least = cursor.Number("count");
        int? most = least;
        if (cursor.Take(','))
            most = cursor.Peek == '}' ? null : cursor.Number("count");
        cursor.Expect('}');
        return most is { } bound && bound < least
            ? throw new GrammarException(cursor.Text, start, $"{{{least},{bound}}} has its counts the wrong way round.")
            : new RepeatPattern(part, least, most);
    }
}
