using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class QuantizeTests
{
    [Theory]
    [DeviceData]
    public void Zeros_and_NaN_get_code_0(Device device)
    {
        var x = new float[70];
        x[33] = float.NaN;
        x[34] = -2;
        x[35] = 1;
        View2<float> input = device.Upload<float>(x, 1, x.Length), scales = device.Allocate<float>(1, 3);
        View2<sbyte> codes = device.Allocate<sbyte>(1, x.Length);
        Quantization.QuantizeQ8(device, input, codes, scales);
        sbyte[] expected = new sbyte[70];
        expected[34] = -127;
        expected[35] = 64;
        Assert.Equal(expected, codes.ToArray());
        Assert.Equal([0, 2f / 127, 0], scales.ToArray());
    }
}
