using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;

namespace KernelFoundry.Suite;

/// <summary>Prefill's kernel: every weight serves a batch of tokens, so operations count, not bytes.</summary>
[KernelBenchmark(typeof(Linear), nameof(Linear.MatMul), Threads = [1, 2])]
[KernelAxis("tokens", 128)]
[KernelAxis("rows", 1536)]
[KernelAxis("cols", 576)]
[KernelTypes(typeof(float), typeof(NoEpilogue))]
[KernelTypes(typeof(Half), typeof(NoEpilogue))]
[KernelTypes(typeof(Q8_0), typeof(NoEpilogue))]
[KernelTypes(typeof(Q4_0), typeof(NoEpilogue))]
public class MatMulBenchmark : KernelBenchmark
{
    protected override double? Operations => 2.0 * Extent("tokens") * Extent("rows") * Extent("cols");
}
