using BenchmarkDotNet.Attributes;
using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;
using Tensors = System.Numerics.Tensors.TensorPrimitives;

namespace KernelFoundry.Suite;

/// <summary>Root mean square norm: three calls, three passes.</summary>
[KernelBenchmark(typeof(Normalization), nameof(Normalization.RmsNorm), Threads = [1])]
[KernelAxis("rows", 256)]
[KernelAxis("cols", 512, 4096, 32000)]
[KernelTypes(typeof(float))]
public class RmsNormBenchmark : RowBenchmark
{
    [Benchmark]
    public void TensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
        {
            float scale = 1 / MathF.Sqrt((Tensors.SumOfSquares(From(row)) / Columns) + 1e-5f);
            Tensors.Multiply(From(row), scale, To(row));
            Tensors.Multiply(To(row), Weight, To(row));
        }
    }
}
