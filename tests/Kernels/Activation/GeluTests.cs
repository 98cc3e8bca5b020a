using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class GeluTests
{
    // Values of x Phi(x) to 8 digits; far out it is x or 0.
    private static readonly (float X, double Y)[] Known =
    [
        (0, 0), (1, 0.84134475), (-1, -0.15865525), (2, 1.95449974), (-2, -0.04550026), (0.5f, 0.34573123), (-3, -0.00404969),
        (8, 8), (-8, 0), (100, 100), (-100, 0),
    ];

    [Theory]
    [DeviceData]
    public void Gelu_is_right_in_its_tails(Device device)
    {
        float[] x = [.. Known.Select(pair => pair.X)];
        View2<float> gate = device.Upload<float>(x, 1, x.Length), y = device.Allocate<float>(1, x.Length);
        View2<float> ones = device.Upload<float>([.. x.Select(_ => 1f)], 1, x.Length);
        Activation.GatedLinearUnit(device, gate, ones, y, default(GeluErf));
        float[] exact = y.ToArray();
        Activation.GatedLinearUnit(device, gate, ones, y, default(GeluTanh));
        float[] approximate = y.ToArray();
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(Known[i].Y, exact[i], 1e-6);
            Assert.Equal(Known[i].Y, approximate[i], 5e-4);
        }
    }
}
