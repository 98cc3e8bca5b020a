namespace KernelFoundry;

/// <summary>
/// The 6-bit scales and minima of eight groups in 12 bytes, as Q4_K and Q5_K have them from byte 4. Bytes 0 to 3 and 4 to 7 begin with the
/// scales and minima of groups 0 to 3; bytes 8 to 11 hold the lower nibbles of both for groups 4 to 7, whose upper bit pairs are the upper
/// bits of bytes 0 to 7. Source: ggml, get_scale_min_k4.
/// </summary>
internal static class SixBitScales
{
    [DeviceFunction]
    public static int Scale(Block b, int group) => group < 4
        ? b.Byte(4 + group) & 63
        : (b.Byte(8 + group) & 15) | (b.Byte(group) >> 6 << 4);

    [DeviceFunction]
    public static int Minimum(Block b, int group) => group < 4
        ? b.Byte(8 + group) & 63
        : (b.Byte(8 + group) >> 4) | (b.Byte(4 + group) >> 6 << 4);

    public static void Pack(ReadOnlySpan<byte> scales, ReadOnlySpan<byte> minima, Span<byte> block)
    {
        for (int group = 0; group < 4; group++)
        {
            block[4 + group] = (byte)(scales[group] | (scales[group + 4] >> 4 << 6));
            block[8 + group] = (byte)(minima[group] | (minima[group + 4] >> 4 << 6));
            block[12 + group] = (byte)((scales[group + 4] & 15) | ((minima[group + 4] & 15) << 4));
        }
    }
}
