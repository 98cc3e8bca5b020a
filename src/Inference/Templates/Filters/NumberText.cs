using System.Buffers;
using System.Globalization;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Numbers in texts, as Python's <c>int</c> and <c>float</c> read them.</summary>
internal static class NumberText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789_");

    /// <summary><c>int(text, radix)</c>; null where it raises or has more than 64 bits.</summary>
    public static long? Integer(string text, int radix)
    {
        ReadOnlySpan<char> rest = Unsigned(text, out bool isNegative);
        if (radix is < 2 or > 36)
            return null;
        char prefix = rest.Length > 2 && rest[0] == '0' ? char.ToLowerInvariant(rest[1]) : '\0';
        if ((prefix == 'x' && radix == 16) || (prefix == 'o' && radix == 8) || (prefix == 'b' && radix == 2))
            rest = rest[2..].TrimStart('_');
        if (!HasDigits(rest))
            return null;
        Int128 value = 0;
        foreach (char c in rest)
        {
            if (c == '_')
                continue;
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : radix;
            value = (value * radix) + digit;
            if (digit >= radix || value > long.MaxValue)
                return null;
        }

        return (long)(isNegative ? -value : value);
    }

    /// <summary>Whether <c>int(text)</c> gives something, however large.</summary>
    public static bool IsInteger(string text)
    {
        ReadOnlySpan<char> rest = Unsigned(text, out _);
        return HasDigits(rest) && rest.IndexOfAnyExcept(s_digits) < 0;
    }

    /// <summary><c>float(text)</c>; null where it raises.</summary>
    public static double? Float(string text)
    {
        ReadOnlySpan<char> rest = Unsigned(text, out bool isNegative);
        double value;
        if (rest.Equals("inf", StringComparison.OrdinalIgnoreCase) || rest.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            value = double.PositiveInfinity;
        else if (rest.Equals("nan", StringComparison.OrdinalIgnoreCase))
            value = double.NaN;
        else if (rest.IsEmpty || !(char.IsAsciiDigit(rest[0]) || rest[0] == '.') || rest.Contains("__", StringComparison.Ordinal) || rest[^1] == '_'
            || !double.TryParse(
                rest.ToString().Replace("_", "", StringComparison.Ordinal),
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out value))
            return null;
        return isNegative ? -value : value;
    }

    private static ReadOnlySpan<char> Unsigned(string text, out bool isNegative)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        isNegative = rest.StartsWith("-", StringComparison.Ordinal);
        return isNegative || rest.StartsWith("+", StringComparison.Ordinal) ? rest[1..] : rest;
    }

    // Underscores stand between digits only.
    private static bool HasDigits(ReadOnlySpan<char> text) =>
        text.Length > 0 && text[0] != '_' && text[^1] != '_' && !text.Contains("__", StringComparison.Ordinal);
}
