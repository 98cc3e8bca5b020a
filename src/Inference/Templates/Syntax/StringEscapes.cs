using System.Globalization;
using System.Text;

namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>What a string literal of Python stands for. An unknown escape stands for itself, backslash and all.</summary>
internal static class StringEscapes
{
    private static readonly Dictionary<char, string> s_single = new()
    {
        ['\n'] = "",
        ['\\'] = "\\",
        ['\''] = "'",
        ['"'] = "\"",
        ['a'] = "\a",
        ['b'] = "\b",
        ['f'] = "\f",
        ['n'] = "\n",
        ['r'] = "\r",
        ['t'] = "\t",
        ['v'] = "\v",
    };

    private static readonly Dictionary<char, int> s_hexadecimal = new() { ['x'] = 2, ['u'] = 4, ['U'] = 8 };

    /// <summary>The text; null with the reason if an escape is broken.</summary>
    public static string? TryDecode(ReadOnlySpan<char> literal, out string? wrong)
    {
        wrong = null;
        if (!literal.Contains('\\'))
            return literal.ToString();
        var text = new StringBuilder(literal.Length);
        for (int i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\')
            {
                text.Append(literal[i]);
                continue;
            }

            char c = literal[++i];
            if (s_single.TryGetValue(c, out string? single))
            {
                text.Append(single);
            }
            else if (c is >= '0' and <= '7')
            {
                int value = 0, end = Math.Min(i + 3, literal.Length);
                for (; i < end && literal[i] is >= '0' and <= '7'; i++)
                    value = (value * 8) + literal[i] - '0';
                i--;
                text.Append((char)value);
            }
            else if (s_hexadecimal.TryGetValue(c, out int digits))
            {
                if (i + digits >= literal.Length
                    || !uint.TryParse(literal.Slice(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint point)
                    || point > 0x10FFFF)
                {
                    wrong = $"the escape \\{c} needs {digits} hexadecimal digits of a character.";
                    return null;
                }

                text.Append(point > char.MaxValue ? char.ConvertFromUtf32((int)point) : ((char)point).ToString());
                i += digits;
            }
            else if (c == 'N')
            {
                wrong = "characters cannot be written by name.";
                return null;
            }
            else
            {
                text.Append('\\').Append(c);
            }
        }

        return text.ToString();
    }
}
