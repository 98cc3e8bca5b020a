using BenchmarkDotNet.Attributes;
using KernelFoundry.Benchmarks;
using KernelFoundry.Kernels;
using Tensors = System.Numerics.Tensors.TensorPrimitives;

namespace KernelFoundry.Suite;

/// <summary>Greedy sampling: the largest of a row of logits.</summary>
[KernelBenchmark(typeof(Sampling), nameof(Sampling.ArgMax), Threads = [1])]
[KernelAxis("rows", 8)]
[KernelAxis("vocabulary", 512, 32000, 128256)]
public class ArgMaxBenchmark : RowBenchmark
{
    private int _found;

    protected override int Columns => Extent("vocabulary");

    [Benchmark]
    public void TensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
            _found += Tensors.IndexOfMax(From(row));
    }
}
