using System.Globalization;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>Number literals as Python writes them: <c>1_000</c>, <c>0xff</c>, <c>1.5e3</c>.</summary>
internal static class NumberScanner
{
    /// <summary>Where the literal that begins at <paramref name="at"/> ends.</summary>
    public static int End(string text, int at, out bool isFloat)
    {
        isFloat = false;
        int end = Digits(text, at, char.IsAsciiDigit);

        // Behind a dot only an index can stand: x.1.2 is element 2 of element 1.
        bool afterDot = at > 0 && text[at - 1] == '.';
        if (!afterDot && End(text, end, '.') is var point && point > end)
        {
            isFloat = true;
            end = point;
        }

        if (!afterDot && Exponent(text, end) is var exponent && exponent > end)
        {
            isFloat = true;
            end = exponent;
        }

        return isFloat ? end : IntegerEnd(text, at);
    }

    /// <summary>The value of an integer literal; null if it has more than 64 bits.</summary>
    public static long? Integer(string literal)
    {
        string digits = literal.Replace("_", "", StringComparison.Ordinal);
        int radix = digits.Length > 2 ? digits[1] switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 10 } : 10;
        long value = 0;
        foreach (char c in radix == 10 ? digits : digits[2..])
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.ToLowerInvariant(c) - 'a' + 10;
            if (value > (long.MaxValue - digit) / radix)
                return null;
            value = (value * radix) + digit;
        }

        return value;
    }

    public static double Float(string literal) =>
        double.Parse(literal.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static int IntegerEnd(string text, int at)
    {
        if (text[at] != '0')
            return Digits(text, at, char.IsAsciiDigit);
        char sort = at + 1 < text.Length ? char.ToLowerInvariant(text[at + 1]) : '\0';
        Func<char, bool>? isDigit = sort switch
        {
            'x' => char.IsAsciiHexDigit,
            'o' => c => c is >= '0' and <= '7',
            'b' => c => c is '0' or '1',
            _ => null,
        };
        if (isDigit is not null)
        {
            int first = at + 2 < text.Length && text[at + 2] == '_' ? at + 3 : at + 2;
            if (first < text.Length && isDigit(text[first]))
                return Digits(text, first, isDigit);
        }

        // Zeros alone may lead: 007 is not a number.
        return Digits(text, at, c => c == '0');
    }

    private static int End(string text, int at, char separator) =>
        at + 1 < text.Length && text[at] == separator && char.IsAsciiDigit(text[at + 1]) ? Digits(text, at + 1, char.IsAsciiDigit) : at;

    private static int Exponent(string text, int at)
    {
        if (at >= text.Length || text[at] is not ('e' or 'E'))
            return at;
        int first = at + 1 < text.Length && text[at + 1] is '+' or '-' ? at + 2 : at + 1;
        return first < text.Length && char.IsAsciiDigit(text[first]) ? Digits(text, first, char.IsAsciiDigit) : at;
    }

    // Digits with single underscores between them.
    private static int Digits(string text, int at, Func<char, bool> isDigit)
    {
        int end = at;
        while (end < text.Length && (isDigit(text[end]) || (text[end] == '_' && end > at && end + 1 < text.Length && isDigit(text[end + 1]))))
            end++;
        return end;
    }
}
