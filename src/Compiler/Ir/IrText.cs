using System.Globalization;
using System.Text;

namespace KernelFoundry.Compiler.Ir;

/// <summary>The words the printer and the parser share.</summary>
internal static class IrText
{
    public const string Kernel = "kernel", Functor = "functor", Format = "format";

    public const string GenericOnCpu = "genericoncpu", Choices = "choices", Panels = "panels", Leading = "leading", Rounds = "rounds", ApproximateExp = "approximateexp";

    public static readonly Dictionary<string, OpCode> Codes = OpTable.All.ToDictionary(row => row.Name, row => row.Code);

    public static readonly Dictionary<string, DType> DTypes = Words<DType>();

    public static readonly Dictionary<string, LoadPart> Parts = Words<LoadPart>();

    public static readonly Dictionary<string, RawType> Raws = Words<RawType>();

    public static readonly Dictionary<string, ReduceKind> Reductions = Words<ReduceKind>();

    public static readonly Dictionary<string, ParameterKind> ParameterKinds = Words<ParameterKind>();

    /// <summary>An enum's member as written in dumps.</summary>
    public static string Word(Enum member) => member.ToString().ToLowerInvariant();

    /// <summary>The word between the two regions of an op.</summary>
    public static string Between(OpCode code) => code == OpCode.If ? "else" : "do";

    public static string Int(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A constant without its type. A float that decimal text does not carry exactly (a NaN other than the usual one) is its bits.</summary>
    public static string Literal(Number value)
    {
        switch (value.Type)
        {
            case DType.F32:
                if (value.Bits == int.MinValue)
                    return "-0";
                if (value == Number.Of(float.NaN))
                    return "nan";
                if (float.IsInfinity(value.F32))
                    return value.F32 > 0 ? "inf" : "-inf";
                string text = value.F32.ToString("R", CultureInfo.InvariantCulture);
                bool isExact = TryLiteral(text, DType.F32, out Number back) && back == value;
                return isExact ? text : "0x" + value.Bits.ToString("x8", CultureInfo.InvariantCulture);
            case DType.U32:
                return value.U32.ToString(CultureInfo.InvariantCulture);
            case DType.Bool:
                return value.Bool ? "true" : "false";
            default:
                return Int(value.I32);
        }
    }

    public static bool TryLiteral(string text, DType type, out Number value)
    {
        const NumberStyles integer = NumberStyles.AllowLeadingSign, real = NumberStyles.Float;
        value = default;
        switch (type)
        {
            case DType.Bool:
                value = Number.Of(text == "true");
                return text is "true" or "false";
            case DType.U32:
                bool isUnsigned = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint unsigned);
                value = Number.Of(unsigned);
                return isUnsigned;
            case DType.F32:
                return TryFloat(text, real, out value);
            default:
                bool isSigned = int.TryParse(text, integer, CultureInfo.InvariantCulture, out int signed);
                value = Number.OfBits(type, signed);
                return isSigned && value.I32 == signed;
        }
    }

    /// <summary>A name as it stands where it is a plain identifier, quoted otherwise.</summary>
    public static string Name(string name) => IsPlain(name) ? name : Quote(name);

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c))
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    public static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    public static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsPlain(string name) => name.Length > 0 && IsNameStart(name[0]) && name.All(IsNamePart);

    private static bool TryFloat(string text, NumberStyles style, out Number value)
    {
        value = text switch
        {
            "-0" => Number.OfBits(DType.F32, int.MinValue),
            "nan" => Number.Of(float.NaN),
            "inf" => Number.Of(float.PositiveInfinity),
            "-inf" => Number.Of(float.NegativeInfinity),
            _ => default,
        };
        if (text is "-0" or "nan" or "inf" or "-inf")
            return true;
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            bool isBits = uint.TryParse(text.Substring(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits);
            value = Number.OfBits(DType.F32, unchecked((int)bits));
            return isBits;
        }

        bool isNumber = float.TryParse(text, style, CultureInfo.InvariantCulture, out float number);
        value = Number.Of(number);
        return isNumber && !float.IsInfinity(number) && !float.IsNaN(number);
    }

    // By their names: an array of the values needs code made at run time, which Native AOT has not.
    private static Dictionary<string, T> Words<T>()
        where T : Enum => Enum.GetNames(typeof(T)).Select(name => (T)Enum.Parse(typeof(T), name)).ToDictionary(member => Word(member));
}
