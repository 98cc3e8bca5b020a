namespace KernelFoundry.Testing.Ptx;

/// <summary>A word of a module: a directive, a name or opcode with its dots, a number, a string, or one character.</summary>
internal readonly record struct PtxToken(string Text, int Line)
{
    public bool IsWord => Text.Length > 0 && (char.IsAsciiLetter(Text[0]) || Text[0] is '_' or '$' or '%');

    public bool IsNumber => Text.Length > 0 && char.IsAsciiDigit(Text[0]);

    public bool IsDirective => Text.Length > 1 && Text[0] == '.';
}

/// <summary>Splits a module into words.</summary>
internal static class PtxLexer
{
    public static List<PtxToken> Split(string text)
    {
        var tokens = new List<PtxToken>();
        int line = 1;
        for (int at = 0; at < text.Length;)
        {
            char c = text[at];
            if (c == '\n')
                line++;
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (Starts(text, at, "//"))
            {
                while (at < text.Length && text[at] != '\n')
                    at++;
            }
            else if (Starts(text, at, "/*"))
            {
                int end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
                if (end < 0)
                    throw new PtxException(line, "a comment has no end");
                line += text.AsSpan(at, end - at).Count('\n');
                at = end + 2;
            }
            else
            {
                int start = at;
                at = End(text, at, line);
                tokens.Add(new PtxToken(text[start..at], line));
            }
        }

        return tokens;
    }

    private static int End(string text, int at, int line)
    {
        char c = text[at++];
        if (c == '"')
        {
            int end = text.IndexOf('"', at);
            return end < 0 ? throw new PtxException(line, "a string has no end") : end + 1;
        }

        if (!IsInWord(c) && c != '.')
            return ",;:()[]{}<>@!|+-=".Contains(c) ? at : throw new PtxException(line, $"'{c}' is no character of PTX");
        while (at < text.Length && (IsInWord(text[at]) || text[at] == '.' || Starts(text, at, "::")))
            at += text[at] == ':' ? 2 : 1;
        return at;
    }

    private static bool IsInWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '%';

    private static bool Starts(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;
}
