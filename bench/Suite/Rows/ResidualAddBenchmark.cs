using BenchmarkDotNet.Attributes;
using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;
using Tensors = System.Numerics.Tensors.TensorPrimitives;

namespace KernelFoundry.Suite;

/// <summary>Two rows added.</summary>
[KernelBenchmark(typeof(Elementwise), nameof(Elementwise.ResidualAdd), Threads = [1])]
[KernelAxis("rows", 256)]
[KernelAxis("cols", 512, 4096, 32000)]
[KernelTypes(typeof(float))]
public class ResidualAddBenchmark : RowBenchmark
{
    [Benchmark]
    public void TensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
            Tensors.Add(From(row), Other(row), To(row));
    }
}
