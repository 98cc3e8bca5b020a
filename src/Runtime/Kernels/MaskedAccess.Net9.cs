#if !NET10_0_OR_GREATER
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <summary>The masked reads and writes of AVX-512 that .NET 9 has no names for, lane by lane or in AVX2: same result, used at the ends of rows.</summary>
internal static unsafe class MaskedAccess
{
    extension(Avx512F)
    {
        public static Vector512<int> MaskLoad(int* p, Vector512<int> mask, Vector512<int> merge) => Vector512.ConditionalSelect(
            mask,
            Vector512.Create(Avx2.MaskLoad(p, mask.GetLower()), Avx2.MaskLoad(p + 8, mask.GetUpper())),
            merge);

        public static void MaskStore(int* p, Vector512<int> mask, Vector512<int> v)
        {
            Avx2.MaskStore(p, mask.GetLower(), v.GetLower());
            Avx2.MaskStore(p + 8, mask.GetUpper(), v.GetUpper());
        }
    }

    extension(Avx512BW.VL)
    {
        public static Vector128<byte> MaskLoad(byte* p, Vector128<byte> mask, Vector128<byte> merge)
        {
            Read(p, (byte*)&merge, mask.ExtractMostSignificantBits());
            return merge;
        }

        public static Vector128<sbyte> MaskLoad(sbyte* p, Vector128<sbyte> mask, Vector128<sbyte> merge)
        {
            Read(p, (sbyte*)&merge, mask.ExtractMostSignificantBits());
            return merge;
        }

        public static Vector128<ushort> MaskLoad(ushort* p, Vector128<ushort> mask, Vector128<ushort> merge)
        {
            Read(p, (ushort*)&merge, mask.ExtractMostSignificantBits());
            return merge;
        }

        public static Vector128<short> MaskLoad(short* p, Vector128<short> mask, Vector128<short> merge)
        {
            Read(p, (short*)&merge, mask.ExtractMostSignificantBits());
            return merge;
        }

        public static Vector256<ushort> MaskLoad(ushort* p, Vector256<ushort> mask, Vector256<ushort> merge)
        {
            Read(p, (ushort*)&merge, mask.ExtractMostSignificantBits());
            return merge;
        }

        public static Vector256<short> MaskLoad(short* p, Vector256<short> mask, Vector256<short> merge)
        {
            Read(p, (short*)&merge, mask.ExtractMostSignificantBits());
            return merge;
        }
    }

    private static void Read<T>(T* from, T* lanes, uint mask)
        where T : unmanaged
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            lanes[lane] = from[lane];
        }
    }
}
#endif
