using KernelFoundry.Cli.Commands;
using KernelFoundry.Cli.Output;
using KernelFoundry.Measurement;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>What <c>kf bench --kernel</c> does: one kernel on every device, by turns, beside reading as many bytes.</summary>
/// <param name="shape">The kernel, its types and extents.</param>
/// <param name="repetitions">Measured repetitions.</param>
internal sealed class KernelBenchmark(WorkloadShape shape, int repetitions)
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(50);

    // Compiled kernels are at their best at once, launching them after some hundred calls.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(300);

    public KernelBenchOutput Run(IReadOnlyList<Func<Device>> devices, CancellationToken cancellationToken)
    {
        var contenders = new List<Contender>();
        try
        {
            foreach (Func<Device> open in devices)
                contenders.Add(new Contender(shape, open()));
            contenders.ForEach(each => each.Workload.Time(s_warmUp));
            for (int repetition = 0; repetition < repetitions; repetition++)
            {
                foreach (Contender each in contenders)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    each.Reading.Measure();
                    each.Seconds.Add(each.Workload.Time(s_time));
                }
            }

            return new KernelBenchOutput(
                shape.Kernel.Name, shape.TypeArguments, shape.Axes, contenders[0].Workload.Bytes, [.. contenders.Select(ToOutput)]);
        }
        finally
        {
            contenders.ForEach(each => each.Dispose());
        }
    }

    private static KernelTestOutput ToOutput(Contender contender)
    {
        (double median, double spread) = Summary.Of(contender.Seconds);
        double rate = contender.Workload.Bytes / median;
        return new KernelTestOutput(
            Opening.NameOf(contender.Device), contender.Device.Info.ComputeUnits, median, spread, contender.Seconds, rate,
            contender.Reading.Best, rate / contender.Reading.Best);
    }

    private sealed class Contender : IDisposable
    {
        public Contender(WorkloadShape shape, Device device)
        {
            Device = device;
            Workload = UsageException.Check(() => new KernelWorkload(shape, device));
            Reading = new ReadBandwidth(device, Workload.Bytes);
        }

        public Device Device { get; }

        public KernelWorkload Workload { get; }

        public ReadBandwidth Reading { get; }

        public List<double> Seconds { get; } = [];

        public void Dispose()
        {
            Workload.Dispose();
            Reading.Dispose();
            Device.Dispose();
        }
    }
}
