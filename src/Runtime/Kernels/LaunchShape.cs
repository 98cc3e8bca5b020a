using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>What one launch needs, computed by a kernel's plan from the launch's arguments.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LaunchShape : IEquatable<LaunchShape>
{
    /// <summary>Programs along grid axis 0. A count of zero or less on any axis: nothing runs.</summary>
    public int Grid0;

    /// <summary>Programs along grid axis 1.</summary>
    public int Grid1;

    /// <summary>Programs along grid axis 2.</summary>
    public int Grid2;

    /// <summary>Work-items that share one program on thread devices.</summary>
    public int WorkGroup;

    /// <summary>Bytes of scratch memory one program needs on the CPU.</summary>
    public long CpuScratchBytes;

    /// <summary>Bytes of local memory one program needs on thread devices.</summary>
    public long LocalBytes;

    /// <summary>Whether no program runs.</summary>
    public readonly bool IsEmpty => Grid0 <= 0 || Grid1 <= 0 || Grid2 <= 0;

    /// <summary>Number of programs.</summary>
    public readonly long ProgramCount => IsEmpty ? 0 : checked((long)Grid0 * Grid1 * Grid2);

    /// <summary>Equality of all fields.</summary>
    /// <param name="left">One shape.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(LaunchShape left, LaunchShape right) => left.Equals(right);

    /// <summary>Inequality of any field.</summary>
    /// <param name="left">One shape.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(LaunchShape left, LaunchShape right) => !left.Equals(right);

    /// <inheritdoc/>
    public readonly bool Equals(LaunchShape other) => (Grid0, Grid1, Grid2, WorkGroup, CpuScratchBytes, LocalBytes)
        == (other.Grid0, other.Grid1, other.Grid2, other.WorkGroup, other.CpuScratchBytes, other.LocalBytes);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is LaunchShape other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Grid0, Grid1, Grid2, WorkGroup, CpuScratchBytes, LocalBytes);

    /// <summary>The grid as text.</summary>
    /// <returns>Grid0 x Grid1 x Grid2.</returns>
    public override readonly string ToString() => $"{Grid0}x{Grid1}x{Grid2}";
}
