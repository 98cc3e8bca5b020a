using System.Runtime.CompilerServices;

namespace KernelFoundry;

/// <summary>What every view is: memory, where it starts, its extents, and the distances between elements along its leading axes.</summary>
internal readonly struct ViewData
{
    public readonly DeviceMemory? Memory;
    public readonly long ByteOffset;
    public readonly AxisInts Extents;
    public readonly AxisLongs Strides;
    public readonly int Rank;

    public ViewData(DeviceMemory? memory, long byteOffset, ReadOnlySpan<int> extents, ReadOnlySpan<long> strides)
    {
        Memory = memory;
        ByteOffset = byteOffset;
        Rank = extents.Length;
        extents.CopyTo(Extents);
        strides.CopyTo(Strides);
    }

    /// <summary>A view of nothing.</summary>
    public static ViewData Empty(int rank) => new(null, 0, stackalloc int[rank], stackalloc long[rank - 1]);

    /// <summary>Number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            for (int axis = 0; axis < Rank; axis++)
                count *= Extents[axis];
            return count;
        }
    }

    /// <summary>Whether all elements lie one after another in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int axis = Rank - 1; axis >= 0; axis--)
            {
                if (Extents[axis] == 0)
                    return true;
                if (Extents[axis] != 1 && Stride(axis) != expected)
                    return false;
                expected *= Extents[axis];
            }

            return true;
        }
    }

    /// <summary>Elements between neighbours along an axis; the last axis is contiguous.</summary>
    public long Stride(int axis) => axis == Rank - 1 ? 1 : Strides[axis];

    public string ShapeText => $"[{string.Join(", ", Extents[..Rank].ToArray())}]";

    [InlineArray(4)]
    internal struct AxisInts
    {
        private int first;
    }

    [InlineArray(3)]
    internal struct AxisLongs
    {
        private long first;
    }
}
