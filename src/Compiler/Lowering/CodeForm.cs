namespace KernelFoundry.Compiler.Lowering;

/// <summary>The two dialects of the code form.</summary>
public enum CodeForm
{
    /// <summary>Scalars and vectors, run by one worker: what SIMD code is rendered from.</summary>
    Vector,

    /// <summary>Scalars only, run by every work-item of a group: what code with work-groups is rendered from.</summary>
    Thread,
}
