using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// Runs a program in thread form group by group, all work-items of a group between two barriers, and finds what a GPU would leave to chance:
/// races of work-items and of programs, barriers not all reach, accesses out of bounds, reads of what was never written.
/// </summary>
public static class ThreadInterpreter
{
    /// <summary>Loop rounds after which a launch counts as endless, unless told otherwise.</summary>
    public const long DefaultStepLimit = 1L << 30;

    /// <summary>Runs the whole grid.</summary>
    /// <param name="program">A program of scalar expressions.</param>
    /// <param name="memory">The views; stores change their buffers.</param>
    /// <param name="arguments">Scalar parameters by name.</param>
    /// <param name="stepLimit">Loop rounds of all work-items after which the launch is <see cref="FaultKind.Endless"/>.</param>
    /// <exception cref="KernelFaultException">The program did what no device does reliably.</exception>
    /// <exception cref="IrException">The program breaks a rule of the code form.</exception>
    /// <exception cref="ArgumentException">A view or scalar is missing.</exception>
    public static void Run(
        Program program, InterpreterMemory memory, IReadOnlyDictionary<string, Number>? arguments = null, long stepLimit = DefaultStepLimit) =>
        new CodeMachine(program, memory, arguments ?? new Dictionary<string, Number>(), isThreads: true, stepLimit).Run();
}
