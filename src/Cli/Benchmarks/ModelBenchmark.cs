using KernelFoundry.Cli.Commands;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Measurement;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>What <c>kf bench --model</c> does: prefill and decode on every device and number of threads, beside the roof of each.</summary>
internal sealed class ModelBenchmark
{
    private readonly string _path;
    private readonly ModelWork _work;

    /// <param name="path">The GGUF file.</param>
    /// <exception cref="ModelFileException">It cannot be opened.</exception>
    /// <exception cref="Inference.InvalidModelException">It is not a model that can be run.</exception>
    public ModelBenchmark(string path)
    {
        using GgufFile file = Opening.File(path);
        _path = path;
        _work = new ModelWork(file);
    }

    /// <summary>Tokens of the prefill test; 0 for none.</summary>
    public required int Prefill { get; init; }

    /// <summary>Tokens of the decode test; 0 for none.</summary>
    public required int Decode { get; init; }

    /// <summary>Numbers of sequences that are decoded at once, a test each.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [];

    /// <summary>Positions filled before each test.</summary>
    public required int Depth { get; init; }

    /// <summary>How the model is opened.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Measured repetitions of each test.</summary>
    public required int Repetitions { get; init; }

    /// <summary>Runs all tests.</summary>
    /// <param name="devices">Opens the devices to run on.</param>
    /// <param name="cancellationToken">Looked at between repetitions.</param>
    public BenchOutput Run(IReadOnlyList<Func<Device>> devices, CancellationToken cancellationToken)
    {
        var sessions = new List<ModelSession>();
        var roofs = new List<SessionRoof>();
        var tests = new List<ModelTest>();
        try
        {
            foreach (Func<Device> open in devices)
                sessions.Add(new ModelSession(_path, open(), Model, Depth, Math.Max(Prefill, Decode)));
            foreach (ModelTest test in sessions.SelectMany(Tests))
                tests.Add(test);
            using var progress = new ProgressBar("Measuring", (Repetitions + 1) * tests.Count);
            int done = 0;
            Each(test => test.WarmUp());

            // Before the roofs' buffers: what the models need, not what measuring them needs.
            long peak = PeakResidentBytes();
            roofs.AddRange(sessions.Select(session => new SessionRoof(session, _work.WeightBytes)));
            for (int repetition = 0; repetition < Repetitions; repetition++)
            {
                roofs.ForEach(roof => roof.Measure());
                Each(test => test.Repeat());
            }

            return new BenchOutput(
                Path.GetFileNameWithoutExtension(_path), _work.TensorBytes, _work.Parameters, _work.WeightBytes,
                CommonOptions.NameOf(Model.Cache), _work.CacheBytesPerPosition(Model.Cache), peak,
                [.. tests.Select(test => ToOutput(test, roofs.Find(roof => roof.Session == test.Session)!))],
                [.. roofs.Select(roof => roof.ToOutput())]);

            void Each(Action<ModelTest> action)
            {
                foreach (ModelTest test in tests)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    action(test);
                    progress.Report(++done);
                }
            }
        }
        finally
        {
            tests.ForEach(test => test.Dispose());
            roofs.ForEach(roof => roof.Dispose());
            sessions.ForEach(session => session.Dispose());
        }
    }

    private IEnumerable<ModelTest> Tests(ModelSession session)
    {
        if (Prefill > 0)
            yield return new PrefillTest(session, Prefill, Depth);
        if (Decode > 0)
            yield return new DecodeTest(session, Decode, Depth);
        foreach (int sequences in Batches)
            yield return UsageException.Check(() => new BatchTest(session, Decode, Depth, sequences));
    }

    private BenchTestOutput ToOutput(ModelTest test, SessionRoof roof)
    {
        (double median, double spread) = Summary.Of(test.TokensPerSecond);
        return new BenchTestOutput(
            Opening.NameOf(test.Session.Device), test.Session.Device.Info.ComputeUnits, test.Name, test.Tokens, Depth,
            test.Sequences, median, median / test.Sequences, spread, test.TokensPerSecond, median / test.Limit(_work, roof), Summary.Of(test.AllocatedPerToken).Median);
    }

    private static long PeakResidentBytes()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
