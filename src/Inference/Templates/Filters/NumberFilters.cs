using System.Globalization;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Filters of numbers.</summary>
internal static class NumberFilters
{
    public static IEnumerable<NativeFunction> All { get; } =
    [
        new("abs", "value", a => Require(a, 0) is { IsFloat: true } x
            ? TemplateValue.From(Math.Abs(x.ToDouble()))
            : Arithmetic.Integer(a.Context, Int128.Abs(Require(a, 0).Integer))),
        new("int", "value default? base?", ToInteger),
        new("float", "value default?", ToFloat),
        new("round", "value precision? method?", Round),
        new("filesizeformat", "value binary?", FormatSize),
    ];

    /// <summary><c>float(value)</c>, or null where it raises.</summary>
    public static double? ToFloat(TemplateValue value)
    {
        if (Number.TryFrom(value, out Number number))
            return number.ToDouble();
        return value is StringValue text ? NumberText.Float(text.Text) : null;
    }

    private static TemplateValue ToFloat(BoundArguments a)
    {
        if (a[0] is UndefinedValue missing)
            throw a.Context.Error(missing.Reason);
        return ToFloat(a[0]) is { } real ? TemplateValue.From(real) : a.Optional(1) ?? TemplateValue.From(0.0);
    }

    private static Number Require(BoundArguments a, int index) => Number.TryFrom(a[index], out Number number)
        ? number
        : throw (a[index] is UndefinedValue missing ? a.Context.Error(missing.Reason) : a.Error($"a {a[index].TypeName} is no number."));

    private static TemplateValue ToInteger(BoundArguments a)
    {
        TemplateValue absent = a.Optional(1) ?? TemplateValue.From(0);
        if (a[0] is UndefinedValue missing)
            throw a.Context.Error(missing.Reason);
        if (Number.TryFrom(a[0], out Number number) && !number.IsFloat)
            return TemplateValue.From(number.Integer);
        if (a[0] is StringValue text && NumberText.Integer(text.Text, (int)Math.Clamp(a.Integer(2, 10), -1, 37)) is { } integer)
            return TemplateValue.From(integer);
        if (a[0] is StringValue longText && NumberText.IsInteger(longText.Text))
            throw a.Error("the integer has more than 64 bits.");
        if (ToFloat(a[0]) is not { } real || double.IsNaN(real))
            return absent;
        return double.IsInfinity(real) || Math.Abs(real) >= 1e18 ? throw a.Error("the integer has more than 64 bits.") : TemplateValue.From((long)real);
    }

    private static TemplateValue Round(BoundArguments a)
    {
        Number number = Require(a, 0);
        long precision = a.Integer(1, 0);
        string method = a.Text(2, "common");
        if (method is not ("common" or "ceil" or "floor"))
            throw a.Error("the method is common, ceil or floor.");
        if (method == "common")
        {
            return number.IsFloat || precision < 0
                ? RoundCommon(a, number, precision)
                : TemplateValue.From(number.Integer);
        }

        if (Math.Abs(precision) > 300)
            throw a.Error("the precision is beyond that of floats.");
        double scale = Math.Pow(10, precision);
        double scaled = number.ToDouble() * scale;
        return TemplateValue.From((method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / scale);
    }

    // Half to even, by the exact decimal digits of the float: 0.125 is 0.12, and 2.675, which is a little less, is 2.67.
    private static TemplateValue RoundCommon(BoundArguments a, Number number, long precision)
    {
        double real = number.ToDouble();
        if (!double.IsFinite(real) || precision > 300)
            return TemplateValue.From(real);
        double rounded = precision < -300
            ? 0
            : precision >= 0
                ? double.Parse(real.ToString($"F{precision}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
                : Math.Round(real / Math.Pow(10, -precision), MidpointRounding.ToEven) * Math.Pow(10, -precision);
        return number.IsFloat ? TemplateValue.From(rounded) : Arithmetic.Integer(a.Context, (Int128)rounded);
    }

    private static TemplateValue FormatSize(BoundArguments a)
    {
        double bytes = ToFloat(a[0]) ?? throw a.Error($"a {a[0].TypeName} is no number.");
        bool isBinary = a.Flag(1);
        double unit = isBinary ? 1024 : 1000;
        if (bytes == 1)
            return TemplateValue.From("1 Byte");
        if (bytes < unit)
            return TemplateValue.From(string.Create(CultureInfo.InvariantCulture, $"{Math.Truncate(bytes):F0} Bytes"));
        const string prefixes = "kMGTPEZY";
        int prefix = 0;
        for (bytes /= unit; bytes >= unit && prefix < prefixes.Length - 1; bytes /= unit)
            prefix++;
        string letter = isBinary ? $"{char.ToUpperInvariant(prefixes[prefix])}i" : prefixes[prefix].ToString();
        return TemplateValue.From(string.Create(CultureInfo.InvariantCulture, $"{bytes:F1} {letter}B"));
    }
}
