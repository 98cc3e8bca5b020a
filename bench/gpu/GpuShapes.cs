using KernelFoundry.Kernels;
using KernelFoundry.Measurement;

namespace KernelFoundry.Gpu;

/// <summary>A kernel at an extent that models have.</summary>
/// <param name="Class">The class that declares it.</param>
/// <param name="Kernel">Its name.</param>
/// <param name="Types">Type arguments wanted.</param>
/// <param name="Axes">Extents.</param>
/// <param name="Peer">What the peers' script measures beside it; null for nothing.</param>
/// <param name="Operations">Multiplications and additions of a launch, from its extents; null where memory is the only bound.</param>
internal sealed record GpuShape(
    Type Class, string Kernel, string[] Types, Dictionary<string, int> Axes, string? Peer = null, Func<IReadOnlyDictionary<string, int>, double>? Operations = null)
{
    public string Id => $"{Kernel} {string.Join(",", Types)} {string.Join(" ", Axes.Select(axis => $"{axis.Key}={axis.Value}"))}";

    public WorkloadShape Workload()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(Class.Module.ModuleHandle);
        KernelDefinition kernel = KernelRegistry.Definitions.FirstOrDefault(each => each.Name == $"{Class.FullName}.{Kernel}")
            ?? throw new ArgumentException($"There is no kernel {Class.FullName}.{Kernel}.");
        return WorkloadShape.Create(kernel, Axes, Types);
    }

    public ShapeOutput ToOutput() => new(Id, Kernel, string.Join(",", Types), Axes, Peer);
}

/// <summary>
/// What is measured: one row a shape, of a model with 4096 channels, 32 heads of 128, 8 of them for keys and values, and a vocabulary of 128,256.
/// </summary>
internal static class GpuShapes
{
    private static readonly string[] Formats = ["Half", "BFloat16", "Q8_0", "Q4_0", "Q4_K", "Q6_K", "MXFP4"];

    public static IReadOnlyList<GpuShape> All(bool isQuick) => isQuick ? [.. Shapes().Select(Small)] : [.. Shapes()];

    private static IEnumerable<GpuShape> Shapes()
    {
        foreach (string format in Formats)
        {
            yield return new(
                typeof(Linear), nameof(Linear.MatVec), [format, nameof(NoEpilogue)], new() { ["tokens"] = 1, ["rows"] = 14336, ["cols"] = 4096 },
                format is "Half" or "BFloat16" ? "matvec" : null);
        }

        foreach (string format in Formats.Skip(2))
        {
            yield return new(
                typeof(Linear), nameof(Linear.MatVecInt8), [format, nameof(NoFusion)], new() { ["tokens"] = 1, ["rows"] = 14336, ["cols"] = 4096 });
        }

        foreach (int keys in new[] { 4096, 32768 })
        {
            yield return new(
                typeof(Attention), nameof(Attention.FlashDecode), ["Half", nameof(CausalScore)],
                new() { ["sequences"] = 1, ["heads"] = 32, ["kvHeads"] = 8, ["slots"] = keys, ["blocks"] = keys / 32, ["splits"] = keys / 128, ["headDim"] = 128 }, "decode-attention");
        }

        yield return new(typeof(Probabilities), nameof(Probabilities.Softmax), ["float"], new() { ["rows"] = 256, ["cols"] = 128256 }, "softmax");
        yield return new(typeof(Probabilities), nameof(Probabilities.Softmax), ["Half"], new() { ["rows"] = 4096, ["cols"] = 4096 }, "softmax");
        yield return new(typeof(Normalization), nameof(Normalization.RmsNorm), ["Half"], new() { ["rows"] = 8192, ["cols"] = 4096 }, "rmsnorm");
        yield return new(typeof(Normalization), nameof(Normalization.LayerNorm), ["Half"], new() { ["rows"] = 8192, ["cols"] = 4096 }, "layernorm");
        yield return new(
            typeof(Positions), nameof(Positions.RopeInterleaved), ["Half"], new() { ["tokens"] = 4096, ["heads"] = 32, ["headDim"] = 128, ["pairs"] = 64 });
        yield return new(typeof(Sampling), nameof(Sampling.ArgMax), ["float"], new() { ["rows"] = 64, ["vocabulary"] = 128256 }, "argmax");
        yield return new(typeof(Sampling), nameof(Sampling.ArgMax), ["float"], new() { ["rows"] = 1, ["vocabulary"] = 128256 }, "argmax");
        Dictionary<string, int> InParts(string columns) => new() { ["rows"] = 1, [columns] = 128256, ["parts"] = 62 };
        yield return new(typeof(Probabilities), nameof(Probabilities.SoftmaxParts), [], InParts("cols"));
        yield return new(typeof(Probabilities), nameof(Probabilities.SoftmaxOfParts), [], InParts("cols"));
        yield return new(typeof(Sampling), nameof(Sampling.ArgMaxParts), [], InParts("vocabulary"));
        yield return new(typeof(Sampling), nameof(Sampling.Measure), [], new() { ["rows"] = 1, ["vocabulary"] = 128256 });
        foreach (string type in new[] { "Half", "BFloat16" })
        {
            yield return Product(nameof(Linear.MatMulHalf), type, "matmul");
            yield return Product(nameof(Linear.MatMul), type, "matmul");
        }

        yield return Product(nameof(Linear.MatMulBackwardX), "BFloat16", null) with { Types = ["BFloat16"] };
        yield return Product(nameof(Linear.MatMulBackwardW), "float", null) with { Types = [] };
        foreach (string format in new[] { "Q8_0", "Q4_0", "Q4_K", "Q6_K" })
            yield return Product(nameof(Linear.MatMulInt8), format, null);

        // Of the scores under a causal mask, half are computed.
        yield return new(
            typeof(Attention), nameof(Attention.FlashAttention), ["Half", nameof(CausalScore)],
            new() { ["tokens"] = 2048, ["heads"] = 32, ["kvHeads"] = 8, ["keys"] = 2048, ["slots"] = 2048, ["blocks"] = 64, ["headDim"] = 128, ["start"] = 0 }, "prefill-attention",
            axes => 2.0 * axes["tokens"] * axes["keys"] * axes["heads"] * axes["headDim"]);
    }

    private static GpuShape Product(string kernel, string type, string? peer) => new(
        typeof(Linear), kernel, [type, nameof(NoEpilogue)], new() { ["tokens"] = 2048, ["rows"] = 4096, ["cols"] = 4096 }, peer,
        axes => 2.0 * axes["tokens"] * axes["rows"] * axes["cols"]);

    // Small enough for the emulated device.
    private static GpuShape Small(GpuShape shape) => shape with
    {
        Axes = shape.Axes.ToDictionary(axis => axis.Key, axis => axis.Key switch
        {
            "headDim" or "pairs" or "start" => axis.Value,
            "cols" => 256,
            "heads" => 4,
            "kvHeads" => 2,
            "position" => 63,
            "keys" or "slots" => 64,
            "blocks" or "splits" => 2,
            "vocabulary" => 999,
            _ => Math.Min(axis.Value, 8),
        }),
    };
}
