using System.Diagnostics.CodeAnalysis;

namespace KernelFoundry;

/// <summary>
/// Which program the kernel method running on this thread is, when it runs as plain C#. The grid is learned from the kernel's own
/// <see cref="Ops.ProgramId"/> calls while program (0, 0, 0) runs; every other program must then state the same counts.
/// </summary>
public static class ProgramContext
{
    private const int Unknown = -1;

    [ThreadStatic]
    private static Grid? current;

    /// <summary>Runs a kernel method once for each program of its grid, in order, axis 0 fastest.</summary>
    /// <param name="arguments">What the method is called with.</param>
    /// <param name="program">Calls the method; best a static lambda, which allocates nothing.</param>
    /// <typeparam name="TState">Type of the arguments: a tuple, or the one argument.</typeparam>
    public static void Run<TState>(TState arguments, Action<TState> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Grid? outer = current;
        var grid = new Grid();
        current = grid;
        try
        {
            program(arguments);
            grid.Freeze();
            while (grid.MoveNext())
                program(arguments);
        }
        catch (EmptyGridException)
        {
            // A count of 0: nothing runs.
        }
        finally
        {
            current = outer;
        }
    }

    internal static int Id(int axis, int count)
    {
        if ((uint)axis > 2)
            throw new KernelExecutionException($"ProgramId(axis: {axis}): a grid has axes 0, 1 and 2.");
        if (current is not { } grid)
        {
            throw new KernelExecutionException("ProgramId was called outside a launch. Call the kernel's overload that takes a Device, or run it "
                + "with ProgramContext.Run.");
        }

        return grid.Visit(axis, count);
    }

    private sealed class Grid
    {
        private readonly int[] counts = [Unknown, Unknown, Unknown];
        private readonly int[] ids = new int[3];
        private bool frozen;

        /// <summary>Ends discovery: an axis the kernel does not ask for has one program.</summary>
        public void Freeze()
        {
            frozen = true;
            for (int axis = 0; axis < 3; axis++)
            {
                if (counts[axis] == Unknown)
                    counts[axis] = 1;
            }
        }

        public bool MoveNext()
        {
            for (int axis = 0; axis < 3; axis++)
            {
                if (++ids[axis] < counts[axis])
                    return true;
                ids[axis] = 0;
            }

            return false;
        }

        public int Visit(int axis, int count)
        {
            if (!frozen && counts[axis] == Unknown)
            {
                if (count <= 0)
                    throw new EmptyGridException();
                counts[axis] = count;
            }
            else if (counts[axis] != count)
            {
                throw new KernelExecutionException($"ProgramId(axis: {axis}, count: {count}) in program ({string.Join(", ", ids)}), but program "
                    + $"(0, 0, 0) made the grid {counts[axis]} programs along that axis. The count must be the same in every program.");
            }

            return ids[axis];
        }
    }

    /// <summary>Unwinds the first program of an empty grid; never leaves <see cref="Run"/>.</summary>
    [SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Control flow inside this class alone.")]
    [SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Control flow inside this class alone.")]
    private sealed class EmptyGridException : Exception;
}
