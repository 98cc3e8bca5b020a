using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>Reads and writes stored elements: little-endian bytes, rounding to nearest even, integers saturating.</summary>
internal static class StoredElement
{
    public static int Bytes(RawType type) => type switch
    {
        RawType.U8 or RawType.I8 => 1,
        RawType.U16 or RawType.I16 or RawType.F16 or RawType.BF16 => 2,
        _ => 4,
    };

    /// <summary>How a primitive element lies in memory.</summary>
    public static RawType RawOf(Element element) => element.Kind switch
    {
        ElementKind.F32 => RawType.F32,
        ElementKind.F16 => RawType.F16,
        ElementKind.BF16 => RawType.BF16,
        ElementKind.I32 => RawType.I32,
        ElementKind.I8 => RawType.I8,
        ElementKind.U8 => RawType.U8,
        _ => throw new IrException($"{element.Name} is no primitive element"),
    };

    /// <summary>The value at a byte address: i32 for integers, f32 for floating point.</summary>
    public static Number Read(byte[] buffer, long at, RawType type)
    {
        int first = buffer[at];
        int low = Bytes(type) > 1 ? first | (buffer[at + 1] << 8) : first;
        return type switch
        {
            RawType.U8 => Number.Of(first),
            RawType.I8 => Number.Of((int)unchecked((sbyte)first)),
            RawType.U16 => Number.Of(low),
            RawType.I16 => Number.Of((int)unchecked((short)low)),
            RawType.F16 => Number.Of(HalfToFloat(low)),
            RawType.BF16 => Number.OfBits(DType.F32, low << 16),
            _ => Number.OfBits(type == RawType.F32 ? DType.F32 : DType.I32, low | (buffer[at + 2] << 16) | (buffer[at + 3] << 24)),
        };
    }

    /// <summary>The bits of a value as the element type stores it, in the low bytes.</summary>
    public static int Encode(Number value, RawType type) => type switch
    {
        RawType.F32 => ScalarMath.Convert(value, DType.F32).Bits,
        RawType.F16 => FloatToHalf(ScalarMath.Convert(value, DType.F32).F32),
        RawType.BF16 => FloatToBFloat(ScalarMath.Convert(value, DType.F32)),
        RawType.I8 => Math.Max(-128, Math.Min(127, ScalarMath.Convert(value, DType.I32).I32)),
        RawType.U8 => Math.Max(0, Math.Min(255, ScalarMath.Convert(value, DType.I32).I32)),
        _ => ScalarMath.Convert(value, DType.I32).I32,
    };

    /// <summary>Writes encoded bits and says whether they were there already.</summary>
    public static bool Write(byte[] buffer, long at, int bits, int bytes)
    {
        bool same = true;
        for (int i = 0; i < bytes; i++)
        {
            byte part = unchecked((byte)(bits >> (8 * i)));
            same &= buffer[at + i] == part;
            buffer[at + i] = part;
        }

        return same;
    }

    private static float HalfToFloat(int half)
    {
        int sign = (half & 0x8000) << 16, exponent = (half >> 10) & 31, mantissa = half & 0x3FF;
        if (exponent == 31)
            return Number.OfBits(DType.F32, sign | 0x7F800000 | (mantissa << 13)).F32;
        if (exponent > 0)
            return Number.OfBits(DType.F32, sign | ((exponent + 112) << 23) | (mantissa << 13)).F32;
        float subnormal = mantissa / 16777216f;
        return sign != 0 ? -subnormal : subnormal;
    }

    private static int FloatToHalf(float value)
    {
        int bits = Number.Of(value).Bits, sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000)
            return sign | 0x7E00 | ((magnitude >> 13) & 0x3FF);
        if (magnitude >= 0x477FF000)
            return sign | 0x7C00; // 65520 and above round to infinity
        if (magnitude >= 0x38800000)
            return sign | ((Rounded(magnitude, 13) >> 13) - (112 << 10));
        // Subnormal halves are multiples of 2^-24, and Math.Round is to even.
        return sign | (int)Math.Round(Math.Abs((double)value) * 16777216.0);
    }

    private static int FloatToBFloat(Number value) => float.IsNaN(value.F32)
        ? ((value.Bits >> 16) & 0xFFFF) | 0x40
        : (int)((uint)Rounded(value.Bits, 16) >> 16);

    // Adds half a unit of the last place kept, less where that place is even already.
    private static int Rounded(int bits, int dropped) => unchecked(bits + (1 << (dropped - 1)) - 1 + ((bits >> dropped) & 1));
}
