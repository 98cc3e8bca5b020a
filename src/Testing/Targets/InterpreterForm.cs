namespace KernelFoundry.Testing;

/// <summary>The forms of a kernel that the compiler's interpreters run.</summary>
internal enum InterpreterForm
{
    /// <summary>The IR itself.</summary>
    Tile,

    /// <summary>What SIMD code is rendered from.</summary>
    Vector,

    /// <summary>What code for work-groups is rendered from, with races and barriers checked.</summary>
    Thread,

    /// <summary>What OpenCL C for devices with sub-groups is rendered from.</summary>
    SubGroup,

    /// <summary>What PTX is rendered from: work-items that run in warps, with shuffles.</summary>
    Warp,

    /// <summary>What PTX for GPUs that multiply matrices is rendered from.</summary>
    Matrix,

    /// <summary>What PTX for GPUs whose warpgroups multiply matrices is rendered from.</summary>
    Warpgroup,
}
