namespace KernelFoundry.Testing;

/// <summary>What kernels are tested on.</summary>
public static class TestTargets
{
    private static readonly Lazy<IReadOnlyList<TestTarget>> Found = new(() =>
    [
        .. TestDevices.All.Concat(TestDevices.OlderGpus).Select(TestTarget.For),
        .. Enum.GetValues<InterpreterForm>().Select(form => new InterpreterTarget(form)),
        .. GroupCodes.IsEmpty ? Array.Empty<TestTarget>() : [new EmulatorTarget()],
    ]);

    /// <summary>
    /// All of <see cref="TestDevices"/>, emulated GPUs of compute capability 7.0 and 8.0 for kernels that have code of their own for them, and the interpreters of the compiler's forms; and where a project of the process asks for group code with the
    /// property KernelFoundryGroupCode, the emulator that runs it.
    /// </summary>
    public static IReadOnlyList<TestTarget> All => Found.Value;
}
