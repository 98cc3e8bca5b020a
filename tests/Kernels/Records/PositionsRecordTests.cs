using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class PositionsRecordTests
{
    [Theory]
    [KernelData(typeof(Positions), nameof(Positions.RopeInterleaved))]
    public void RopeInterleaved(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Positions), nameof(Positions.RotateAndStore))]
    public void RotateAndStore(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Positions), nameof(Positions.RopeHalfSplit))]
    public void RopeHalfSplit(KernelTest test) => KernelRunner.Run(test);
}
