namespace KernelFoundry.EndToEnd.Tests;

/// <summary>What the machine code of a kernel's hottest loop must be: the loop that holds the most of one instruction, and no loop inside it.</summary>
/// <param name="Kernel">The kernel, as <c>kf bench</c> names it.</param>
/// <param name="Type">Element type.</param>
/// <param name="Bits">Vector width.</param>
/// <param name="Method">The method that holds the loop.</param>
/// <param name="Unit">The instruction the loop is for; one of them is a step.</param>
/// <param name="MostPerStep">Most instructions a step, the step's own included.</param>
/// <param name="Also">What else must be in it.</param>
internal sealed record HotLoop(string Kernel, string Type, int Bits, string Method, string Unit, double MostPerStep, params string[] Also)
{
    /// <summary>Vectors that are kept in memory for want of registers, at most.</summary>
    public int MostSpills { get; init; }

    // Enough rows and columns for every loop to be compiled; the code is the same for all shapes.
    private static readonly Dictionary<string, string[]> s_axes = new()
    {
        ["MatVecInt8"] = ["tokens=1", "rows=2", "cols=512"],
        ["MatVec"] = ["tokens=1", "rows=2", "cols=512"],
        ["MatMul"] = ["tokens=16", "rows=33", "cols=64"],
        ["MatMulInt8"] = ["tokens=33", "rows=33", "cols=512"],
        ["FlashAttention"] = ["tokens=32", "heads=6", "kvHeads=6", "keys=33", "headDim=64"],
        ["FlashDecode"] = ["sequences=1", "heads=6", "kvHeads=6", "splits=3", "headDim=64"],
    };

    /// <summary>How <c>kf</c> is asked to run the kernel.</summary>
    public string[] Arguments =>
    [
        "bench", "--kernel", Kernel, "--dtype", Types, "--device", "cpu", "--threads", "1", "--repetitions", "1",
        .. s_axes[Kernel].SelectMany(axis => new[] { "--axis", axis }),
    ];

    // An epilogue's loop would be another one.
    private string Types => $"{Type},{Kernel switch { "FlashDecode" or "FlashAttention" => "CausalScore", "MatVecInt8" => "NoFusion", _ => "NoEpilogue" }}";

    public override string ToString() => $"{Kernel} {Type} {Bits}: {Method}";
}
