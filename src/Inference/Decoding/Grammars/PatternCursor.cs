namespace KernelFoundry.Inference.Decoding;

/// <summary>Reads the source of a grammar or expression, and knows where it is.</summary>
internal sealed class PatternCursor(string text, int offset = 0)
{
    private const int Deepest = 200;
    private int _depth;

    public string Text { get; } = text;

    public int Offset { get; set; } = offset;

    public bool IsAtEnd => Offset >= Text.Length;

    /// <summary>The next character, or 0 at the end.</summary>
    public char Peek => IsAtEnd ? '\0' : Text[Offset];

    public bool Take(char expected)
    {
        if (IsAtEnd || Text[Offset] != expected)
            return false;
        Offset++;
        return true;
    }

    public bool Take(string expected)
    {
        if (string.CompareOrdinal(Text, Offset, expected, 0, expected.Length) != 0)
            return false;
        Offset += expected.Length;
        return true;
    }

    /// <summary>The next character, by its code point.</summary>
    public int Next(string where)
    {
        if (IsAtEnd)
            throw Error($"The {where} is not closed.");
        int point = char.IsSurrogatePair(Text, Offset) ? char.ConvertToUtf32(Text, Offset) : Text[Offset];
        if (char.IsSurrogate(Text[Offset]) && point < 0x10000)
            throw Error("Half a surrogate pair stands here; write a whole character.");
        Offset += point >= 0x10000 ? 2 : 1;
        return point;
    }

    public int Hex(int digits)
    {
        int value = 0;
        for (int i = 0; i < digits; i++)
        {
            if (!char.IsAsciiHexDigit(Peek))
                throw Error($"An escape has {digits} hexadecimal digits here.");
            value = (value * 16) + Convert.ToInt32(Text[Offset++].ToString(), 16);
        }

        return value is >= 0xD800 and <= 0xDFFF or > 0x10FFFF ? throw Error("This is no character's number.") : value;
    }

    public int Number(string what)
    {
        int start = Offset;
        while (char.IsAsciiDigit(Peek))
            Offset++;
        return int.TryParse(Text.AsSpan(start, Offset - start), System.Globalization.CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new GrammarException(Text, start, $"A {what} is a number below 2^31.");
    }

    /// <summary>Reads what is nested, unless it is nested too deeply.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > Deepest)
            throw Error($"Brackets are nested deeper than {Deepest}.");
        T result = read();
        _depth--;
        return result;
    }

    /// <summary>Reads parts with | between them; the next one may begin in another line.</summary>
    /// <param name="part">Reads one.</param>
    /// <param name="skipSpace">Skips what means nothing, across lines or not.</param>
    public Pattern Alternatives(Func<Pattern> part, Action<bool> skipSpace)
    {
        List<Pattern> alternatives = [Part()];
        while (Take('|'))
        {
            skipSpace(true);
            alternatives.Add(Part());
        }

        return Pattern.Choice(alternatives);

        Pattern Part()
        {
            Pattern read = part();
            int at = Offset;
            skipSpace(true);
            if (Peek != '|')
                Offset = at;
            return read;
        }
    }

    /// <summary>Reads a text in quotes, its escapes replaced.</summary>
    public string Quoted()
    {
        Expect('"');
        var text = new System.Text.StringBuilder();
        while (Peek != '"' || IsAtEnd)
            text.Append(char.ConvertFromUtf32(Take('\\') ? CharacterClass.Escape(this, isRegex: false)[0].First : Next("text")));
        Offset++;
        return text.ToString();
    }

    /// <summary>Reads a name, which has one character at least.</summary>
    public string Name(Func<char, bool> isNameCharacter, string what)
    {
        int start = Offset;
        while (isNameCharacter(Peek))
            Offset++;
        return Offset > start ? Text[start..Offset] : throw Error($"{what} is expected here.");
    }

    /// <summary>Skips spaces and comments.</summary>
    /// <param name="comment">What a comment begins with; it goes to the line's end.</param>
    /// <param name="acrossLines">Whether line ends are spaces.</param>
    public void SkipSpace(string comment, bool acrossLines)
    {
        while (!IsAtEnd)
        {
            if (Take(comment))
            {
                while (!IsAtEnd && Peek != '\n')
                    Offset++;
            }
            else if (Peek is ' ' or '\t' || (acrossLines && Peek is '\n' or '\r'))
            {
                Offset++;
            }
            else
            {
                return;
            }
        }
    }

    public GrammarException Error(string message) => new(Text, Offset, message);

    public void Expect(char expected)
    {
        if (!Take(expected))
            throw Error(IsAtEnd ? $"'{expected}' is missing at the end." : $"'{expected}' is missing before '{Peek}'.");
    }
}
