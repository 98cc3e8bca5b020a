using BenchmarkDotNet.Attributes;
using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;
using Tensors = System.Numerics.Tensors.TensorPrimitives;

namespace KernelFoundry.Suite;

/// <summary>The gated unit of feed-forward layers: silu(gate) * up, three calls.</summary>
[KernelBenchmark(typeof(Activation), nameof(Activation.GatedLinearUnit), Threads = [1])]
[KernelAxis("rows", 256)]
[KernelAxis("cols", 512, 4096, 32000)]
[KernelTypes(typeof(float), typeof(Silu))]
public class SwiGluBenchmark : RowBenchmark
{
    [Benchmark]
    public void TensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
        {
            Tensors.Sigmoid(From(row), To(row));
            Tensors.Multiply(To(row), From(row), To(row));
            Tensors.Multiply(To(row), Other(row), To(row));
        }
    }
}
