using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>What is fused gives the bits that single launches give, for any number of threads, whatever a thread computed before.</summary>
public sealed class FusionTests
{
    private const int Rows = 200, Cols = 96, Tokens = 3;
    private const float Epsilon = 1e-5f;

    [Fact]
    public void A_fused_norm_gives_the_bits_of_the_norm_before_the_product()
    {
        foreach (Device device in TestDevices.All.Where(d => d.Kind is DeviceKind.Cpu or DeviceKind.Reference))
        {
            Panels<Q8_0> weights = Weights(device);
            View2<float> x = Random(device, Tokens, Cols, 1), normed = device.Allocate<float>(Tokens, Cols);
            View2<float> apart = device.Allocate<float>(Tokens, Rows), fused = device.Allocate<float>(Tokens, Rows);
            View1<float> gain = Random(device, 1, Cols, 2).Row(0);
            Normalization.RmsNorm(device, x, gain, normed, Epsilon);
            Linear.MatVecInt8(device, weights, normed, apart, default(NoFusion));
            Linear.MatVecInt8(device, weights, x, fused, new NormInput(gain, Epsilon));
            Assert.True(apart.ToArray().AsSpan().SequenceEqual(fused.ToArray()), $"{device}");
        }
    }

    [Fact]
    public void A_fused_gate_gives_the_bits_of_the_gate_before_the_product()
    {
        foreach (Device device in TestDevices.All.Where(d => d.Kind is DeviceKind.Cpu))
        {
            Panels<Q8_0> down = Weights(device), up = Weights(device, Cols, 32);
            View2<float> x = Random(device, Tokens, 32, 3), gate = Random(device, Tokens, Cols, 4), gated = Random(device, Tokens, Cols, 4);
            View2<float> upper = device.Allocate<float>(Tokens, Cols), apart = Random(device, Tokens, Rows, 5), fused = Random(device, Tokens, Rows, 5);
            Linear.MatMulInt8(device, up, x, gated, new SiluGateEpilogue(gated));
            Linear.MatVecInt8(device, down, gated, apart, new AddResidual(apart));
            Linear.MatVecInt8(device, up, x, upper, default(NoFusion));
            Linear.MatVecInt8(device, down, gate, fused, new GateInputAddResidual(upper, fused));
            Assert.True(apart.ToArray().AsSpan().SequenceEqual(fused.ToArray()), $"{device}");
        }
    }

    [Fact]
    public void Rows_held_by_threads_change_no_bits()
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads });
            Panels<Q8_0> weights = Weights(device);
            View2<float> y = device.Allocate<float>(Tokens, Rows);
            View1<float> gain = Random(device, 1, Cols, 2).Row(0);

            // A launch with another input just before, whose rows must not be taken for this one's.
            Linear.MatVecInt8(device, weights, Random(device, Tokens, Cols, 7), y, new NormInput(gain, Epsilon));
            Linear.MatVecInt8(device, weights, Random(device, Tokens, Cols, 1), y, new NormInput(gain, Epsilon));
            float[] values = y.ToArray();
            first ??= values;
            Assert.Equal(first, values);
        }
    }

    private static Panels<Q8_0> Weights(Device device, int rows = Rows, int cols = Cols)
    {
        var random = new Random(6);
        byte[] bytes = new byte[Element<Q8_0>.Bytes((long)rows * cols)];
        random.NextBytes(bytes);

        // Scales of about 0.01: the exponent of a half.
        for (int block = 0; block < bytes.Length; block += Element<Q8_0>.BlockBytes)
            bytes[block + 1] = 0x21;
        DeviceMemory memory = device.AllocateBytes(bytes.Length);
        memory.Write(0, bytes);
        return device.Pack(new View2<Q8_0>(memory, 0, rows, cols));
    }

    private static View2<float> Random(Device device, int rows, int cols, int seed)
    {
        var random = new Random(seed);
        return device.Upload<float>([.. Enumerable.Range(0, rows * cols).Select(_ => random.NextSingle() - 0.4f)], rows, cols);
    }
}
