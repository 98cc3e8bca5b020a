using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

public class ProgramContextTests
{
    [Fact]
    public void The_kernel_gives_the_grid()
    {
        var seen = new List<(int, int, int)>();
        ProgramContext.Run(seen, static list => list.Add((ProgramId(0, 2), ProgramId(1, 3), ProgramId(2, 2))));
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal((0, 0, 0), seen[0]);
        Assert.Equal((1, 0, 0), seen[1]);
        Assert.Equal((1, 2, 1), seen[^1]);
    }

    [Fact]
    public void No_program_id_is_one_program()
    {
        var runs = new List<int>();
        ProgramContext.Run(runs, static list => list.Add(1));
        Assert.Single(runs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void An_empty_grid_runs_nothing(int count)
    {
        var runs = new List<int>();
        ProgramContext.Run((runs, count), static a =>
        {
            int id = ProgramId(0, 4);
            id += ProgramId(1, a.count);
            a.runs.Add(id);
        });
        Assert.Empty(runs);
    }

    [Fact]
    public void Program_ranges_cover_everything_once()
    {
        foreach ((int total, int block) in new[] { (10, 4), (8, 4), (1, 4), (0, 4) })
        {
            var covered = new List<int>();
            ProgramContext.Run((covered, total, block), static a => a.covered.AddRange(ProgramRange(1, a.total, a.block).ToArray()));
            Assert.Equal(Enumerable.Range(0, total), covered);
        }
    }

    [Fact]
    public void A_count_that_differs_between_programs_is_an_error()
    {
        var calls = new List<int>();
        string message = Assert.Throws<KernelExecutionException>(() => ProgramContext.Run(calls, static list =>
        {
            list.Add(0);
            _ = ProgramId(0, 1 + list.Count);
        })).Message;
        Assert.Contains("ProgramId(axis: 0, count: 3)", message, StringComparison.Ordinal);
        Assert.Contains("(1, 0, 0)", message, StringComparison.Ordinal);
        Assert.Throws<KernelExecutionException>(() => ProgramContext.Run(0, static _ => _ = ProgramId(3, 1)));
    }

    [Fact]
    public void Outside_a_launch_there_is_no_program()
    {
        Assert.Contains("outside a launch", Assert.Throws<KernelExecutionException>(() => ProgramId(0, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => ProgramContext.Run(0, static _ => throw new InvalidOperationException()));
        Assert.Throws<KernelExecutionException>(() => ProgramId(0, 1));
    }

    [Fact]
    public void Launches_nest()
    {
        var seen = new List<(int, int)>();
        ProgramContext.Run(seen, static list =>
        {
            int outer = ProgramId(0, 2);
            ProgramContext.Run((list, outer), static a => a.list.Add((a.outer, ProgramId(0, 3))));
            Assert.Equal(outer, ProgramId(0, 2));
        });
        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)], seen);
    }
}
