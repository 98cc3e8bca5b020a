using KernelFoundry;
using KernelFoundry.Kernels;
using static KernelFoundry.Ops;

namespace Consumer;

/// <summary>An activation of the consumer's own, fused into a kernel of the library.</summary>
public readonly struct SquaredRelu : IActivation<SquaredRelu>
{
    public static Tile<float> Apply(SquaredRelu self, Tile<float> x) => Max(x, 0f) * Max(x, 0f);
}

public static partial class Blas
{
    /// <summary>y = a x + y.</summary>
    [Kernel]
    public static void Axpy(View1<float> x, View1<float> y, float a, [Schedule(Cpu = 256, OpenCl = 64)] int block)
    {
        var i = ProgramRange(0, x.Extent0, block);
        y.Store(i, (x.Load(i) * a) + y.Load(i));
    }
}

public static class Program
{
    public static int Main()
    {
        foreach (DeviceInfo info in Device.Enumerate().Where(d => d.IsAvailable))
        {
            using Device device = Device.Open(new DeviceOptions { Kind = info.Kind });
            Console.WriteLine($"{info.Kind} axpy {string.Join(' ', Axpy(device))} squared-relu {string.Join(' ', Gated(device))}");
        }

        return 0;
    }

    private static float[] Axpy(Device device)
    {
        View1<float> x = device.Upload<float>([1, 2, 3]), y = device.Upload<float>([10, 20, 30]);
        Blas.Axpy(device, x, y, 2f);
        var result = new float[3];
        y.CopyTo(result);
        return result;
    }

    private static float[] Gated(Device device)
    {
        View2<float> gate = device.Upload<float>([-1, 2, 3], 1, 3), up = device.Upload<float>([1, 10, 100], 1, 3), y = device.Allocate<float>(1, 3);
        Activation.GatedLinearUnit(device, gate, up, y, default(SquaredRelu));
        var result = new float[3];
        y.CopyTo(result);
        return result;
    }
}
