using System.Globalization;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Formatting;

/// <summary>The digits of a float that is not negative, as Python's conversions write them.</summary>
internal static class FloatDigits
{
    /// <param name="value">The float, without its sign.</param>
    /// <param name="kind">The conversion: e, f, g, % and their capitals; '\0' for the shortest.</param>
    /// <param name="precision">Digits behind the point, or significant ones for g; null for 6.</param>
    /// <param name="keepsPoint">Write a point even without digits behind it.</param>
    public static string Format(double value, char kind, int? precision, bool keepsPoint)
    {
        bool isUpper = char.IsUpper(kind);
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? isUpper ? "NAN" : "nan" : isUpper ? "INF" : "inf";
        string text = char.ToLowerInvariant(kind) switch
        {
            '\0' when precision is null => Number.Repr(value),
            '\0' => General(value, Math.Max(1, precision.Value), keepsPoint, isDefault: true),
            'f' or '%' => value.ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture),
            'e' => Scientific(value, precision ?? 6),
            _ => General(value, Math.Max(1, precision ?? 6), keepsPoint, isDefault: false),
        };
        if (keepsPoint && !text.Contains('.', StringComparison.Ordinal))
            text = text.IndexOf('e', StringComparison.Ordinal) is var e && e >= 0 ? text.Insert(e, ".") : text + ".";
        return isUpper ? text.ToUpperInvariant() : text;
    }

    private static string Scientific(double value, int precision)
    {
        string text = value.ToString($"e{precision}", CultureInfo.InvariantCulture);

        // .NET writes three digits of the exponent, C at least two.
        int digits = text.LastIndexOfAny(['+', '-']) + 1;
        string exponent = text[digits..].TrimStart('0').PadLeft(2, '0');
        return text[..digits] + exponent;
    }

    private static string General(double value, int precision, bool keepsZeros, bool isDefault)
    {
        string scientific = Scientific(value, precision - 1);
        int e = scientific.IndexOf('e', StringComparison.Ordinal);
        int exponent = int.Parse(scientific[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        // The type's own conversion writes 1e+01 as 10.0, so that it has one digit less before it turns scientific.
        if (exponent < -4 || exponent >= (isDefault ? precision - 1 : precision))
        {
            string mantissa = keepsZeros ? scientific[..e] : TrimZeros(scientific[..e]);
            return mantissa + scientific[e..];
        }

        string text = value.ToString($"F{Math.Max(0, precision - 1 - exponent)}", CultureInfo.InvariantCulture);
        text = keepsZeros ? text : TrimZeros(text);
        return isDefault && !text.Contains('.', StringComparison.Ordinal) ? text + ".0" : text;
    }

    private static string TrimZeros(string text) =>
        text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
}
