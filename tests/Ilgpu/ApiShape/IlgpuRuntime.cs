// Shape only: see ReadMe.md.
#pragma warning disable CA1051, CA1052, CA1716, CA1724, CA1801, CA1815, CA1816, CA1822, IDE0060
namespace ILGPU.Runtime
{
    public enum AcceleratorType
    {
        CPU,
        Cuda,
        OpenCL,
        Velocity,
    }

    public readonly struct ArrayView1D<T, TStride>
        where T : unmanaged
        where TStride : struct
    {
        public ArrayView<T> BaseView => throw Shape.Only;

        public ArrayView1D<T, Stride1D.Dense> SubView(long index, long length) => throw Shape.Only;
    }

    public static class ArrayViewExtensions
    {
        public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Dense> target, T[] source)
            where T : unmanaged => throw Shape.Only;

        public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> source, T[] target)
            where T : unmanaged => throw Shape.Only;
    }

    public abstract class MemoryBuffer1D<T, TStride> : IDisposable
        where T : unmanaged
        where TStride : struct
    {
        public ArrayView1D<T, TStride> View => throw Shape.Only;

        public long Length => throw Shape.Only;

        public void MemSetToZero() => throw Shape.Only;

        public void Dispose() => throw Shape.Only;
    }

    public abstract class Device
    {
        public string Name => throw Shape.Only;

        public AcceleratorType AcceleratorType => throw Shape.Only;

        public long MemorySize => throw Shape.Only;

        public int NumMultiprocessors => throw Shape.Only;

        public int MaxNumThreadsPerGroup => throw Shape.Only;

        public int MaxSharedMemoryPerGroup => throw Shape.Only;

        public abstract Accelerator CreateAccelerator(Context context);
    }

    public abstract class Accelerator : IDisposable
    {
        public MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(long length)
            where T : unmanaged => throw Shape.Only;

        public void Synchronize() => throw Shape.Only;

        public void Dispose() => throw Shape.Only;
    }

    public static class KernelLoaders
    {
        public static Action<KernelConfig, T1, T2> LoadStreamKernel<T1, T2>(this Accelerator accelerator, Action<T1, T2> action)
            where T1 : struct
            where T2 : struct => throw Shape.Only;
    }

    public readonly struct SharedMemoryConfig
    {
        public static SharedMemoryConfig Empty => throw Shape.Only;

        public static SharedMemoryConfig RequestDynamic<T>(int numElements)
            where T : unmanaged => throw Shape.Only;
    }
}

namespace ILGPU.Runtime.Cuda
{
    public static class CudaAsm
    {
        public static bool IsSupported => throw Shape.Only;

        public static void Emit<T0, T1, T2, T3>(string asm, out T0 output, T1 input1, T2 input2, T3 input3)
            where T0 : struct
            where T1 : struct
            where T2 : struct
            where T3 : struct => throw Shape.Only;
    }
}

namespace ILGPU.Runtime.Velocity
{
    public static class VelocityContextExtensions
    {
        public static Context.Builder AllVelocity(this Context.Builder builder) => throw Shape.Only;
    }
}
