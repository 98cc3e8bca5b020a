using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>The library's modules with something changed, run on an emulated GPU that is to find it.</summary>
internal static class MistakenProduct
{
    /// <summary>What a product of 192 x 192 x 448 fails with on a GPU of a compute capability; null if it does not.</summary>
    public static string? Failure(string kernel, int target, Func<string, string> rewrite)
    {
        const int Size = 192, Cols = 448;
        using Device device = EmulatedCuda.OpenMistaken(rewrite, target);
        View2<Half> w = device.Upload<Half>(new Half[Size * Cols], Size, Cols);
        View2<float> y = device.Allocate<float>(Size, Size);
        try
        {
            if (kernel == nameof(Linear.MatMulHalf))
                Linear.MatMulHalf(device, w, device.Upload<Half>(new Half[Size * Cols], Size, Cols), y, default(NoEpilogue));
            else
                Linear.MatMul(device, w, device.Upload<float>(new float[Size * Cols], Size, Cols), y, default(NoEpilogue));
            device.Synchronize();
            return null;
        }
        catch (DeviceException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>A module without one of the instructions of an opcode, counted from the wait for copies on.</summary>
    public static string Without(string source, string instruction, int which)
    {
        string line = $"\t{instruction}\n";
        int at = source.IndexOf("cp.async.wait_group", StringComparison.Ordinal);
        for (int i = 0; i <= which; i++)
            at = source.IndexOf(line, at + 1, StringComparison.Ordinal);
        return source.Remove(at, line.Length);
    }
}
