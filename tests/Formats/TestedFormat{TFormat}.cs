namespace KernelFoundry.Formats.Tests;

/// <summary>A <see cref="TestedFormat"/> by its type.</summary>
internal sealed class TestedFormat<TFormat>(TestedFormat.Decoder published, double error) : TestedFormat
    where TFormat : unmanaged, IQuantEncoder
{
    public override string Name => typeof(TFormat).Name;

    public override int BlockSize => TFormat.BlockSize;

    public override int BlockBytes => TFormat.BlockBytes;

    public override int GroupSize => TFormat.GroupSize == 0 ? TFormat.BlockSize : TFormat.GroupSize;

    public override double Error => error;

    public override float[] Published(ReadOnlySpan<byte> block) => published(block);

    public override Quantized Decode(ReadOnlySpan<byte> block, int i) => TFormat.Decode(new Block(block), i);

    public override byte[] Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance = default)
    {
        // What an encoder does not write shows.
        byte[] block = [.. Enumerable.Repeat((byte)0xA5, TFormat.BlockBytes)];
        TFormat.Encode(values, importance, block);
        return block;
    }

    public override (float[] Values, int[] Codes, float[] Scales, float[] Offsets) Run(Device device, byte[] blocks)
    {
        int count = blocks.Length / TFormat.BlockBytes * TFormat.BlockSize;
        View1<TFormat> x = device.Allocate<TFormat>(count);
        View1<float> values = device.Allocate<float>(count), scales = device.Allocate<float>(count), offsets = device.Allocate<float>(count);
        View1<int> codes = device.Allocate<int>(count);
        x.CopyBytesFrom(blocks);
        Dequantizing.Dequantize(device, x, values);
        Dequantizing.TakeApart(device, x, codes, scales, offsets);
        return (values.ToArray(), codes.ToArray(), scales.ToArray(), offsets.ToArray());
    }
}
