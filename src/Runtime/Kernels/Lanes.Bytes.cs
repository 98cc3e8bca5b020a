using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Bytes: dots of them, and look-ups.</content>
public static unsafe partial class Lanes
{
    // ---- dots of four bytes a lane. Codes are at most 129, the others -127 to 127: pairs of products fit 16 bits.

    /// <summary>sums[l] + the sum over t below 4 of codes[4l + t] * others[4l + t].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(Vector512<int> sums, Vector512<byte> codes, Vector512<sbyte> others, Vector512<short> ones) =>
        sums + Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(codes, others), ones);

    /// <inheritdoc cref="Dot(Vector512{int}, Vector512{byte}, Vector512{sbyte}, Vector512{short})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sums, Vector256<byte> codes, Vector256<sbyte> others) => AvxVnni.IsSupported
        ? AvxVnni.MultiplyWideningAndAdd(sums, codes, others)
        : sums + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(codes, others), Vector256<short>.One);

    /// <inheritdoc cref="Dot(Vector512{int}, Vector512{byte}, Vector512{sbyte}, Vector512{short})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sums, Vector128<byte> codes, Vector128<sbyte> others)
    {
        if (Ssse3.IsSupported)
            return sums + Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(codes, others), Vector128<short>.One);
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(codes);
        return sums + Fours(low.AsInt16(), high.AsInt16(), others);
    }

    /// <summary>As <see cref="Dot(Vector256{int}, Vector256{byte}, Vector256{sbyte})"/>, with codes up to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotWide(Vector256<int> sums, Vector256<byte> codes, Vector256<sbyte> others)
    {
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(sums, codes, others);
        Vector256<short> evenCodes = codes.AsInt16() & Vector256.Create((short)255), oddCodes = (codes.AsUInt16() >> 8).AsInt16();
        Vector256<short> evenOthers = (others.AsInt16() << 8) >> 8, oddOthers = others.AsInt16() >> 8;
        return sums + Avx2.MultiplyAddAdjacent(evenCodes, evenOthers) + Avx2.MultiplyAddAdjacent(oddCodes, oddOthers);
    }

    /// <summary>As <see cref="Dot(Vector128{int}, Vector128{byte}, Vector128{sbyte})"/>, with codes up to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotWide(Vector128<int> sums, Vector128<byte> codes, Vector128<sbyte> others)
    {
        if (!Sse2.IsSupported)
        {
            Vector128<int> wide = codes.AsInt32(), signed = others.AsInt32();
            Vector128<int> mask = Vector128.Create(255);
            return sums + ((wide & mask) * ((signed << 24) >> 24)) + (((wide >> 8) & mask) * ((signed << 16) >> 24))
                + (((wide >> 16) & mask) * ((signed << 8) >> 24)) + ((wide >>> 24) * (signed >> 24));
        }

        Vector128<short> evenCodes = codes.AsInt16() & Vector128.Create((short)255), oddCodes = (codes.AsUInt16() >> 8).AsInt16();
        Vector128<short> evenOthers = (others.AsInt16() << 8) >> 8, oddOthers = others.AsInt16() >> 8;
        return sums + Sse2.MultiplyAddAdjacent(evenCodes, evenOthers) + Sse2.MultiplyAddAdjacent(oddCodes, oddOthers);
    }

    /// <summary>The products of neighbouring bytes, added two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Products(Vector512<byte> codes, Vector512<sbyte> others) => Avx512BW.MultiplyAddAdjacent(codes, others);

    /// <inheritdoc cref="Products(Vector512{byte}, Vector512{sbyte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Products(Vector256<byte> codes, Vector256<sbyte> others) => Avx2.MultiplyAddAdjacent(codes, others);

    /// <inheritdoc cref="Products(Vector512{byte}, Vector512{sbyte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Products(Vector128<byte> codes, Vector128<sbyte> others)
    {
        if (Ssse3.IsSupported)
            return Ssse3.MultiplyAddAdjacent(codes, others);
        Vector128<short> evenOthers = (others.AsInt16() << 8) >> 8, oddOthers = others.AsInt16() >> 8;
        return ((codes.AsInt16() & Vector128.Create((short)255)) * evenOthers) + ((codes.AsUInt16() >> 8).AsInt16() * oddOthers);
    }

    /// <summary>Neighbouring lanes added two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Pairs(Vector512<short> v, Vector512<short> ones) => Avx512BW.MultiplyAddAdjacent(v, ones);

    /// <inheritdoc cref="Pairs(Vector512{short}, Vector512{short})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Pairs(Vector256<short> v) => Avx2.MultiplyAddAdjacent(v, Vector256<short>.One);

    /// <inheritdoc cref="Pairs(Vector512{short}, Vector512{short})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Pairs(Vector128<short> v) => ((v.AsInt32() << 16) >> 16) + (v.AsInt32() >> 16);

    private static Vector128<int> Fours(Vector128<short> low, Vector128<short> high, Vector128<sbyte> others)
    {
        (Vector128<short> first, Vector128<short> second) = Vector128.Widen(others);
        Vector128<int> a = Pairs(low * first), b = Pairs(high * second);
        return Vector128.Create(a[0] + a[1], a[2] + a[3], b[0] + b[1], b[2] + b[3]);
    }

    // ---- constants

    /// <summary>
    /// The address of constants. Not inlined, so that the JIT does not know what lies there: vectors loaded from it before a loop stay in registers,
    /// while constants it knows are read from memory at each use.
    /// </summary>
    /// <param name="values">Data of the assembly, which does not move.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong* Constants(ReadOnlySpan<ulong> values) => (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values));

    // ---- halves

    /// <summary>Two halves of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Join(Vector256<int> lower, Vector256<int> upper) =>
        Avx512F.InsertVector256(lower.ToVector512Unsafe().AsUInt64(), upper.AsUInt64(), 1).AsInt32();

    // ---- order

    /// <summary>Within each 16 bytes, the byte at the index in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Shuffle(Vector512<byte> bytes, Vector512<byte> indices) => Avx512BW.Shuffle(bytes, indices);

    /// <inheritdoc cref="Shuffle(Vector512{byte}, Vector512{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Shuffle(Vector256<byte> bytes, Vector256<byte> indices) => Avx2.Shuffle(bytes, indices);

    /// <inheritdoc cref="Shuffle(Vector512{byte}, Vector512{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Shuffle(Vector128<byte> bytes, Vector128<byte> indices) => Vector128.Shuffle(bytes, indices);

    /// <summary>Entries of a table of sixteen bytes, which is there four times, by the lower four bits of each byte.</summary>
    /// <param name="table">The table.</param>
    /// <param name="bytes">The bytes, whose upper bits are anything.</param>
    /// <param name="mask">The lower four bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Lookup(Vector512<byte> table, Vector512<byte> bytes, Vector512<byte> mask) =>
        Avx512Vbmi.IsSupported ? Avx512Vbmi.PermuteVar64x8(table, bytes) : Shuffle(table, bytes & mask);

    /// <summary>
    /// Ends what compilers keep of reads before it: what is read again comes from memory, where the first cache has it, and not from a register that more than sixteen
    /// vectors wanted to be in.
    /// </summary>
    /// <param name="readable">Any number that may be read.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Forget(int* readable) => Volatile.Read(ref *readable);

    // ---- bits

    /// <summary>Bits at another place: shifted right, or left where the number is negative, and then those of the mask, into which nothing is shifted from outside a byte.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="shift">By how many bits, the same in every call.</param>
    /// <param name="mask">The bits.</param>
    /// <param name="matrix">The same as a product over GF(2), 64 bits for eight bytes: one instruction instead of two.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Field(Vector512<byte> bytes, int shift, Vector512<byte> mask, Vector512<byte> matrix)
    {
#if NET10_0_OR_GREATER
        if (Gfni.V512.IsSupported)
            return Gfni.V512.GaloisFieldAffineTransform(bytes, matrix, 0);
#endif
        return (shift < 0 ? bytes.AsUInt16() << -shift : bytes.AsUInt16() >> shift).AsByte() & mask;
    }

    /// <summary>The values where bytes of one bit at most have that bit, else 0.</summary>
    /// <param name="bits">Bytes of one bit or none.</param>
    /// <param name="values">The values.</param>
    /// <param name="matrix">The same as a product over GF(2), 64 bits for eight bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Where(Vector512<byte> bits, Vector512<byte> values, Vector512<byte> matrix)
    {
#if NET10_0_OR_GREATER
        if (Gfni.V512.IsSupported)
            return Gfni.V512.GaloisFieldAffineTransform(bits, matrix, 0);
#endif
        return Avx512BW.BlendVariable(Vector512<byte>.Zero, values, Avx512BW.CompareNotEqual(bits, Vector512<byte>.Zero));
    }

    /// <summary>Or with what there is where the condition is not zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> OrWhere(Vector512<byte> bytes, Vector512<byte> values, Vector512<byte> condition) =>
        Avx512BW.BlendVariable(bytes, bytes | values, Avx512BW.CompareNotEqual(condition, Vector512<byte>.Zero));

    /// <summary>Each byte shifted right by a number of its own, 0 to 7.</summary>
    public static Vector512<byte> ShiftRightLogicalBytes(Vector512<byte> bytes, Vector512<byte> counts) =>
        Vector512.Create(ShiftRightLogicalBytes(bytes.GetLower(), counts.GetLower()), ShiftRightLogicalBytes(bytes.GetUpper(), counts.GetUpper()));

    /// <inheritdoc cref="ShiftRightLogicalBytes(Vector512{byte}, Vector512{byte})"/>
    public static Vector256<byte> ShiftRightLogicalBytes(Vector256<byte> bytes, Vector256<byte> counts) =>
        Vector256.Create(ShiftRightLogicalBytes(bytes.GetLower(), counts.GetLower()), ShiftRightLogicalBytes(bytes.GetUpper(), counts.GetUpper()));

    /// <inheritdoc cref="ShiftRightLogicalBytes(Vector512{byte}, Vector512{byte})"/>
    public static Vector128<byte> ShiftRightLogicalBytes(Vector128<byte> bytes, Vector128<byte> counts)
    {
        // The quotient by 2^n is the upper byte of the product with 2^(8 - n).
        Vector128<byte> factors = Vector128.Shuffle(Vector128.Create((byte)0, 128, 64, 32, 16, 8, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0), counts);
        (Vector128<ushort> a, Vector128<ushort> b) = Vector128.Widen(bytes);
        (Vector128<ushort> x, Vector128<ushort> y) = Vector128.Widen(factors);
        return Vector128.ConditionalSelect(Vector128.Equals(counts, Vector128<byte>.Zero), bytes, Vector128.Narrow((a * x) >> 8, (b * y) >> 8));
    }

    /// <summary>Each byte shifted left by a number of its own, 0 to 7, to at most 255.</summary>
    public static Vector512<byte> ShiftLeftLogicalBytes(Vector512<byte> bytes, Vector512<byte> counts) =>
        Vector512.Create(ShiftLeftLogicalBytes(bytes.GetLower(), counts.GetLower()), ShiftLeftLogicalBytes(bytes.GetUpper(), counts.GetUpper()));

    /// <inheritdoc cref="ShiftLeftLogicalBytes(Vector512{byte}, Vector512{byte})"/>
    public static Vector256<byte> ShiftLeftLogicalBytes(Vector256<byte> bytes, Vector256<byte> counts) =>
        Vector256.Create(ShiftLeftLogicalBytes(bytes.GetLower(), counts.GetLower()), ShiftLeftLogicalBytes(bytes.GetUpper(), counts.GetUpper()));

    /// <inheritdoc cref="ShiftLeftLogicalBytes(Vector512{byte}, Vector512{byte})"/>
    public static Vector128<byte> ShiftLeftLogicalBytes(Vector128<byte> bytes, Vector128<byte> counts) =>
        bytes * Vector128.Shuffle(Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0), counts);
}
