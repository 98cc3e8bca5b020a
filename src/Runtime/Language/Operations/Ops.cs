namespace KernelFoundry;

/// <summary>
/// The operations of the kernel language. Kernels say <c>using static KernelFoundry.Ops;</c>. Every member runs as plain C#, and that run is
/// the definition of its result.
/// </summary>
public static partial class Ops
{
    /// <summary>
    /// Index of this program along a grid axis. These calls are what gives a kernel its grid, so <paramref name="count"/> must be the same for
    /// every program of a launch: made of parameters, view extents and constants. A grid with a count of 0 runs nothing.
    /// </summary>
    /// <param name="axis">Grid axis, 0 to 2; a constant.</param>
    /// <param name="count">Number of programs along the axis.</param>
    /// <returns>0 to count - 1.</returns>
    /// <exception cref="KernelExecutionException">Called outside a launch, or with a count that differs from an earlier call's.</exception>
    public static int ProgramId(int axis, int count) => ProgramContext.Id(axis, count);

    /// <summary>This program's block of [0, total): Range(ProgramId(axis, CeilDiv(total, block)) * block, block, total).</summary>
    /// <param name="axis">Grid axis, 0 to 2; a constant.</param>
    /// <param name="total">Number of items over all programs.</param>
    /// <param name="block">Items per program; the last program may have fewer.</param>
    /// <returns>The indices, [at most block].</returns>
    public static Tile<int> ProgramRange(int axis, int total, int block) => Range(ProgramId(axis, CeilDiv(total, block)) * block, block, total);

    /// <summary>The number of blocks that cover a total: total / divisor rounded up. Both must not be negative.</summary>
    /// <param name="total">Number of items.</param>
    /// <param name="divisor">Items per block; positive.</param>
    /// <returns>Number of blocks.</returns>
    public static int CeilDiv(int total, int divisor) => (int)(((long)total + divisor - 1) / divisor);
}
