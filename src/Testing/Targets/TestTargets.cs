namespace KernelFoundry.Testing;

/// <summary>What kernels are tested on.</summary>
public static class TestTargets
{
    private static readonly Lazy<IReadOnlyList<TestTarget>> Found = new(() =>
    [
        .. TestDevices.All.Select(TestTarget.For),
        .. Enum.GetValues<InterpreterForm>().Select(form => new InterpreterTarget(form)),
    ]);

    /// <summary>All of <see cref="TestDevices"/>, and the interpreters of the compiler's forms.</summary>
    public static IReadOnlyList<TestTarget> All => Found.Value;
}
