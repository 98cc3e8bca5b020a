using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Formatting;

/// <summary>C's <c>strftime</c>, in English.</summary>
internal static class DateFormat
{
    private static readonly Dictionary<char, Func<DateTimeOffset, string>> s_directives = new()
    {
        ['%'] = _ => "%",
        ['n'] = _ => "\n",
        ['t'] = _ => "\t",
        ['a'] = t => Text(t, "ddd"),
        ['A'] = t => Text(t, "dddd"),
        ['b'] = t => Text(t, "MMM"),
        ['h'] = t => Text(t, "MMM"),
        ['B'] = t => Text(t, "MMMM"),
        ['c'] = t => $"{Text(t, "ddd MMM")} {t.Day,2} {Text(t, "HH:mm:ss yyyy")}",
        ['C'] = t => Digits(t.Year / 100),
        ['d'] = t => Digits(t.Day),
        ['D'] = t => Text(t, "MM/dd/yy"),
        ['e'] = t => $"{t.Day,2}",
        ['f'] = t => Text(t, "ffffff"),
        ['F'] = t => Text(t, "yyyy-MM-dd"),
        ['g'] = t => Digits(ISOWeek.GetYear(t.DateTime) % 100),
        ['G'] = t => Digits(ISOWeek.GetYear(t.DateTime), 4),
        ['H'] = t => Digits(t.Hour),
        ['I'] = t => Text(t, "hh"),
        ['j'] = t => Digits(t.DayOfYear, 3),
        ['k'] = t => $"{t.Hour,2}",
        ['l'] = t => $"{((t.Hour + 11) % 12) + 1,2}",
        ['m'] = t => Digits(t.Month),
        ['M'] = t => Digits(t.Minute),
        ['p'] = t => Text(t, "tt"),
        ['P'] = t => t.Hour < 12 ? "am" : "pm",
        ['r'] = t => Text(t, "hh:mm:ss tt"),
        ['R'] = t => Text(t, "HH:mm"),
        ['s'] = t => t.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        ['S'] = t => Digits(t.Second),
        ['T'] = t => Text(t, "HH:mm:ss"),
        ['u'] = t => (((int)t.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
        ['U'] = t => Digits((t.DayOfYear + 6 - (int)t.DayOfWeek) / 7),
        ['V'] = t => Digits(ISOWeek.GetWeekOfYear(t.DateTime)),
        ['w'] = t => ((int)t.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        ['W'] = t => Digits((t.DayOfYear + 6 - (((int)t.DayOfWeek + 6) % 7)) / 7),
        ['x'] = t => Text(t, "MM/dd/yy"),
        ['X'] = t => Text(t, "HH:mm:ss"),
        ['y'] = t => Text(t, "yy"),
        ['Y'] = t => Digits(t.Year, 4),

        // Python's local time has no time zone.
        ['z'] = _ => "",
        ['Z'] = _ => "",
    };

    /// <exception cref="TemplateException">The format has an unknown directive.</exception>
    public static string Format(RenderContext context, DateTimeOffset time, string format)
    {
        var output = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                output.Append(format[i]);
                continue;
            }

            // A minus takes the zeros and spaces before a number, as in the GNU library.
            bool isBare = format[++i] == '-' && i + 1 < format.Length;
            char directive = isBare ? format[++i] : format[i];
            string text = s_directives.TryGetValue(directive, out var write)
                ? write(time)
                : throw context.Error($"a date has no format '%{directive}'.");
            output.Append(isBare && text.Length > 1 ? text[..^1].TrimStart('0', ' ') + text[^1] : text);
        }

        context.ReserveText(output.Length);
        return output.ToString();
    }

    private static string Text(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Digits(int value, int count = 2) => value.ToString($"D{count}", CultureInfo.InvariantCulture);
}
