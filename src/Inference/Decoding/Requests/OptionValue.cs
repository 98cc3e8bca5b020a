using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Values of options, wherever they come from: a text, a boolean, a number as text, a list or a dictionary of such, or JSON as it is.</summary>
internal static class OptionValue
{
    /// <summary>A value without JSON around it. Objects stay JSON: some options are one.</summary>
    public static object Plain(object value) => value is ValueType and not IConvertible ? WithoutJson(value) : value;

    /// <summary>A value as an error shows it.</summary>
    public static string Show(object value) => value switch
    {
        string text => text,
        JsonElement json => json.GetRawText(),
        IDictionary map => $"a {map.GetType().Name}",
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Show)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <exception cref="WrongValueException">It is no text.</exception>
    public static string Text(object value) => Plain(value) as string ?? throw new WrongValueException("a text");

    /// <summary>A number of any type, or one written as on a command line.</summary>
    /// <exception cref="WrongValueException">It is none.</exception>
    public static double Number(object value)
    {
        string text = Plain(value) switch
        {
            string written => written,
            IFormattable number and IConvertible => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new WrongValueException(),
        };
        return text.Trim().ToUpperInvariant() switch
        {
            "INF" or "+INF" => double.PositiveInfinity,
            "-INF" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw new WrongValueException(),
        };
    }

    /// <exception cref="WrongValueException">It is no whole number of the range.</exception>
    public static long Whole(object value, long least, long most) => Number(value) is var number && number == Math.Truncate(number) && number >= least && number <= most
        ? (long)number
        : throw new WrongValueException();

    /// <exception cref="WrongValueException">It is neither true nor false.</exception>
    public static bool Boolean(object value) => Plain(value) switch
    {
        bool boolean => boolean,
        string text when bool.TryParse(text, out bool boolean) => boolean,
        _ => throw new WrongValueException(),
    };

    /// <summary>A list; a text or number alone is one of its own.</summary>
    public static IEnumerable<object> List(object value) => Plain(value) switch
    {
        string text => [text],
        IDictionary => throw new WrongValueException(),
        IEnumerable list => list.Cast<object>().Select(Plain),
        JsonElement => throw new WrongValueException(),
        var single => [single],
    };

    /// <summary>Numbers by text: a dictionary, a JSON object, or a list of texts such as <c>13=-1.5</c>.</summary>
    public static IEnumerable<(string Key, double Number)> Numbers(object value) => Plain(value) switch
    {
        IDictionary map => map.Keys.Cast<object>().Select(key => (Convert.ToString(key, CultureInfo.InvariantCulture)!, Number(map[key]!))),
        JsonElement { ValueKind: JsonValueKind.Object } json => json.EnumerateObject().Select(each => (each.Name, Number(each.Value))),
        _ => List(value).Select(each => Text(each)).Select(text => text.LastIndexOf('=') is > 0 and var at ? (text[..at], Number(text[(at + 1)..])) : throw new WrongValueException()),
    };

    // Apart, so that where no option is JSON the library, a megabyte of memory, is not loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object WithoutJson(object value) => value is not JsonElement json ? value : json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Number => json.GetRawText(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => json.EnumerateArray().Select(each => Plain(each)).ToArray(),
        _ => json,
    };
}
