using KernelFoundry.Kernels;

namespace KernelFoundry.Benchmarks.Tests;

[KernelBenchmark(typeof(Normalization), nameof(Normalization.RmsNorm), Threads = [1, 2])]
[KernelAxis("rows", 2, 3)]
[KernelAxis("cols", 64)]
[KernelTypes(typeof(float))]
[KernelTypes(typeof(Half))]
public class NormBenchmark : KernelBenchmark
{
    public int Prepared { get; private set; }

    protected override double? Operations => 4.0 * Extent("rows") * Extent("cols");

    protected override void Prepare() => Prepared++;
}

[KernelBenchmark(typeof(Probabilities), nameof(Probabilities.Softmax), Threads = [1])]
[KernelAxis("rows", 2)]
[KernelAxis("cols", 64)]
public class SoftmaxBenchmark : KernelBenchmark;

[KernelBenchmark(typeof(Probabilities), "Hardmax")]
public class UnknownKernelBenchmark : KernelBenchmark;

public class NamelessBenchmark : KernelBenchmark;
