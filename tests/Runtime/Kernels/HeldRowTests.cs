namespace KernelFoundry.Runtime.Tests.Kernels;

/// <summary>What a thread's scratch holds from one program to the next.</summary>
public sealed unsafe class HeldRowTests
{
    [Fact]
    public void ARowBeginsWithEachLaunchAndWheneverTheSecondOrThirdIndexChanges()
    {
        using var arena = new ScratchArena();
        long* held = (long*)arena.Get(64) - 1;
        (int P1, int P2)[] programs = [(0, 0), (0, 0), (1, 0), (0, 0), (0, 1), (0, 1), (-1, 0), (0, 0)];
        bool[] begins = [.. programs.Select(program => Lanes.BeginsRow(held, program.P1, program.P2))];
        Assert.Equal([true, false, true, true, true, false, true, true], begins);
        Assert.Equal((nint)held, (nint)((long*)arena.Get(64) - 1));
        Assert.True(Lanes.BeginsRow(held, 0, 0));
    }

    [Fact]
    public void ScratchIsAlignedBehindWhatItHolds()
    {
        using var arena = new ScratchArena();
        foreach (long bytes in new[] { 0L, 1, 4096, 100_000 })
            Assert.Equal(0, (nint)arena.Get(bytes) % 64);
    }
}
