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

    // Elements that are rounded together.
    private const int Unit = 32;

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
            (float inverse, float scale) = ScaleOf(source + start, size, size / Unit * Unit);
            for (int i = 0; i < size; i++)
                target[start + i] = (inverse == 0 ? 0 : MathF.Round(source[start + i] * inverse)) * scale;
        }
    }

    /// <summary>Quantizes rows: codes, and the scale of each run of them.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="sourceStride">Elements between rows.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="length">Elements of a row.</param>
    /// <param name="group">Elements that share a scale; a multiple of the run.</param>
    /// <param name="run">Elements of a run; a multiple of four that divides 64 or is one of 64.</param>
    /// <param name="codes">Receives four codes an element, zeros up to a multiple of 64 codes.</param>
    /// <param name="codesStride">Elements between rows of codes.</param>
    /// <param name="scales">Receives the scale of each run, zeros as above.</param>
    /// <param name="scalesStride">Elements between rows of scales.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void QuantizeRows(
        float* source, long sourceStride, int rows, int length, int group, int run, int* codes, long codesStride, float* scales, long scalesStride)
    {
        int padded = (length + RowUnit - 1) / RowUnit * RowUnit;
        for (long row = 0; row < rows; row++)
            QuantizeRow(source + (row * sourceStride), length, padded, group, run, codes + (row * codesStride), scales + (row * scalesStride));
    }

    /// <summary>
    /// Whether a thread's scratch does not yet hold what the programs with these second and third indices share; from then on it does. A thread runs programs
    /// whose first index follows the one before, so that a row that several of them read need be quantized once.
    /// </summary>
    /// <param name="held">Eight bytes before the scratch, 0 when a launch begins.</param>
    /// <param name="p1">Second index of the program.</param>
    /// <param name="p2">Third index of the program.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool BeginsRow(long* held, int p1, int p2)
    {
        long row = (((long)p2 << 32) | (uint)p1) + 1;
        bool begins = *held != row;
        *held = row;
        return begins;
    }

    /// <summary>Quantizes rows, and sums each run of codes times a negative number: sums[run] = -bias * sum, laid out as the scales.</summary>
    /// <inheritdoc cref="QuantizeRows(float*, long, int, int, int, int, int*, long, float*, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void QuantizeRows(
        float* source, long sourceStride, int rows, int length, int group, int run, int* codes, long codesStride, float* scales, long scalesStride, int* sums, int bias)
    {
        QuantizeRows(source, sourceStride, rows, length, group, run, codes, codesStride, scales, scalesStride);
        int padded = (length + RowUnit - 1) / RowUnit * RowUnit;
        for (long row = 0; row < rows; row++)
        {
            int* from = codes + (row * codesStride), to = sums + (row * scalesStride);
            if (run == Packed)
            {
                for (int i = 0; i < padded / Packed; i += 4)
                    (SumOfFours(Vector128.Load(from + i)) * -bias).Store(to + i);
            }
            else
            {
                for (int i = 0; i < padded / run; i++)
                    to[i] = -bias * SumOf(from + (i * (run / Packed)), run / Packed);
            }
        }
    }

    /// <summary>Quantizes rows, and sums each run of codes times its scale: sums[run] = scale * sum, laid out as the scales.</summary>
    /// <inheritdoc cref="QuantizeRows(float*, long, int, int, int, int, int*, long, float*, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void QuantizeRows(
        float* source, long sourceStride, int rows, int length, int group, int run, int* codes, long codesStride, float* scales, long scalesStride, float* sums)
    {
        QuantizeRows(source, sourceStride, rows, length, group, run, codes, codesStride, scales, scalesStride);
        int padded = (length + RowUnit - 1) / RowUnit * RowUnit;
        for (long row = 0; row < rows; row++)
        {
            int* from = codes + (row * codesStride);
            float* factors = scales + (row * scalesStride), to = sums + (row * scalesStride);
            if (run == Packed)
            {
                for (int i = 0; i < padded / Packed; i += 4)
                    (Vector128.ConvertToSingle(SumOfFours(Vector128.Load(from + i))) * Vector128.Load(factors + i)).Store(to + i);
            }
            else
            {
                for (int i = 0; i < padded / run; i++)
                    to[i] = factors[i] * SumOf(from + (i * (run / Packed)), run / Packed);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void QuantizeRow(float* source, int length, int padded, int group, int run, int* codes, float* scales)
    {
        for (int start = 0; start < length; start += group)
        {
            int size = Math.Min(group, length - start), whole = size / Unit * Unit, runs = (size + run - 1) / run;
            float* from = source + start;
            int* to = codes + (start / Packed);
            (float inverse, float scale) = ScaleOf(from, size, whole);
            for (int i = 0; i < whole; i += Unit)
                Codes(from + i, inverse, (sbyte*)(to + (i / Packed)));
            if (whole < size)
                Rest(from, whole, size, inverse, to);
            if (runs == 1)
                scales[start / run] = scale;
            else if (runs == 8)
                Vector256.Create(scale).Store(scales + (start / run));
            else
                Fill(scales + (start / run), runs, scale);
        }

        for (int i = (length + Packed - 1) / Packed; i < padded / Packed; i++)
            codes[i] = 0;
        for (int i = (length + run - 1) / run; i < padded / run; i++)
            scales[i] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SumOf(int* packed, int count)
    {
        if (Avx2.IsSupported && count == Unit / Packed)
        {
            // Sums of bytes are of unsigned ones.
            Vector256<byte> lifted = Vector256.Load((byte*)packed) ^ Vector256.Create((byte)128);
            return (int)Vector256.Sum(Avx2.SumAbsoluteDifferences(lifted, Vector256<byte>.Zero).AsUInt64()) - (128 * Unit);
        }

        int sum = 0, i = 0;
        Vector128<int> sums = Vector128<int>.Zero;
        for (; i + 4 <= count; i += 4)
            sums += SumOfFours(Vector128.Load(packed + i));
        for (; i < count; i++)
            sum += ((sbyte*)(packed + i))[0] + ((sbyte*)(packed + i))[1] + ((sbyte*)(packed + i))[2] + ((sbyte*)(packed + i))[3];
        return sum + Vector128.Sum(sums);
    }

    // 127 / largest and largest / 127; none and NaN where the group is not finite.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Inverse, float Scale) ScaleOf(float* group, int size, int whole)
    {
        // Magnitudes are ordered as their bits are, NaN above all, and the greater of two integers is one instruction.
        Vector256<int> magnitudes = Vector256<int>.Zero;
        for (int i = 0; i < whole; i += Unit)
        {
            Vector256<int> a = Vector256.Max(Magnitudes(group + i), Magnitudes(group + i + 8)), b = Vector256.Max(Magnitudes(group + i + 16), Magnitudes(group + i + 24));
            magnitudes = Vector256.Max(magnitudes, Vector256.Max(a, b));
        }

        Vector128<int> fours = Vector128.Max(magnitudes.GetLower(), magnitudes.GetUpper());
        fours = Vector128.Max(fours, Vector128.Shuffle(fours, Vector128.Create(2, 3, 0, 1)));
        float largest = Vector128.Max(fours, Vector128.Shuffle(fours, Vector128.Create(1, 0, 3, 2))).AsSingle().ToScalar();
        for (int i = whole; i < size; i++)
            largest = MathF.Max(largest, MathF.Abs(group[i]));
        return !float.IsFinite(largest) ? (0, float.NaN) : largest < LeastQuantized ? (0, 0) : (127 / largest, largest / 127);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Magnitudes(float* values) => Vector256.Load((int*)values) & Vector256.Create(int.MaxValue);

    // The codes of 32 elements. NaN and infinity stand only beside an inverse of 0 and become 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Codes(float* values, float inverse, sbyte* codes)
    {
        if (inverse == 0)
        {
            Vector256<sbyte>.Zero.Store(codes);
            return;
        }

        if (Avx2.IsSupported)
        {
            // Packing takes 128 bits at a time, so that fours end up out of order.
            Vector256<float> factor = Vector256.Create(inverse);
            Vector256<short> a = Avx2.PackSignedSaturate(
                Avx.ConvertToVector256Int32(Vector256.Load(values) * factor), Avx.ConvertToVector256Int32(Vector256.Load(values + 8) * factor));
            Vector256<short> b = Avx2.PackSignedSaturate(
                Avx.ConvertToVector256Int32(Vector256.Load(values + 16) * factor), Avx.ConvertToVector256Int32(Vector256.Load(values + 24) * factor));
            Avx2.PermuteVar8x32(Avx2.PackSignedSaturate(a, b).AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsSByte().Store(codes);
            return;
        }

        for (int i = 0; i < Unit; i += 16)
        {
            Vector128<short> low = Vector128.Narrow(Code(values + i, inverse), Code(values + i + 4, inverse));
            Vector128<short> high = Vector128.Narrow(Code(values + i + 8, inverse), Code(values + i + 12, inverse));
            Vector128.Narrow(low, high).Store(codes + i);
        }
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
