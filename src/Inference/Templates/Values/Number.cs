using System.Globalization;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>A number of Python: an integer of 64 bits or a float. Booleans count as 0 and 1.</summary>
internal readonly record struct Number
{
    private readonly long _integer;
    private readonly double _float;

    private Number(long integer, double real, bool isFloat)
    {
        _integer = integer;
        _float = real;
        IsFloat = isFloat;
    }

    public bool IsFloat { get; }

    public long Integer => _integer;

    public static bool TryFrom(TemplateValue? value, out Number number)
    {
        (number, bool found) = value switch
        {
            IntegerValue x => (new Number(x.Value, 0, false), true),
            BooleanValue x => (new Number(x.Value ? 1 : 0, 0, false), true),
            FloatValue x => (new Number(0, x.Value, true), true),
            _ => (default, false),
        };
        return found;
    }

    public double ToDouble() => IsFloat ? _float : _integer;

    /// <summary>Negative, 0 or positive; null if one is not a number. Exact: no integer is rounded.</summary>
    public int? CompareTo(Number other)
    {
        if (!IsFloat && !other.IsFloat)
            return _integer.CompareTo(other._integer);
        if (IsFloat && other.IsFloat)
            return double.IsNaN(_float) || double.IsNaN(other._float) ? null : _float.CompareTo(other._float);
        return IsFloat ? -Compare(other._integer, _float) : Compare(_integer, other._float);
    }

    /// <summary>The shortest text that is this float and no other, as Python writes it.</summary>
    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        (string digits, int exponent) = Digits(value.ToString("R", CultureInfo.InvariantCulture));
        string sign = double.IsNegative(value) ? "-" : "";
        if (exponent is < -4 or >= 16)
            return $"{sign}{Scientific(digits, exponent)}";
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1)
            return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    // Significant digits without zeros at the ends, and the power of ten of the first.
    private static (string Digits, int Exponent) Digits(string text)
    {
        text = text.TrimStart('-');
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        string significant = digits.TrimStart('0');
        exponent -= digits.Length - significant.Length;
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? ("0", 0) : (significant, exponent);
    }

    private static string Scientific(string digits, int exponent)
    {
        string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static int? Compare(long integer, double real)
    {
        if (double.IsNaN(real))
            return null;
        if (real >= 9223372036854775808.0)
            return -1;
        if (real < -9223372036854775808.0)
            return 1;
        double floor = Math.Floor(real);
        int order = integer.CompareTo((long)floor);
        return order == 0 && floor < real ? -1 : order;
    }
}
