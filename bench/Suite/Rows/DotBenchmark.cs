using BenchmarkDotNet.Attributes;
using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;
using Tensors = System.Numerics.Tensors.TensorPrimitives;

namespace KernelFoundry.Suite;

/// <summary>Dot products: a matrix times a vector, in cache and out of it, beside a TensorPrimitives.Dot a row.</summary>
[KernelBenchmark(typeof(Linear), nameof(Linear.MatVec), Threads = [1])]
[KernelAxis("tokens", 1)]
[KernelAxis("rows", 256, 4096)]
[KernelAxis("cols", 512, 4096)]
[KernelTypes(typeof(float), typeof(NoEpilogue))]
public class DotBenchmark : RowBenchmark
{
    private float[] _products = [];

    protected override double? Operations => 2.0 * Rows * Columns;

    [Benchmark]
    public void TensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
            _products[row] = Tensors.Dot(From(row), Weight);
    }

    protected override void Prepare()
    {
        base.Prepare();
        _products = new float[Rows];
    }
}
