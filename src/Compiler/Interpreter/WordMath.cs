using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>What instructions on words of bytes and halves give.</summary>
internal static class WordMath
{
    /// <summary><see cref="DotFour"/>.</summary>
    public static Number Dot(Number codes, Number other, Number accumulator)
    {
        int sum = accumulator.Bits;
        for (int t = 0; t < 4; t++)
            sum = unchecked(sum + ((byte)(codes.Bits >> (8 * t)) * (sbyte)(other.Bits >> (8 * t))));
        return Number.Of(sum);
    }

    /// <summary><see cref="PermuteBytes"/>.</summary>
    public static Number Permute(Number low, Number high, Number selector)
    {
        ulong bytes = unchecked(((ulong)(uint)high.Bits << 32) | (uint)low.Bits);
        int result = 0;
        for (int i = 0; i < 4; i++)
        {
            int nibble = (selector.Bits >> (4 * i)) & 15;
            int chosen = (int)(bytes >> (8 * (nibble & 7))) & 255;
            int value = (nibble & 8) == 0 ? chosen : (chosen & 128) != 0 ? 255 : 0;
            result |= value << (8 * i);
        }

        return Number.Of(result);
    }

    /// <summary><see cref="PackPair"/>.</summary>
    public static Number Pack(Number low, Number high, RawType type) =>
        Number.Of((StoredElement.Encode(low, type) & 0xFFFF) | (StoredElement.Encode(high, type) << 16));

    /// <summary>A half of a word as a float.</summary>
    public static float Half(int word, int index, MatrixElement element)
    {
        int bits = index == 0 ? word & 0xFFFF : (word >> 16) & 0xFFFF;
        byte[] stored = [unchecked((byte)bits), (byte)(bits >> 8)];
        return StoredElement.Read(stored, 0, element == MatrixElement.Half ? RawType.F16 : RawType.BF16).F32;
    }
}
