using System.Text.Json;
using KernelFoundry.Gpu;

namespace KernelFoundry.Benchmarks.Tests;

/// <summary>What bench/gpu makes of what its commands leave.</summary>
public sealed class GpuReportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kf-gpu-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Measurements_stand_beside_their_fastest_peer()
    {
        Write("device", Device(emulated: false));
        Write("check", new CheckOutput(12, 1, 3.5, [new CheckFailure("Softmax rows=1", "off\nby two")], [new CheckKernel("Softmax", 12, 1)]));
        Write("bench", new BenchOutput(3e12, 1 << 28, 1e15, [new MeasurementOutput("Softmax float", 50e-6, 0.01, 60e-6, 4, 120_000_000, 0, 0.8, null), new MeasurementOutput("MatMulHalf Half", 100e-6, 0.01, 100e-6, 2, 30_000_000, 5e10, 0.1, null), new MeasurementOutput("MatMul Half", 0, 0, 0, 0, 0, 0, 0, "no memory")]));
        Write("peers", new PeersOutput("PyTorch 2", [new PeerOutput("Softmax float", "torch softmax", 100e-6, null), new PeerOutput("Softmax float", "triton softmax", 75e-6, null),
            new PeerOutput("MatMul Half", "torch matmul", 0, "no kernel")]));
        Report.Write(folder);
        string page = File.ReadAllText(Path.Combine(folder, "report.md"));
        Assert.Contains("12 cases passed, 1 failed", page, StringComparison.Ordinal);
        Assert.Contains("- Softmax rows=1: off by two", page, StringComparison.Ordinal);
        Assert.Contains("| Softmax float | 50.0 | 60.0 | 2400 | 80 % |  |  | triton softmax | 75.0 | 150 % |", page, StringComparison.Ordinal);
        Assert.Contains("| MatMulHalf Half | 100.0 | 100.0 | 300 | 10 % | 500.0 | 50 % | | | |", page, StringComparison.Ordinal);
        Assert.Contains("Peak: 1000 TFLOP/s", page, StringComparison.Ordinal);
        Assert.Contains("2 shapes measured, 1 failed:", page, StringComparison.Ordinal);
        Assert.Contains("- MatMul Half: no memory", page, StringComparison.Ordinal);
        Assert.Contains("torch matmul on MatMul Half: no kernel", page, StringComparison.Ordinal);
        Assert.Contains("no model was given", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Emulated", page, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "report.json")));
        Assert.Equal(3e12, report.RootElement.GetProperty("bench").GetProperty("copyBytesPerSecond").GetDouble());
    }

    [Fact]
    public void An_emulated_device_is_said_to_be_one()
    {
        Write("device", Device(emulated: true));
        Report.Write(folder);
        string page = File.ReadAllText(Path.Combine(folder, "report.md"));
        Assert.Contains("no GPU was used", page, StringComparison.Ordinal);
        Assert.Contains("Not measured.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_device_there_is_no_report() =>
        Assert.Contains("device.json", Assert.Throws<InvalidOperationException>(() => Report.Write(folder)).Message, StringComparison.Ordinal);

    private void Write<T>(string name, T value) => Json.Write(Path.Combine(folder, name + ".json"), value);

    private static DeviceOutput Device(bool emulated) => new("Some GPU", "CUDA 12.4", "9.0", 132, 80L << 30, 227 << 10, emulated, "Linux", ".NET 10");
}
