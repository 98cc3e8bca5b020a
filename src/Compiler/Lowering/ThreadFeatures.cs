namespace KernelFoundry.Compiler.Lowering;

/// <summary>What a target of the thread form has beside work-items, local memory and barriers.</summary>
/// <param name="HasWarps">Work-items run in warps, and shuffle among themselves: <see cref="Shuffle"/>.</param>
/// <param name="DotsBytes">It multiplies bytes four at a time: <see cref="DotFour"/>, <see cref="PermuteBytes"/>.</param>
/// <param name="LoopsOverBytes">
/// Products of bytes are loops over runs and fours of a block, not a block written out: the text is kept as it is, and the driver's compiler writes out what it likes. What work-items
/// know of each other passes through local memory.
/// </param>
/// <param name="MultipliesMatrices">Warps multiply matrices, which are copied beside other work: <see cref="MultiplyMatrices"/>, <see cref="CopyAsync"/>.</param>
/// <param name="MultipliesWarpgroups">So do four warps together, from local memory and beside other work: <see cref="MultiplyWarpgroup"/>.</param>
/// <param name="ShufflesTotals">
/// Work-items shuffle where all of a group come, in reductions by the whole group; there is nothing that a warp does by itself.
/// </param>
/// <param name="ChoosesGroup">A device may run the code with fewer work-items than the kernel's work-group size: <see cref="GroupSize"/>. Without warps only.</param>
internal sealed record ThreadFeatures(
    bool HasWarps = false, bool DotsBytes = false, bool LoopsOverBytes = false, bool MultipliesMatrices = false, bool MultipliesWarpgroups = false, bool ShufflesTotals = false,
    bool ChoosesGroup = false)
{
    /// <summary>Any device, and groups as large as it can have. Bytes are multiplied four at a time where it can, and one by one in the same order where not.</summary>
    public static ThreadFeatures None { get; } = new(DotsBytes: true, LoopsOverBytes: true, ChoosesGroup: true);

    /// <summary>Sub-groups of 32 work-items.</summary>
    public static ThreadFeatures SubGroups { get; } = new(HasWarps: true, DotsBytes: true, LoopsOverBytes: true);

    /// <summary>ILGPU's accelerators.</summary>
    public static ThreadFeatures Ilgpu { get; } = new(ShufflesTotals: true);

    /// <summary>NVIDIA GPUs of compute capability 7.0.</summary>
    public static ThreadFeatures Sm70 { get; } = new(HasWarps: true, DotsBytes: true);

    /// <summary>NVIDIA GPUs of compute capability 8.0.</summary>
    public static ThreadFeatures Sm80 { get; } = new(HasWarps: true, DotsBytes: true, MultipliesMatrices: true);

    /// <summary>NVIDIA GPUs of compute capability 9.0, and no others.</summary>
    public static ThreadFeatures Sm90A { get; } = new(HasWarps: true, DotsBytes: true, MultipliesMatrices: true, MultipliesWarpgroups: true);
}
