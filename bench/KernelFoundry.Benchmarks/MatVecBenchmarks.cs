using BenchmarkDotNet.Attributes;
using KernelFoundry.Kernels;

namespace KernelFoundry.Benchmarks;

/// <summary>Matrix times vector: each weight byte once. Ratio is time over that of reading the same bytes, so 1.00 is the roof.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(Half))]
[GenericTypeArguments(typeof(Q8_0))]
[GenericTypeArguments(typeof(Q4_0))]
public class MatVecBenchmarks<TWeight> : IDisposable
    where TWeight : unmanaged
{
    private const int Rows = 16384, Columns = 4096;
    private Device _device = null!;
    private View2<TWeight> _weights;
    private View2<float> _x, _y;
    private View1<float> _bytes, _sums;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = Threads });
        _weights = _device.Allocate<TWeight>(Rows, Columns);
        _x = _device.Allocate<float>(1, Columns);
        _y = _device.Allocate<float>(1, Rows);
        long bytes = (long)Rows * Columns / Element<TWeight>.BlockSize * Element<TWeight>.BlockBytes;
        _bytes = _device.Allocate<float>((int)(bytes / sizeof(float)));
        _sums = _device.Allocate<float>(_bytes.Extent0);
        Touch(_weights.Memory!);
        Touch(_bytes.Memory!);
    }

    // Fresh pages are all one page of zeros, which any cache holds: only written memory costs what memory costs.
    private static void Touch(DeviceMemory memory)
    {
        byte[] chunk = new byte[1 << 20];
        Array.Fill(chunk, (byte)0x11);
        for (long offset = 0; offset < memory.ByteLength; offset += chunk.Length)
            memory.Write(offset, chunk.AsSpan(0, (int)Math.Min(chunk.Length, memory.ByteLength - offset)));
    }

    [Benchmark(Baseline = true)]
    public void ReadTheBytes() => Roof.Read(_device, _bytes, _sums);

    [Benchmark]
    public void MatVec() => Linear.MatVec(_device, _weights, _x, _y, default(NoEpilogue));

    [GlobalCleanup]
    public void Dispose()
    {
        _device.Dispose();
        GC.SuppressFinalize(this);
    }
}
