using System.Numerics;

namespace KernelFoundry.Testing.Ptx;

/// <summary>Integer instructions in one lane.</summary>
internal static class IntegerFunctions
{
    public readonly struct Same<T> : ILaneFunction<T, T>
    {
        public static T Apply(T a) => a;
    }

    public readonly struct Add<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a + b);
    }

    public readonly struct Subtract<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a - b);
    }

    public readonly struct Multiply<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a * b);
    }

    public readonly struct MultiplyHigh : ILaneFunction<int, int, int>
    {
        public static int Apply(int a, int b) => (int)(((long)a * b) >> 32);
    }

    public readonly struct MultiplyHighUnsigned : ILaneFunction<uint, uint, uint>
    {
        public static uint Apply(uint a, uint b) => (uint)(((ulong)a * b) >> 32);
    }

    public readonly struct MultiplyWide : ILaneFunction<int, int, long>
    {
        public static long Apply(int a, int b) => (long)a * b;
    }

    public readonly struct MultiplyWideUnsigned : ILaneFunction<uint, uint, ulong>
    {
        public static ulong Apply(uint a, uint b) => (ulong)a * b;
    }

    public readonly struct MultiplyAdd<T> : ILaneFunction<T, T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b, T c) => unchecked((a * b) + c);
    }

    public readonly struct MultiplyAddWide : ILaneFunction<int, int, long, long>
    {
        public static long Apply(int a, int b, long c) => unchecked(((long)a * b) + c);
    }

    public readonly struct MultiplyAddWideUnsigned : ILaneFunction<uint, uint, ulong, ulong>
    {
        public static ulong Apply(uint a, uint b, ulong c) => unchecked(((ulong)a * b) + c);
    }

    // Division by zero has no specified result and does not trap: all ones here, as GPUs give.
    public readonly struct Divide<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => T.IsZero(b) ? ~T.Zero : ~b == T.Zero && T.IsNegative(b) ? unchecked(T.Zero - a) : a / b;
    }

    public readonly struct Remainder<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => T.IsZero(b) ? a : ~b == T.Zero && T.IsNegative(b) ? T.Zero : a % b;
    }

    public readonly struct Min<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => T.Min(a, b);
    }

    public readonly struct Max<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => T.Max(a, b);
    }

    public readonly struct Negate<T> : ILaneFunction<T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a) => unchecked(T.Zero - a);
    }

    public readonly struct Abs<T> : ILaneFunction<T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a) => T.IsNegative(a) ? unchecked(T.Zero - a) : a;
    }

    public readonly struct And<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a & b;
    }

    public readonly struct Or<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a | b;
    }

    public readonly struct Xor<T> : ILaneFunction<T, T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a ^ b;
    }

    public readonly struct Not<T> : ILaneFunction<T, T>
        where T : IBinaryInteger<T>
    {
        public static T Apply(T a) => ~a;
    }

    public readonly struct NotFirst : ILaneFunction<uint, uint, uint>
    {
        public static uint Apply(uint a, uint b) => ~a;
    }

    // A register of 16 bits is kept in 32, whose upper half is zero.
    public readonly struct Not16 : ILaneFunction<uint, uint>
    {
        public static uint Apply(uint a) => ~a & 0xFFFF;
    }

    // Shifts by the width or more shift everything out.
    public readonly struct ShiftLeft : ILaneFunction<uint, uint, uint>
    {
        public static uint Apply(uint a, uint b) => b > 31 ? 0 : a << (int)b;
    }

    public readonly struct ShiftLeft64 : ILaneFunction<ulong, uint, ulong>
    {
        public static ulong Apply(ulong a, uint b) => b > 63 ? 0 : a << (int)b;
    }

    public readonly struct ShiftRight : ILaneFunction<int, uint, int>
    {
        public static int Apply(int a, uint b) => a >> (int)Math.Min(b, 31);
    }

    public readonly struct ShiftRightUnsigned : ILaneFunction<uint, uint, uint>
    {
        public static uint Apply(uint a, uint b) => b > 31 ? 0 : a >> (int)b;
    }

    public readonly struct ShiftRight64 : ILaneFunction<long, uint, long>
    {
        public static long Apply(long a, uint b) => a >> (int)Math.Min(b, 63);
    }

    public readonly struct ShiftRightUnsigned64 : ILaneFunction<ulong, uint, ulong>
    {
        public static ulong Apply(ulong a, uint b) => b > 63 ? 0 : a >> (int)b;
    }

    // Position and length count from the lowest byte of their operands; bits beyond the word are the sign's or zero.
    public readonly struct Extract : ILaneFunction<int, uint, uint, int>
    {
        public static int Apply(int a, uint position, uint length)
        {
            position &= 255;
            length &= 255;
            if (length == 0)
                return 0;
            long shifted = position > 31 ? a >> 31 : (long)a >> (int)position;
            return length > 31 ? (int)shifted : (int)(shifted << (64 - (int)length) >> (64 - (int)length));
        }
    }

    public readonly struct ExtractUnsigned : ILaneFunction<uint, uint, uint, uint>
    {
        public static uint Apply(uint a, uint position, uint length)
        {
            position &= 255;
            length &= 255;
            uint shifted = position > 31 ? 0 : a >> (int)position;
            return length > 31 ? shifted : shifted & ((1u << (int)length) - 1);
        }
    }

    public readonly struct CountOnes : ILaneFunction<uint, uint>
    {
        public static uint Apply(uint a) => (uint)BitOperations.PopCount(a);
    }

    public readonly struct CountLeadingZeros : ILaneFunction<uint, uint>
    {
        public static uint Apply(uint a) => (uint)BitOperations.LeadingZeroCount(a);
    }

    // A nibble of the selector names one of eight bytes, or with its highest bit that byte's sign in all bits.
    public readonly struct Permute : ILaneFunction<uint, uint, uint, uint>
    {
        public static uint Apply(uint a, uint b, uint selector)
        {
            ulong bytes = ((ulong)b << 32) | a;
            uint result = 0;
            for (int i = 0; i < 4; i++)
            {
                uint nibble = (selector >> (4 * i)) & 15;
                var one = (byte)(bytes >> (int)(8 * (nibble & 7)));
                result |= (uint)((nibble & 8) == 0 ? one : (one & 128) != 0 ? 255 : 0) << (8 * i);
            }

            return result;
        }
    }

    public readonly struct DotBytes : ILaneFunction<int, int, int, int>
    {
        public static int Apply(int a, int b, int c)
        {
            for (int i = 0; i < 32; i += 8)
                c = unchecked(c + ((sbyte)(a >> i) * (sbyte)(b >> i)));
            return c;
        }
    }

    public readonly struct DotBytesUnsigned : ILaneFunction<uint, uint, uint, uint>
    {
        public static uint Apply(uint a, uint b, uint c)
        {
            for (int i = 0; i < 32; i += 8)
                c = unchecked(c + ((uint)(byte)(a >> i) * (byte)(b >> i)));
            return c;
        }
    }

    public readonly struct DotBytesMixed : ILaneFunction<uint, int, int, int>
    {
        public static int Apply(uint a, int b, int c)
        {
            for (int i = 0; i < 32; i += 8)
                c = unchecked(c + ((byte)(a >> i) * (sbyte)(b >> i)));
            return c;
        }
    }

    public readonly struct Convert<TA, TResult> : ILaneFunction<TA, TResult>
        where TA : IBinaryInteger<TA>
        where TResult : IBinaryInteger<TResult>
    {
        public static TResult Apply(TA a) => TResult.CreateTruncating(a);
    }

    public readonly struct Low16 : ILaneFunction<uint, uint>
    {
        public static uint Apply(uint a) => a & 0xFFFF;
    }

    public readonly struct SignExtend<TNarrow> : ILaneFunction<uint, int>
        where TNarrow : IBinaryInteger<TNarrow>
    {
        public static int Apply(uint a) => int.CreateTruncating(TNarrow.CreateTruncating(a));
    }

    public readonly struct ZeroExtend<TNarrow> : ILaneFunction<uint, uint>
        where TNarrow : IBinaryInteger<TNarrow>
    {
        public static uint Apply(uint a) => uint.CreateTruncating(TNarrow.CreateTruncating(a));
    }

    public readonly struct Saturate<TNarrow> : ILaneFunction<int, int>
        where TNarrow : IBinaryInteger<TNarrow>
    {
        public static int Apply(int a) => int.CreateTruncating(TNarrow.CreateSaturating(a));
    }
}
