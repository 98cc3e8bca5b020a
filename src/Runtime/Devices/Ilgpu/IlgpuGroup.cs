using System.ComponentModel;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace KernelFoundry;

/// <summary>
/// The primitives of group code in ILGPU's words, which its compiler inlines: a call of Run is one work-item. Public, since ILGPU's own assemblies
/// load it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct IlgpuGroup : IGroup<ArrayView1D<byte, Stride1D.Dense>, ArrayView<int>>
{
    // Work-items that generated code shuffles among.
    private const int WarpOfCode = 32;

    /// <inheritdoc/>
    public static int Program(int axis) => axis == 0 ? Grid.IdxX : axis == 1 ? Grid.IdxY : Grid.IdxZ;

    /// <inheritdoc/>
    public static int First(int workGroup) => Group.IdxX;

    /// <inheritdoc/>
    public static int Next(int item, int workGroup) => -1;

    /// <inheritdoc/>
    public static void Barrier()
    {
        // ILGPU's barrier alone orders the group's memory; kernels also read back what other work-items of the group wrote to views.
        MemoryFence.GroupLevel();
        Group.Barrier();
    }

    /// <inheritdoc/>
    public static float KeepFloat(int register, int item, float value) => value;

    /// <inheritdoc/>
    public static int KeepInt(int register, int item, int value) => value;

    /// <inheritdoc/>
    public static float KeptFloat(int register, int item, float own) => own;

    /// <inheritdoc/>
    public static int KeptInt(int register, int item, int own) => own;

    /// <inheritdoc/>
    public static float ShuffleXorFloat(ArrayView<int> local, int exchange, int register, int item, float own, int mask) =>
        Warp.WarpSize >= WarpOfCode ? Warp.ShuffleXor(own, mask) : FromBits(Exchanged(local, exchange, item, Bits(own), mask));

    /// <inheritdoc/>
    public static int ShuffleXorInt(ArrayView<int> local, int exchange, int register, int item, int own, int mask) =>
        Warp.WarpSize >= WarpOfCode ? Warp.ShuffleXor(own, mask) : Exchanged(local, exchange, item, own, mask);

    /// <inheritdoc/>
    public static ArrayView<int> Local(int words) => SharedMemory.Allocate<int>(words);

    /// <inheritdoc/>
    public static ArrayView<int> LocalOfLaunch() => SharedMemory.GetDynamic<int>();

    /// <inheritdoc/>
    public static int GetInt(ArrayView<int> local, int index) => local[index];

    /// <inheritdoc/>
    public static float GetFloat(ArrayView<int> local, int index) => FromBits(local[index]);

    /// <inheritdoc/>
    public static void PutInt(ArrayView<int> local, int index, int value) => local[index] = value;

    /// <inheritdoc/>
    public static void PutFloat(ArrayView<int> local, int index, float value) => local[index] = Bits(value);

    /// <inheritdoc/>
    public static int LoadByte(ArrayView1D<byte, Stride1D.Dense> view, long index) => view.BaseView[index];

    /// <inheritdoc/>
    public static int LoadShort(ArrayView1D<byte, Stride1D.Dense> view, long index) => view.BaseView.Cast<ushort>()[index];

    /// <inheritdoc/>
    public static int LoadInt(ArrayView1D<byte, Stride1D.Dense> view, long index) => view.BaseView.Cast<int>()[index];

    /// <inheritdoc/>
    public static float LoadFloat(ArrayView1D<byte, Stride1D.Dense> view, long index) => view.BaseView.Cast<float>()[index];

    /// <inheritdoc/>
    public static void StoreByte(ArrayView1D<byte, Stride1D.Dense> view, long index, int value) => view.BaseView[index] = (byte)value;

    /// <inheritdoc/>
    public static void StoreShort(ArrayView1D<byte, Stride1D.Dense> view, long index, int value) => view.BaseView.Cast<ushort>()[index] = (ushort)value;

    /// <inheritdoc/>
    public static void StoreInt(ArrayView1D<byte, Stride1D.Dense> view, long index, int value) => view.BaseView.Cast<int>()[index] = value;

    /// <inheritdoc/>
    public static void StoreFloat(ArrayView1D<byte, Stride1D.Dense> view, long index, float value) => view.BaseView.Cast<float>()[index] = value;

    /// <inheritdoc/>
    public static float Fma(float a, float b, float c)
    {
        // Elsewhere than on CUDA, what ILGPU's compiler contracts itself: fma in OpenCL C. Its CPU accelerators round the product first.
        if (CudaAsm.IsSupported)
        {
            CudaAsm.Emit("fma.rn.f32 %0, %1, %2, %3;", out float result, a, b, c);
            return result;
        }

        return (a * b) + c;
    }

    /// <inheritdoc/>
    public static float Sqrt(float x) => XMath.Sqrt(x);

    /// <inheritdoc/>
    public static float Floor(float x) => XMath.Floor(x);

    /// <inheritdoc/>
    public static float Round(float x) => XMath.RoundToEven(x);

    /// <inheritdoc/>
    public static float Rem(float x, float y) => XMath.Rem(x, y);

    /// <inheritdoc/>
    public static int Bits(float x) => (int)Interop.FloatAsInt(x);

    /// <inheritdoc/>
    public static float FromBits(int bits) => Interop.IntAsFloat((uint)bits);

    // Through memory, where a warp is shorter than the code takes it to be: Velocity, some OpenCL devices, the CPU accelerator.
    private static int Exchanged(ArrayView<int> local, int exchange, int item, int own, int mask)
    {
        Group.Barrier();
        local[exchange + item] = own;
        Group.Barrier();
        int other = local[exchange + (item ^ mask)];
        Group.Barrier();
        return other;
    }
}
