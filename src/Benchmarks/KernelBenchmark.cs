using BenchmarkDotNet.Attributes;
using KernelFoundry.Measurement;

namespace KernelFoundry.Benchmarks;

/// <summary>
/// A benchmark of one kernel: derive from it, name the kernel, and it is measured with inputs from its record. What users would call
/// instead is a method marked <c>[Benchmark]</c> in the same class; its Ratio is its time over the kernel's.
/// <code>
/// [KernelBenchmark(typeof(Probabilities), nameof(Probabilities.Softmax), Threads = [1, 2])]
/// [KernelAxis("rows", 256)]
/// [KernelAxis("cols", 512, 4096)]
/// public class SoftmaxBenchmark : KernelBenchmark;
/// </code>
/// </summary>
[KernelBenchmarkConfig]
public abstract class KernelBenchmark : IDisposable
{
    private KernelWorkload? _workload;
    private ReadBandwidth? _reading;
    private Device? _device;

    /// <summary>All cases the class asks for.</summary>
    public IEnumerable<KernelBenchmarkCase> Cases => KernelBenchmarkCases.Of(GetType());

    /// <summary>The case being measured.</summary>
    [ParamsSource(nameof(Cases))]
    public KernelBenchmarkCase Case { get; set; } = null!;

    /// <summary>The device it runs on.</summary>
    protected Device Device => _device!;

    /// <summary>Operations of one launch, a multiply-add as two; null where they are not counted.</summary>
    protected virtual double? Operations => null;

    /// <summary>Opens the device, fills the kernel's views and measures the roof.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _device = Device.Open(new DeviceOptions { Kind = Case.Device, Threads = Case.Threads == 0 ? null : Case.Threads });
        _workload = new KernelWorkload(Case.Shape, _device);
        _reading = new ReadBandwidth(_device, _workload.Bytes);
        MeasureRoof();
        Prepare();
    }

    /// <summary>The kernel, launched once and waited for.</summary>
    [Benchmark(Baseline = true)]
    public void Kernel()
    {
        _workload!.Launch();
        Device.Synchronize();
    }

    /// <summary>Measures the roof again, and frees everything.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        if (_reading is not null)
            MeasureRoof();
        _workload?.Dispose();
        _reading?.Dispose();
        _device?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The extent of an axis in this case.</summary>
    /// <param name="axis">The axis.</param>
    /// <returns>Its extent.</returns>
    protected int Extent(string axis) => Case.Shape.Axes[axis];

    /// <summary>Called before measuring: the place for what alternatives to the kernel need.</summary>
    protected virtual void Prepare()
    {
    }

    private void MeasureRoof()
    {
        _reading!.Measure();
        RoofColumns.Record(Case, new Roofline(_workload!.Bytes, Operations, _reading.Best));
    }
}
