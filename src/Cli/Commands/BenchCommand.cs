using System.CommandLine;
using System.Globalization;
using KernelFoundry.Cli.Benchmarks;
using KernelFoundry.Cli.Output;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf bench</c>: how fast, and how near to what the machine can do.</summary>
internal static class BenchCommand
{
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<int> s_prefill = Number("--pp", "N", "Tokens of the prefill test; 0 for none.", 512);
    private static readonly Option<int> s_decode = Number("--tg", "N", "Tokens of the decode test; 0 for none.", 128);
    private static readonly Option<int> s_depth = Number("--depth", "N", "Positions in the cache before each test.", 0);
    private static readonly Option<string> s_devices = new("--device")
    {
        Description = "Where to run: auto, cpu, opencl, reference, or several of them, separated by commas.",
        DefaultValueFactory = _ => "auto",
        HelpName = "cpu,opencl",
    };

    private static readonly Option<string?> s_threads = new("--threads")
    {
        Description = "Threads of the cpu device, or several numbers, separated by commas; by default one a processor.",
        HelpName = "1,2",
    };

    private static readonly Option<int> s_repetitions = Number("--repetitions", "R", "Measured repetitions, after one that is not.", 5);
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("bench", "Measure a model's prefill and decode beside the machine's roof: its read bandwidth and peak.")
        {
            s_model, s_prefill, s_decode, s_depth, s_devices, s_threads, s_repetitions, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int prefill = AtLeast(0, parsed, s_prefill), decode = AtLeast(0, parsed, s_decode);
        if (prefill + (long)decode == 0)
            throw new UsageException("--pp and --tg are both 0: there is nothing to measure.");
        IReadOnlyList<Func<Device>> devices = Devices(parsed);
        var benchmark = new ModelBenchmark(parsed.GetRequiredValue(s_model))
        {
            Prefill = prefill,
            Decode = decode,
            Depth = AtLeast(0, parsed, s_depth),
            Repetitions = AtLeast(1, parsed, s_repetitions),
        };
        BenchOutput output = await Task.Run(() => benchmark.Run(devices, cancellationToken), cancellationToken);
        if (parsed.GetValue(s_json))
            KfJson.Print(output, json => json.BenchOutput);
        else
            BenchText.Print(output);
        return ExitCode.Done;
    }

    // Every device named; the cpu once for each number of threads.
    private static IReadOnlyList<Func<Device>> Devices(ParseResult parsed)
    {
        int?[] threads = parsed.GetValue(s_threads) is { } text ? [.. List(text, "--threads").Select(Count)] : [null];
        return
        [
            .. List(parsed.GetRequiredValue(s_devices), "--device").SelectMany(kind =>
                (CommonOptions.DeviceKinds.Contains(kind)
                    ? kind is "cpu" or "auto" ? threads : [null]
                    : throw new UsageException($"--device has '{kind}'; it is one of {string.Join(", ", CommonOptions.DeviceKinds)}."))
                .Select(count => (Func<Device>)(() => Opening.Device(kind, count)))),
        ];
    }

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new UsageException($"--threads has '{text}'; it is a list of numbers, 1 or more, separated by commas.");

    private static string[] List(string text, string option)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 ? parts : throw new UsageException($"{option} names nothing.");
    }

    private static int AtLeast(int least, ParseResult parsed, Option<int> option) => parsed.GetValue(option) is var value && value >= least
        ? value
        : throw new UsageException($"{option.Name} is {value}; it must be {least} or more.");

    private static Option<int> Number(string name, string value, string description, int standard) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => standard };
}
