using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KernelFoundry.Measurement;

/// <summary>
/// How fast a device reads memory, measured with all its threads on a buffer of its own. A buffer that fits a cache measures the cache, as
/// do the bytes it stands for.
/// </summary>
public sealed class ReadBandwidth : IDisposable
{
    /// <summary>Larger buffers measure the same: they are far larger than any cache.</summary>
    public const long LargestBuffer = 1L << 30;

    private const long SmallestBuffer = 4096;
    private const long BytesPerRound = 16 << 20;
    private const int Rounds = 12;
    private const int FloatsPerLine = 16;
    private readonly Device _device;
    private readonly View1<float> _buffer;
    private readonly View1<float> _sums;

    /// <summary>Allocates the buffer and fills it.</summary>
    /// <param name="device">What is measured; not disposed of with this.</param>
    /// <param name="bytes">How many bytes the measured work reads: the size of the buffer, up to <see cref="LargestBuffer"/>.</param>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public ReadBandwidth(Device device, long bytes)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _device = device;
        _buffer = device.Allocate<float>((int)(Math.Clamp(bytes, SmallestBuffer, LargestBuffer) / sizeof(float)));
        _sums = device.Allocate<float>(IsHost(device) ? 0 : _buffer.Extent0);
        TouchedMemory.Touch(_buffer.Memory!);
    }

    /// <summary>Bytes of the buffer.</summary>
    public long Bytes => _buffer.Memory!.ByteLength;

    /// <summary>The best of all measurements, in bytes a second; 0 before the first.</summary>
    public double Best { get; private set; }

    /// <summary>Reads the buffer several times.</summary>
    /// <returns>The fastest time, in bytes a second.</returns>
    public double Measure()
    {
        int passes = (int)Math.Max(1, BytesPerRound / Bytes);
        double seconds = IsHost(_device) ? OnHost(passes) : OnDevice(passes);
        double bandwidth = Bytes * (double)passes / seconds;
        Best = Math.Max(Best, bandwidth);
        return bandwidth;
    }

    /// <summary>Frees the buffer.</summary>
    public void Dispose()
    {
        _buffer.Memory!.Dispose();
        _sums.Memory!.Dispose();
    }

    private static bool IsHost(Device device) => device.Kind is DeviceKind.Cpu or DeviceKind.Reference;

    // Written by hand, so that the roof does not move with the compiler that is measured against it.
    private double OnHost(int passes)
    {
        int threads = _device.Kind == DeviceKind.Cpu ? _device.Info.ComputeUnits : 1;
        int part = (_buffer.Extent0 / threads) & -FloatsPerLine;
        return HostThreads.FastestRound(threads, Rounds, number =>
        {
            ReadOnlySpan<float> values = _buffer.AsSpan().Slice(number * part, part);
            for (int pass = 0; pass < passes; pass++)
            {
                if (float.IsNaN(Sum(values)))
                    throw new InvalidOperationException("A sum of small numbers is NaN.");
            }
        });
    }

    private double OnDevice(int passes)
    {
        double fastest = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            for (int pass = 0; pass < passes; pass++)
                Roof.Read(_device, _buffer, _sums);
            _device.Synchronize();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return fastest;
    }

    // Eight cache lines at a time, one sum each: as many reads in flight as the processor has room for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(ReadOnlySpan<float> values)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector512<float> s0 = default, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        nuint i = 0, end = (nuint)values.Length / 128 * 128;
        for (; i < end; i += 128)
        {
            s0 += Vector512.LoadUnsafe(ref first, i);
            s1 += Vector512.LoadUnsafe(ref first, i + 16);
            s2 += Vector512.LoadUnsafe(ref first, i + 32);
            s3 += Vector512.LoadUnsafe(ref first, i + 48);
            s4 += Vector512.LoadUnsafe(ref first, i + 64);
            s5 += Vector512.LoadUnsafe(ref first, i + 80);
            s6 += Vector512.LoadUnsafe(ref first, i + 96);
            s7 += Vector512.LoadUnsafe(ref first, i + 112);
        }

        float rest = 0;
        for (; i < (nuint)values.Length; i++)
            rest += values[(int)i];
        return rest + Vector512.Sum((s0 + s1) + (s2 + s3) + ((s4 + s5) + (s6 + s7)));
    }
}
