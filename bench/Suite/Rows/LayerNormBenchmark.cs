using BenchmarkDotNet.Attributes;
using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;
using Tensors = System.Numerics.Tensors.TensorPrimitives;

namespace KernelFoundry.Suite;

/// <summary>Layer norm: five calls, five passes.</summary>
[KernelBenchmark(typeof(Normalization), nameof(Normalization.LayerNorm), Threads = [1])]
[KernelAxis("rows", 256)]
[KernelAxis("cols", 512, 4096, 32000)]
[KernelTypes(typeof(float))]
public class LayerNormBenchmark : RowBenchmark
{
    [Benchmark]
    public void TensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
        {
            float mean = Tensors.Sum(From(row)) / Columns;
            Tensors.Subtract(From(row), mean, To(row));
            float scale = 1 / MathF.Sqrt((Tensors.SumOfSquares(To(row)) / Columns) + 1e-5f);
            Tensors.Multiply(To(row), scale, To(row));
            Tensors.MultiplyAdd(To(row), Weight, Weight, To(row));
        }
    }
}
