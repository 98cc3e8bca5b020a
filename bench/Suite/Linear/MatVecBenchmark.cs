using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;

namespace KernelFoundry.Suite;

/// <summary>Decoding's kernel: one token, each weight byte once.</summary>
[KernelBenchmark(typeof(Linear), nameof(Linear.MatVec), Threads = [1, 2])]
[KernelAxis("tokens", 1)]
[KernelAxis("rows", 16384)]
[KernelAxis("cols", 4096)]
[KernelTypes(typeof(float), typeof(NoEpilogue))]
[KernelTypes(typeof(Half), typeof(NoEpilogue))]
[KernelTypes(typeof(Q8_0), typeof(NoEpilogue))]
[KernelTypes(typeof(Q4_0), typeof(NoEpilogue))]
public class MatVecBenchmark : KernelBenchmark
{
    protected override double? Operations => 2.0 * Extent("tokens") * Extent("rows") * Extent("cols");
}
