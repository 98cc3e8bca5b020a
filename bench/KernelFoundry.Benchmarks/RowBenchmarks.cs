using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using KernelFoundry.Kernels;

namespace KernelFoundry.Benchmarks;

/// <summary>Row kernels on one thread beside what System.Numerics.Tensors offers for the same rows.</summary>
public class RowBenchmarks : IDisposable
{
    private const int Rows = 256;
    private Device _device = null!;
    private View2<float> _x, _y;
    private View1<float> _weight;
    private float[] _from = [], _to = [];

    [Params(512, 4096, 32000)]
    public int Columns { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
        var random = new Random(1);
        _from = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)(random.NextDouble() - 0.5))];
        _to = new float[_from.Length];
        _x = _device.Upload<float>(_from, Rows, Columns);
        _y = _device.Allocate<float>(Rows, Columns);
        _weight = _device.Upload<float>(_from.AsSpan(0, Columns));
    }

    [Benchmark]
    public void Softmax() => Probabilities.Softmax(_device, _x, _y);

    [Benchmark]
    public void SoftMaxOfTensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
            TensorPrimitives.SoftMax(_from.AsSpan(row * Columns, Columns), _to.AsSpan(row * Columns, Columns));
    }

    [Benchmark]
    public void RmsNorm() => Normalization.RmsNorm(_device, _x, _weight, _y, 1e-5f);

    [Benchmark]
    public void RmsNormOfTensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
        {
            ReadOnlySpan<float> from = _from.AsSpan(row * Columns, Columns);
            Span<float> to = _to.AsSpan(row * Columns, Columns);
            float scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares(from) / Columns) + 1e-5f);
            TensorPrimitives.Multiply(from, scale, to);
            TensorPrimitives.Multiply(to, _from.AsSpan(0, Columns), to);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _device.Dispose();
        GC.SuppressFinalize(this);
    }
}
