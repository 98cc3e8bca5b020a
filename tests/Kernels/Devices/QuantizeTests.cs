using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class QuantizeTests
{
    [Theory]
    [DeviceData]
    public void Blocks_are_those_the_host_encodes(Device device)
    {
        const int Rows = 5, Columns = 1088;
        var random = new Random(5);
        var x = new float[Rows * Columns];
        for (int i = 64; i < x.Length; i++)
            x[i] = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-9, 8)));
        float[] ties = [127, -126.5f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 0.49999997f];
        ties.CopyTo(x, 32);
        x[96] = 1e7f;
        View2<Q8_0> blocks = device.Allocate<Q8_0>(Rows, Columns);
        Quantization.EncodeQ8_0(device, device.Upload<float>(x, Rows, Columns), blocks);
        var expected = new byte[blocks.Memory!.ByteLength];
        for (int block = 0; block < x.Length / 32; block++)
            Q8_0.Encode(x.AsSpan(block * 32, 32), expected.AsSpan(block * 34, 34));
        var actual = new byte[expected.Length];
        blocks.Memory.Read(0, actual);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [DeviceData]
    public void A_block_with_NaN_or_infinity_is_NaN(Device device)
    {
        float[] x = [.. Enumerable.Repeat(1f, 128)];
        x[40] = float.NaN;
        x[127] = float.NegativeInfinity;
        View2<Q8_0> blocks = device.Allocate<Q8_0>(1, 128);
        Quantization.EncodeQ8_0(device, device.Upload<float>(x, 1, 128), blocks);
        float[] scales = [.. blocks.Reinterpret<Half>().ToArray().Where((_, i) => i % 17 == 0).Select(scale => (float)scale)];
        Assert.Equal([false, true, false, true], scales.Select(float.IsNaN));
    }

    [Fact]
    public void Only_equal_shapes_are_encoded()
    {
        View2<float> x = Device.Reference.Allocate<float>(2, 32);
        View2<Q8_0> y = Device.Reference.Allocate<Q8_0>(2, 64);
        Assert.Throws<ArgumentException>("y", () => Quantization.EncodeQ8_0(Device.Reference, x, y));
    }
}
