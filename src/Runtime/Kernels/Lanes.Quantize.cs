using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Rows of activations as bytes: what <see cref="Ops.FakeQuantize"/> means, for the integer products of generated code.</content>
public static unsafe partial class Lanes
{
    /// <summary>Groups whose largest magnitude is below it, 2^-100, become zeros: 127 / magnitude would overflow for the smallest.</summary>
    public const float LeastQuantized = 7.8886090522101181e-31f;

    private const int Packed = 4;
    private const int RowUnit = 64;

    /// <summary>Rounds elements to eight bits in groups.</summary>
    /// <param name="source">The row.</param>
    /// <param name="target">Receives the rounded row.</param>
    /// <param name="length">Elements.</param>
    /// <param name="group">Elements that share a scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundRow(float* source, float* target, int length, int group)
    {
        for (int start = 0; start < length; start += group)
        {
            int size = Math.Min(group, length - start);
            (float inverse, float scale) = ScaleOf(source + start, size);
            for (int i = 0; i < size; i++)
                target[start + i] = (inverse == 0 ? 0 : MathF.Round(source[start + i] * inverse)) * scale;
        }
    }

    /// <summary>Quantizes a row: codes, and for each four of them the scale.</summary>
    /// <param name="source">The row.</param>
    /// <param name="length">Elements of the row.</param>
    /// <param name="group">Elements that share a scale; a multiple of four.</param>
    /// <param name="codes">Receives four codes an element, zeros up to a multiple of 64 codes.</param>
    /// <param name="scales">Receives the scale of each four codes, zeros as above.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void QuantizeRow(float* source, int length, int group, int* codes, float* scales)
    {
        int filled = (length + RowUnit - 1) / RowUnit * (RowUnit / Packed);
        for (int start = 0; start < length; start += group)
        {
            int size = Math.Min(group, length - start), fours = (size + Packed - 1) / Packed;
            (float inverse, float scale) = ScaleOf(source + start, size);
            int* target = codes + (start / Packed);
            int whole = size / 16 * 16;
            for (int i = 0; i < whole; i += 16)
                Codes(source + start + i, inverse).StoreUnsafe(ref *(sbyte*)(target + (i / Packed)));
            if (whole < size)
                Rest(source + start, whole, size, inverse, target);
            if (fours == 8)
                Vector256.Create(scale).Store(scales + (start / Packed));
            else
                Fill(scales + (start / Packed), fours, scale);
        }

        int written = (length + Packed - 1) / Packed;
        new Span<int>(codes + written, filled - written).Clear();
        new Span<float>(scales + written, filled - written).Clear();
    }

    /// <summary>Quantizes a row, and sums each four codes times a negative number.</summary>
    /// <param name="source">The row.</param>
    /// <param name="length">Elements of the row.</param>
    /// <param name="group">Elements that share a scale; a multiple of four.</param>
    /// <param name="codes">Receives four codes an element, zeros up to a multiple of 64 codes.</param>
    /// <param name="scales">Receives the scale of each four codes, zeros as above.</param>
    /// <param name="sums">Receives minus the bias times the sum of each four codes.</param>
    /// <param name="bias">The bias.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void QuantizeRow(float* source, int length, int group, int* codes, float* scales, int* sums, int bias)
    {
        QuantizeRow(source, length, group, codes, scales);
        int filled = (length + RowUnit - 1) / RowUnit * (RowUnit / Packed);
        for (int i = 0; i < filled; i += 4)
            (SumOfFours(Vector128.Load(codes + i)) * -bias).Store(sums + i);
    }

    /// <summary>Quantizes a row, and sums each four codes times their scale.</summary>
    /// <param name="source">The row.</param>
    /// <param name="length">Elements of the row.</param>
    /// <param name="group">Elements that share a scale; a multiple of four.</param>
    /// <param name="codes">Receives four codes an element, zeros up to a multiple of 64 codes.</param>
    /// <param name="scales">Receives the scale of each four codes, zeros as above.</param>
    /// <param name="sums">Receives the sum of each four codes times their scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void QuantizeRow(float* source, int length, int group, int* codes, float* scales, float* sums)
    {
        QuantizeRow(source, length, group, codes, scales);
        int filled = (length + RowUnit - 1) / RowUnit * (RowUnit / Packed);
        for (int i = 0; i < filled; i += 4)
            (Vector128.ConvertToSingle(SumOfFours(Vector128.Load(codes + i))) * Vector128.Load(scales + i)).Store(sums + i);
    }

    // 127 / largest and largest / 127; none and NaN where the group is not finite.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Inverse, float Scale) ScaleOf(float* group, int size)
    {
        Vector256<float> magnitudes = Vector256<float>.Zero;
        int whole = size / 8 * 8;
        for (int i = 0; i < whole; i += 8)
            magnitudes = Vector256.Max(magnitudes, Vector256.Abs(Vector256.Load(group + i)));
        Vector128<float> fours = Vector128.Max(magnitudes.GetLower(), magnitudes.GetUpper());
        fours = Vector128.Max(fours, Vector128.Shuffle(fours, Vector128.Create(2, 3, 0, 1)));
        float largest = Vector128.Max(fours, Vector128.Shuffle(fours, Vector128.Create(1, 0, 3, 2))).ToScalar();
        for (int i = whole; i < size; i++)
            largest = MathF.Max(largest, MathF.Abs(group[i]));
        return !float.IsFinite(largest) ? (0, float.NaN) : largest < LeastQuantized ? (0, 0) : (127 / largest, largest / 127);
    }

    // Sixteen codes; NaN and infinity, which stand only beside an inverse of 0, become 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Codes(float* values, float inverse)
    {
        if (Avx512F.IsSupported)
            return inverse == 0 ? Vector128<sbyte>.Zero : Avx512F.ConvertToVector128SByte(Avx512F.ConvertToVector512Int32(Vector512.Load(values) * inverse));
        Vector128<short> low = Vector128.Narrow(Code(values, inverse), Code(values + 4, inverse));
        Vector128<short> high = Vector128.Narrow(Code(values + 8, inverse), Code(values + 12, inverse));
        return Vector128.Narrow(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Code(float* values, float inverse) => Vector128.ConvertToInt32(Vector128.Round(Vector128.Load(values) * inverse));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(float* target, int count, float value)
    {
        for (int i = 0; i < count; i++)
            target[i] = value;
    }

    private static void Rest(float* values, int from, int size, float inverse, int* target)
    {
        int padded = (size + Packed - 1) / Packed * Packed;
        for (int i = from; i < padded; i++)
            ((sbyte*)target)[i] = i < size && inverse != 0 ? (sbyte)MathF.Round(values[i] * inverse) : (sbyte)0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumOfFours(Vector128<int> packed) =>
        (packed >> 24) + ((packed << 8) >> 24) + ((packed << 16) >> 24) + ((packed << 24) >> 24);
}
