namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// Float instructions in one lane: rounded to nearest even, subnormal numbers kept. Approximate ones are off by as much as the ISA allows, in a direction
/// that depends on the operand, so that a kernel whose tolerance does not allow it is seen to fail.
/// </summary>
internal static class FloatFunctions
{
    public readonly struct Add : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => a + b;
    }

    public readonly struct Subtract : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => a - b;
    }

    public readonly struct Multiply : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => a * b;
    }

    public readonly struct Divide : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => a / b;
    }

    public readonly struct MultiplyAdd : ILaneFunction<float, float, float, float>
    {
        public static float Apply(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
    }

    // A NaN and a number give the number.
    public readonly struct Min : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => float.MinNumber(a, b);
    }

    public readonly struct Max : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => float.MaxNumber(a, b);
    }

    public readonly struct MinNaN : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => MathF.Min(a, b);
    }

    public readonly struct MaxNaN : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => MathF.Max(a, b);
    }

    public readonly struct Negate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => -a;
    }

    public readonly struct Abs : ILaneFunction<float, float>
    {
        public static float Apply(float a) => MathF.Abs(a);
    }

    public readonly struct Sqrt : ILaneFunction<float, float>
    {
        public static float Apply(float a) => MathF.Sqrt(a);
    }

    public readonly struct Reciprocal : ILaneFunction<float, float>
    {
        public static float Apply(float a) => 1f / a;
    }

    public readonly struct Floor : ILaneFunction<float, float>
    {
        public static float Apply(float a) => MathF.Floor(a);
    }

    public readonly struct Ceiling : ILaneFunction<float, float>
    {
        public static float Apply(float a) => MathF.Ceiling(a);
    }

    public readonly struct Round : ILaneFunction<float, float>
    {
        public static float Apply(float a) => MathF.Round(a);
    }

    public readonly struct Truncate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => MathF.Truncate(a);
    }

    // Relative errors of the ISA: ex2 and lg2 2^-22, rcp and rsqrt one unit in the last place and 2^-22.4, sqrt 2^-23, div two units, tanh 2^-11.
    public readonly struct Exp2Approximate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => Off(Math.Pow(2, a), 2);
    }

    public readonly struct Log2Approximate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => Off(Math.Log2(a), 2);
    }

    public readonly struct ReciprocalApproximate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => Off(1.0 / a, 1);
    }

    public readonly struct RsqrtApproximate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => Off(1.0 / Math.Sqrt(a), 1);
    }

    public readonly struct SqrtApproximate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => Off(Math.Sqrt(a), 1);
    }

    public readonly struct DivideApproximate : ILaneFunction<float, float, float>
    {
        public static float Apply(float a, float b) => Off((double)a / b, 2);
    }

    public readonly struct TanhApproximate : ILaneFunction<float, float>
    {
        public static float Apply(float a) => Off(Math.Tanh(a), 1 << 12);
    }

    public readonly struct FromInt : ILaneFunction<int, float>
    {
        public static float Apply(int a) => a;
    }

    public readonly struct FromUInt : ILaneFunction<uint, float>
    {
        public static float Apply(uint a) => a;
    }

    public readonly struct FromLong : ILaneFunction<long, float>
    {
        public static float Apply(long a) => a;
    }

    // Truncating and saturating; a NaN gives 0.
    public readonly struct ToInt : ILaneFunction<float, int>
    {
        public static int Apply(float a) => float.IsNaN(a) ? 0 : a >= 2147483648f ? int.MaxValue : a <= -2147483648f ? int.MinValue : (int)a;
    }

    public readonly struct ToUInt : ILaneFunction<float, uint>
    {
        public static uint Apply(float a) => a >= 4294967296f ? uint.MaxValue : a > 0 ? (uint)a : 0;
    }

    public readonly struct RoundToInt : ILaneFunction<float, int>
    {
        public static int Apply(float a) => ToInt.Apply(MathF.Round(a));
    }

    public readonly struct FromHalf : ILaneFunction<uint, float>
    {
        public static float Apply(uint a) => (float)BitConverter.UInt16BitsToHalf((ushort)a);
    }

    public readonly struct ToHalf : ILaneFunction<float, uint>
    {
        public static uint Apply(float a) => BitConverter.HalfToUInt16Bits((Half)a);
    }

    public readonly struct FromBFloat16 : ILaneFunction<uint, float>
    {
        public static float Apply(uint a) => BitConverter.UInt32BitsToSingle(a << 16);
    }

    public readonly struct ToBFloat16 : ILaneFunction<float, uint>
    {
        public static uint Apply(float a)
        {
            uint bits = BitConverter.SingleToUInt32Bits(a);
            return float.IsNaN(a) ? 0x7FFF : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
        }
    }

    // The first operand is the upper half.
    public readonly struct ToHalves : ILaneFunction<float, float, uint>
    {
        public static uint Apply(float a, float b) => (ToHalf.Apply(a) << 16) | ToHalf.Apply(b);
    }

    public readonly struct ToBFloat16s : ILaneFunction<float, float, uint>
    {
        public static uint Apply(float a, float b) => (ToBFloat16.Apply(a) << 16) | ToBFloat16.Apply(b);
    }

    /// <summary>An instruction of f16 over the lower halves of its operands.</summary>
    public readonly struct InHalf<TFunction> : ILaneFunction<uint, uint, uint>
        where TFunction : ILaneFunction<float, float, float>
    {
        // A sum, difference or product of halves in single precision, rounded again, is the correctly rounded one: 24 >= 2 * 11 + 2 bits.
        public static uint Apply(uint a, uint b) => ToHalf.Apply(TFunction.Apply(FromHalf.Apply(a), FromHalf.Apply(b)));
    }

    public readonly struct InHalves<TFunction> : ILaneFunction<uint, uint, uint>
        where TFunction : ILaneFunction<float, float, float>
    {
        public static uint Apply(uint a, uint b) => (InHalf<TFunction>.Apply(a >> 16, b >> 16) << 16) | InHalf<TFunction>.Apply(a, b);
    }

    public readonly struct MultiplyAddHalf : ILaneFunction<uint, uint, uint, uint>
    {
        // A product of halves is exact in double precision; so is its sum with a third, but for halves too far apart to matter to the rounding.
        public static uint Apply(uint a, uint b, uint c) => BitConverter.HalfToUInt16Bits(
            (Half)(((double)FromHalf.Apply(a) * FromHalf.Apply(b)) + FromHalf.Apply(c)));
    }

    public readonly struct MultiplyAddHalves : ILaneFunction<uint, uint, uint, uint>
    {
        public static uint Apply(uint a, uint b, uint c) =>
            (MultiplyAddHalf.Apply(a >> 16, b >> 16, c >> 16) << 16) | MultiplyAddHalf.Apply(a, b, c);
    }

    /// <summary>Subnormal operands and results as zeros of their sign.</summary>
    public readonly struct Flushed<TFunction> : ILaneFunction<float, float>
        where TFunction : ILaneFunction<float, float>
    {
        public static float Apply(float a) => Flush(TFunction.Apply(Flush(a)));
    }

    public static float Flush(float a) => float.IsSubnormal(a) ? MathF.CopySign(0, a) : a;

    private static float Off(double exact, int units)
    {
        var rounded = (float)exact;
        if (!float.IsFinite(rounded) || rounded == 0 || exact == Math.Round(exact))
            return rounded;
        int bits = BitConverter.SingleToInt32Bits(rounded);

        // Any fixed function of the result will do that has no pattern a kernel could follow.
        uint hash = (uint)bits * 0x9E3779B1u;
        int off = (int)((hash >> 8) % (2 * (uint)units + 1)) - units;
        return BitConverter.Int32BitsToSingle(bits + off);
    }
}
