// Shape only: see ReadMe.md.
#pragma warning disable CA1051, CA1710, CA1716, CA1720, CA1724, CA1801, CA1815, CA1822, CA2231, IDE0060, CA1010, CA1815, CA2225
using System.Collections;

namespace ILGPU
{
    public static class Grid
    {
        public static int IdxX => throw Shape.Only;

        public static int IdxY => throw Shape.Only;

        public static int IdxZ => throw Shape.Only;
    }

    public static class Group
    {
        public static int IdxX => throw Shape.Only;

        public static void Barrier() => throw Shape.Only;
    }

    public static class Warp
    {
        public static int WarpSize => throw Shape.Only;

        public static T ShuffleXor<T>(T variable, int mask)
            where T : unmanaged => throw Shape.Only;
    }

    public static class MemoryFence
    {
        public static void GroupLevel() => throw Shape.Only;
    }

    public static class SharedMemory
    {
        public static ArrayView<T> Allocate<T>(int extent)
            where T : unmanaged => throw Shape.Only;

        public static ArrayView<T> GetDynamic<T>()
            where T : unmanaged => throw Shape.Only;
    }

    public static class Interop
    {
        public static uint FloatAsInt(float value) => throw Shape.Only;

        public static float IntAsFloat(uint value) => throw Shape.Only;
    }

    public readonly struct ArrayView<T>
        where T : unmanaged
    {
        public ref T this[int index] => throw Shape.Only;

        public ref T this[long index] => throw Shape.Only;

        public ArrayView<TOther> Cast<TOther>()
            where TOther : unmanaged => throw Shape.Only;
    }

    public static class Stride1D
    {
        public readonly struct Dense;
    }

    public readonly struct Index3D(int x, int y, int z)
    {
        public int X { get; } = x;

        public int Y { get; } = y;

        public int Z { get; } = z;
    }

    public readonly struct KernelConfig(Index3D gridDim, Index3D groupDim, Runtime.SharedMemoryConfig sharedMemoryConfig)
    {
        public Index3D GridDim { get; } = gridDim;

        public Index3D GroupDim { get; } = groupDim;

        public Runtime.SharedMemoryConfig SharedMemoryConfig { get; } = sharedMemoryConfig;
    }

    public sealed class Context : IEnumerable<Runtime.Device>, IDisposable
    {
        public static Context Create(Action<Builder> configure) => throw Shape.Only;

        public IEnumerator<Runtime.Device> GetEnumerator() => throw Shape.Only;

        IEnumerator IEnumerable.GetEnumerator() => throw Shape.Only;

        public void Dispose() => throw Shape.Only;

        public sealed class Builder
        {
            public Builder Default() => throw Shape.Only;
        }
    }

    internal static class Shape
    {
        public static NotSupportedException Only => new("This is the shape of ILGPU's interface, not ILGPU.");
    }
}

namespace ILGPU.Algorithms
{
    public static class XMath
    {
        public static float Sqrt(float value) => throw Shape.Only;

        public static float Floor(float value) => throw Shape.Only;

        public static float RoundToEven(float value) => throw Shape.Only;

        public static float Rem(float x, float y) => throw Shape.Only;
    }

    public static class AlgorithmContext
    {
        public static Context.Builder EnableAlgorithms(this Context.Builder builder) => throw Shape.Only;
    }
}
