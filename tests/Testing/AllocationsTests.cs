namespace KernelFoundry.Testing.Tests;

public class AllocationsTests
{
    private static object? s_last;

    [Fact]
    public void What_every_run_allocates_is_counted() => Assert.InRange(Allocations.Least(() => s_last = new byte[1000]), 1000, 1100);

    [Fact]
    public void What_only_the_first_runs_allocate_is_not()
    {
        int runs = 0;
        Assert.Equal(0, Allocations.Least(() => s_last = ++runs < 3 ? new byte[1000] : s_last));
        Assert.Equal(3, runs);
    }
}
