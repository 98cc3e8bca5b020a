using BenchmarkDotNet.Attributes;
using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;
using Tensors = System.Numerics.Tensors.TensorPrimitives;

namespace KernelFoundry.Suite;

/// <summary>
/// TensorPrimitives.SoftMax does not subtract the maximum: it passes over a row once less, and overflows for large logits.
/// </summary>
[KernelBenchmark(typeof(Probabilities), nameof(Probabilities.Softmax), Threads = [1])]
[KernelAxis("rows", 256)]
[KernelAxis("cols", 512, 4096, 32000)]
public class SoftmaxBenchmark : RowBenchmark
{
    [Benchmark]
    public void TensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
            Tensors.SoftMax(From(row), To(row));
    }
}
