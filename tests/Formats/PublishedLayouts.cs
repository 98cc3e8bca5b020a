using System.Buffers.Binary;

namespace KernelFoundry.Formats.Tests;

/// <summary>
/// Decoders of whole blocks, written from ggml's block structs (ggml-common.h) and the order its dequantizing loops give elements in, field
/// by field: what the descriptors, which give any one element, must agree with bit for bit.
/// </summary>
internal static class PublishedLayouts
{
    private static readonly int[] Uneven = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
    private static readonly float[] E2M1 = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6];

    public static float[] Q8_0(ReadOnlySpan<byte> block)
    {
        float d = Half(block);
        var y = new float[32];
        for (int j = 0; j < 32; j++)
            y[j] = d * unchecked((sbyte)block[2 + j]);
        return y;
    }

    public static float[] Q4_0(ReadOnlySpan<byte> block) => Nibbles(block[2..18], Half(block), 0, q => q - 8);

    public static float[] Q4_1(ReadOnlySpan<byte> block) => Nibbles(block[4..20], Half(block), Half(block[2..]), q => q);

    public static float[] IQ4_NL(ReadOnlySpan<byte> block) => Nibbles(block[2..18], Half(block), 0, q => Uneven[q]);

    public static float[] Q5_0(ReadOnlySpan<byte> block) => FiveBits(block[6..22], block[2..6], Half(block), 0, 16);

    public static float[] Q5_1(ReadOnlySpan<byte> block) => FiveBits(block[8..24], block[4..8], Half(block), Half(block[2..]), 0);

    public static float[] MXFP4(ReadOnlySpan<byte> block)
    {
        double scale = Math.Pow(2, block[0] - 127);
        var y = new float[32];
        for (int j = 0; j < 16; j++)
        {
            y[j] = E2M1Of(block[1 + j] & 15);
            y[j + 16] = E2M1Of(block[1 + j] >> 4);
        }

        return [.. y.Select(value => (float)(value * scale))];
    }

    public static float[] Q2_K(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> scales = block[..16], q = block[16..80];
        float d = Half(block[80..]), min = Half(block[82..]);
        var y = new List<float>(256);
        for (int n = 0, s = 0; n < 2; n++, q = q[32..])
        {
            for (int shift = 0; shift < 8; shift += 2)
            {
                for (int part = 0; part < 2; part++, s++)
                {
                    float dl = d * (scales[s] & 0xF), ml = min * (scales[s] >> 4);
                    foreach (byte packed in q.Slice(part * 16, 16))
                        y.Add((dl * ((packed >> shift) & 3)) - ml);
                }
            }
        }

        return [.. y];
    }

    public static float[] Q3_K(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> high = block[..32], q = block[32..96], packed = block[96..108];
        float d = Half(block[108..]);

        // Twelve bytes are sixteen six-bit numbers: as words, a nibble of words 0 and 1 and a bit pair of word 2 each.
        uint w0 = Word(packed), w1 = Word(packed[4..]), w2 = Word(packed[8..]);
        uint[] words =
        [
            (w0 & 0x0F0F0F0F) | ((w2 & 0x03030303) << 4),
            (w1 & 0x0F0F0F0F) | (((w2 >> 2) & 0x03030303) << 4),
            ((w0 >> 4) & 0x0F0F0F0F) | (((w2 >> 4) & 0x03030303) << 4),
            ((w1 >> 4) & 0x0F0F0F0F) | (((w2 >> 6) & 0x03030303) << 4),
        ];
        byte[] scales = [.. words.SelectMany(BitConverter.GetBytes)];
        var y = new List<float>(256);
        byte mask = 1;
        for (int n = 0, s = 0; n < 2; n++, q = q[32..])
        {
            for (int shift = 0; shift < 8; shift += 2, mask <<= 1)
            {
                for (int part = 0; part < 2; part++, s++)
                {
                    float dl = d * (scales[s] - 32);
                    for (int l = part * 16; l < (part + 1) * 16; l++)
                        y.Add(dl * (((q[l] >> shift) & 3) - ((high[l] & mask) != 0 ? 0 : 4)));
                }
            }
        }

        return [.. y];
    }

    public static float[] Q4_K(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> q = block[16..144];
        (float[] scales, float[] minima) = Scales(block);
        var y = new List<float>(256);
        for (int pair = 0; pair < 4; pair++, q = q[32..])
        {
            foreach (byte packed in q[..32])
                y.Add((scales[2 * pair] * (packed & 0xF)) - minima[2 * pair]);
            foreach (byte packed in q[..32])
                y.Add((scales[(2 * pair) + 1] * (packed >> 4)) - minima[(2 * pair) + 1]);
        }

        return [.. y];
    }

    public static float[] Q5_K(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> high = block[16..48], q = block[48..176];
        (float[] scales, float[] minima) = Scales(block);
        var y = new List<float>(256);
        int first = 1, second = 2;
        for (int pair = 0; pair < 4; pair++, q = q[32..], first <<= 2, second <<= 2)
        {
            for (int l = 0; l < 32; l++)
                y.Add((scales[2 * pair] * ((q[l] & 0xF) + ((high[l] & first) != 0 ? 16 : 0))) - minima[2 * pair]);
            for (int l = 0; l < 32; l++)
                y.Add((scales[(2 * pair) + 1] * ((q[l] >> 4) + ((high[l] & second) != 0 ? 16 : 0))) - minima[(2 * pair) + 1]);
        }

        return [.. y];
    }

    public static float[] Q6_K(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> low = block[..128], high = block[128..192], scales = block[192..208];
        float d = Half(block[208..]);
        var y = new float[256];
        for (int n = 0; n < 256; n += 128, low = low[64..], high = high[32..], scales = scales[8..])
        {
            for (int l = 0; l < 32; l++)
            {
                int q1 = ((low[l] & 0xF) | ((high[l] & 3) << 4)) - 32, q2 = ((low[l + 32] & 0xF) | (((high[l] >> 2) & 3) << 4)) - 32;
                int q3 = ((low[l] >> 4) | (((high[l] >> 4) & 3) << 4)) - 32, q4 = ((low[l + 32] >> 4) | ((high[l] >> 6) << 4)) - 32;
                int at = l < 16 ? 0 : 1;
                y[n + l] = d * unchecked((sbyte)scales[at]) * q1;
                y[n + l + 32] = d * unchecked((sbyte)scales[at + 2]) * q2;
                y[n + l + 64] = d * unchecked((sbyte)scales[at + 4]) * q3;
                y[n + l + 96] = d * unchecked((sbyte)scales[at + 6]) * q4;
            }
        }

        return y;
    }

    public static float[] IQ4_XS(ReadOnlySpan<byte> block)
    {
        float d = Half(block);
        int upper = BinaryPrimitives.ReadUInt16LittleEndian(block[2..]);
        ReadOnlySpan<byte> lower = block[4..8], q = block[8..136];
        var y = new List<float>(256);
        for (int ib = 0; ib < 8; ib++, upper >>= 2, q = q[16..])
        {
            int scale = (ib % 2 == 0 ? lower[ib / 2] & 0xF : lower[ib / 2] >> 4) + (16 * (upper & 3)) - 32;
            y.AddRange(Nibbles(q[..16], d * scale, 0, index => Uneven[index]));
        }

        return [.. y];
    }

    private static float[] Nibbles(ReadOnlySpan<byte> q, float d, float m, Func<int, int> code)
    {
        var y = new float[32];
        for (int j = 0; j < 16; j++)
        {
            y[j] = (d * code(q[j] & 0xF)) + m;
            y[j + 16] = (d * code(q[j] >> 4)) + m;
        }

        return y;
    }

    private static float[] FiveBits(ReadOnlySpan<byte> q, ReadOnlySpan<byte> fifth, float d, float m, int less)
    {
        uint high = Word(fifth);
        var y = new float[32];
        for (int j = 0; j < 16; j++)
        {
            uint x0 = (q[j] & 0xFu) | (((high >> j) << 4) & 0x10), x1 = (uint)(q[j] >> 4) | ((high >> (j + 12)) & 0x10);
            y[j] = (d * ((int)x0 - less)) + m;
            y[j + 16] = (d * ((int)x1 - less)) + m;
        }

        return y;
    }

    // The scales and minima of Q4_K and Q5_K, multiplied out.
    private static (float[] Scales, float[] Minima) Scales(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> q = block[4..16];
        float d = Half(block), min = Half(block[2..]);
        var scales = new float[8];
        var minima = new float[8];
        for (int j = 0; j < 8; j++)
        {
            int scale = j < 4 ? q[j] & 63 : (q[j + 4] & 0xF) + (16 * (q[j - 4] >> 6));
            int minimum = j < 4 ? q[j + 4] & 63 : (q[j + 4] >> 4) + (16 * (q[j] >> 6));
            (scales[j], minima[j]) = (d * scale, min * minimum);
        }

        return (scales, minima);
    }

    private static float E2M1Of(int bits) => (bits & 8) == 0 ? E2M1[bits] : 0 - E2M1[bits & 7];

    private static float Half(ReadOnlySpan<byte> at) => (float)BinaryPrimitives.ReadHalfLittleEndian(at);

    private static uint Word(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt32LittleEndian(at);
}
