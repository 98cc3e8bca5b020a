using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Formatting;

/// <summary>How a value is to be written into a field: Python's format specification, which printf's is a case of.</summary>
internal sealed record FormatSpec
{
    public string Fill { get; init; } = " ";

    public Alignment? Alignment { get; init; }

    /// <summary>'+' and ' ' for a sign before positive numbers too; '-' for none.</summary>
    public char Sign { get; init; } = '-';

    /// <summary>Prefixes of integers, and points of floats, even where they could be left out.</summary>
    public bool IsAlternate { get; init; }

    /// <summary>',' or '_' between thousands; '\0' for nothing.</summary>
    public char Grouping { get; init; }

    public int Width { get; init; }

    public int? Precision { get; init; }

    /// <summary>The conversion, such as 'd' or 'f'; '\0' for the type's own.</summary>
    public char Kind { get; init; }

    /// <summary>Writes an integer.</summary>
    public string Format(RenderContext context, long value)
    {
        if (Kind is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%')
            return Format(context, (double)value);
        if (Kind == 'c')
            return Place(context, Character(context, value), "", isNumber: false);
        string digits = Digits(UInt128.CreateTruncating(Int128.Abs(value)));
        string prefix = !IsAlternate ? "" : Kind switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", 'b' => "0b", _ => "" };
        return Place(context, Group(digits, Kind is 'x' or 'X' or 'o' or 'b' ? 4 : 3), SignOf(value < 0) + prefix, isNumber: true);
    }

    /// <summary>Writes a float.</summary>
    public string Format(RenderContext context, double value)
    {
        if (Precision > 400)
            throw context.Error($"a precision of {Precision} is beyond that of floats.");
        bool isNegative = double.IsNegative(value) && !double.IsNaN(value);
        string digits = FloatDigits.Format(Math.Abs(Kind == '%' ? value * 100 : value), Kind, Precision, IsAlternate);
        if (Kind == '%')
            digits += "%";
        int whole = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        string grouped = whole < 0 ? Group(digits, 3) : Group(digits[..whole], 3) + digits[whole..];
        return Place(context, grouped, SignOf(isNegative), isNumber: true);
    }

    /// <summary>Writes a text.</summary>
    public string Format(RenderContext context, string text)
    {
        if (Precision is { } most)
        {
            var value = new StringValue(text);
            text = most < value.Length ? text[..value.OffsetOf(most)] : text;
        }

        return Place(context, text, "", isNumber: false);
    }

    private static string Character(RenderContext context, long value) => value is >= 0 and <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF)
        ? char.ConvertFromUtf32((int)value)
        : throw context.Error($"{value} is no character.");

    private string Digits(UInt128 value)
    {
        uint radix = Kind switch { 'x' or 'X' => 16, 'o' => 8, 'b' => 2, _ => 10 };
        var digits = new Stack<char>();
        do
        {
            digits.Push((Kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[(int)(value % radix)]);
            value /= radix;
        }
        while (value > 0);
        string text = string.Concat(digits);

        // Only printf has a least number of digits.
        return Precision is { } least ? text.PadLeft(Math.Min(least, 1000), '0') : text;
    }

    private string SignOf(bool isNegative) => isNegative ? "-" : Sign == '-' ? "" : Sign.ToString();

    private string Group(string digits, int size)
    {
        if (Grouping == '\0')
            return digits;
        for (int at = digits.Length - size; at > 0; at -= size)
            digits = digits.Insert(at, Grouping.ToString());
        return digits;
    }

    private string Place(RenderContext context, string text, string prefix, bool isNumber)
    {
        Alignment alignment = Alignment ?? (isNumber ? Formatting.Alignment.Right : Formatting.Alignment.Left);
        long missing = Width - StringValue.CountCharacters(text) - prefix.Length;
        if (missing <= 0)
            return prefix + text;
        context.ReserveText(text.Length + prefix.Length + (missing * Fill.Length));
        long left = alignment switch
        {
            Formatting.Alignment.Left => 0,
            Formatting.Alignment.Center => missing / 2,
            _ => missing,
        };
        string before = PythonString.Repeat(context, Fill, left), after = PythonString.Repeat(context, Fill, missing - left);
        return alignment == Formatting.Alignment.AfterSign ? prefix + before + text : before + prefix + text + after;
    }
}
