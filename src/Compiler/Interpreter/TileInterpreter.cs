using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// Runs a specialised tile-form kernel program by program: the definition of what each op does, with every access checked. Arithmetic is
/// <see cref="ScalarMath"/>; reductions keep their contracted order.
/// </summary>
public static class TileInterpreter
{
    /// <summary>Element operations after which a launch counts as endless, unless told otherwise.</summary>
    public const long DefaultStepLimit = 1L << 32;

    /// <summary>Runs the whole grid.</summary>
    /// <param name="kernel">A kernel without functors whose reads of quantized elements are raw reads.</param>
    /// <param name="memory">The views; stores change their buffers.</param>
    /// <param name="arguments">Scalar parameters by name.</param>
    /// <param name="stepLimit">Element operations after which the launch is <see cref="FaultKind.Endless"/>.</param>
    /// <exception cref="KernelFaultException">The kernel did what no device does reliably.</exception>
    /// <exception cref="IrException">The kernel is not specialised.</exception>
    /// <exception cref="ArgumentException">A view or scalar is missing.</exception>
    public static void Run(
        Kernel kernel, InterpreterMemory memory, IReadOnlyDictionary<string, Number>? arguments = null, long stepLimit = DefaultStepLimit)
    {
        var machine = new TileMachine(kernel, memory, arguments ?? new Dictionary<string, Number>(), stepLimit);
        int[] grid = machine.Grid();
        int number = 0;
        for (int z = 0; z < grid[2]; z++)
        {
            for (int y = 0; y < grid[1]; y++)
            {
                for (int x = 0; x < grid[0]; x++)
                    machine.Run(new ProgramPosition(x, y, z), ++number);
            }
        }
    }

    /// <summary>The number of programs along the three axes.</summary>
    public static int[] Grid(Kernel kernel, InterpreterMemory memory, IReadOnlyDictionary<string, Number>? arguments = null) =>
        new TileMachine(kernel, memory, arguments ?? new Dictionary<string, Number>(), DefaultStepLimit).Grid();
}
