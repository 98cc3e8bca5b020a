using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// Runs a program in vector form: one worker a program, expressions of <see cref="Lanes.Count"/> lanes. Lanes of a vector read that nothing
/// wrote (the padding of a buffer) hold a NaN of their own, so that their use shows in the result.
/// </summary>
public static class VectorInterpreter
{
    /// <summary>Runs the whole grid; see <see cref="ThreadInterpreter.Run"/>.</summary>
    /// <exception cref="KernelFaultException">The program did what no device does reliably.</exception>
    /// <exception cref="IrException">The program breaks a rule of the code form.</exception>
    /// <exception cref="ArgumentException">A view or scalar is missing.</exception>
    public static void Run(
        Program program, InterpreterMemory memory, IReadOnlyDictionary<string, Number>? arguments = null, long stepLimit = ThreadInterpreter.DefaultStepLimit) =>
        new CodeMachine(program, memory, arguments ?? new Dictionary<string, Number>(), isThreads: false, stepLimit).Run();
}
