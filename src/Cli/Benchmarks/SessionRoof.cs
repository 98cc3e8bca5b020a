using KernelFoundry.Cli.Commands;
using KernelFoundry.Cli.Output;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>The roof of a session's device, measured again with every repetition; the best counts.</summary>
/// <param name="session">The session.</param>
/// <param name="bytes">Bytes its decoding reads a token.</param>
internal sealed class SessionRoof(ModelSession session, long bytes) : IDisposable
{
    private readonly Measurement.ReadBandwidth _reading = new(session.Device, bytes);

    public ModelSession Session => session;

    /// <summary>Bytes a second.</summary>
    public double ReadBandwidth => _reading.Best;

    /// <summary>Operations a second; null for devices whose peak is not measured.</summary>
    public double? FmaPeak { get; private set; }

    public void Measure()
    {
        _reading.Measure();
        if (session.Device.Kind == DeviceKind.Cpu)
            FmaPeak = Math.Max(FmaPeak ?? 0, Measurement.FmaPeak.Measure(session.Device.Info.ComputeUnits));
    }

    public BenchRoofOutput ToOutput() =>
        new(Opening.NameOf(session.Device), session.Device.Info.ComputeUnits, _reading.Bytes, ReadBandwidth, FmaPeak);

    public void Dispose() => _reading.Dispose();
}
