using System.CommandLine;
using KernelFoundry.Cli.Benchmarks;
using KernelFoundry.Cli.Output;
using KernelFoundry.Measurement;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf bench</c>: how fast a model or a kernel is, and how near to what the machine can do.</summary>
internal static class BenchCommand
{
    private static readonly Option<string?> s_model = new("--model") { Description = "The GGUF file to measure.", HelpName = "FILE" };
    private static readonly KernelShapeOptions s_shape = new();
    private static readonly Option<int> s_prefill = NumberOption.Create("--pp", "N", "Model: tokens of the prefill test; 0 for none.", 512);
    private static readonly Option<int> s_decode = NumberOption.Create("--tg", "N", "Model: tokens of the decode test; 0 for none.", 128);
    private static readonly Option<string?> s_batch = new("--batch")
    {
        Description = "Model: decode so many sequences at once, through the batch engine, --tg tokens each; several numbers are separated by commas.",
        HelpName = "1,4,16",
    };

    private static readonly Option<int> s_depth = NumberOption.Create("--depth", "N", "Model: positions in the cache before each test.", 0);
    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<bool> s_batchInvariant = CommonOptions.BatchInvariant();
    private static readonly Option<string> s_devices = new("--device")
    {
        Description = "Where to run: auto, cpu, opencl, cuda, reference, or several of them, separated by commas.",
        DefaultValueFactory = _ => "auto",
        HelpName = "cpu,opencl",
    };

    private static readonly Option<string?> s_threads = new("--threads")
    {
        Description = "Threads of the cpu device, or several numbers, separated by commas; by default one a processor.",
        HelpName = "1,2",
    };

    private static readonly Option<int> s_repetitions = NumberOption.Create("--repetitions", "R", "Measured repetitions, after one that is not.", 5);
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("bench", "Measure a model's prefill and decode, or one kernel, beside the machine's roof.")
        {
            s_model, s_prefill, s_decode, s_batch, s_depth, s_cacheType, s_activations, s_batchInvariant, s_shape.Kernel, s_shape.Axes, s_shape.Types, s_devices, s_threads, s_repetitions, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? model = parsed.GetValue(s_model), kernel = parsed.GetValue(s_shape.Kernel);
        if (model is null == kernel is null)
            throw new UsageException("Give a model with --model, or a kernel with --kernel: one of the two.");
        return Task.Run(
            () => model is null ? RunKernel(parsed, cancellationToken) : RunModel(model, parsed, cancellationToken),
            cancellationToken);
    }

    private static int RunModel(string path, ParseResult parsed, CancellationToken cancellationToken)
    {
        int prefill = NumberOption.AtLeast(0, parsed, s_prefill), decode = NumberOption.AtLeast(0, parsed, s_decode);
        if (prefill == 0 && decode == 0)
            throw new UsageException("--pp and --tg are both 0: there is nothing to measure.");
        int[] batches = parsed.GetValue(s_batch) is { } text ? [.. ListOption.Counts(text, s_batch.Name).Select(count => count!.Value)] : [];
        if (batches.Length > 0 && decode < 2)
            throw new UsageException($"{s_batch.Name} decodes {s_decode.Name} tokens of every sequence, and {s_decode.Name} is {decode}; it must be 2 or more.");
        var options = CommonOptions.Options(parsed, s_cacheType, s_activations) with { BatchInvariant = parsed.GetValue(s_batchInvariant) };
        IReadOnlyList<Func<Device>> devices = Devices(parsed);
        var benchmark = new ModelBenchmark(path)
        {
            Prefill = prefill,
            Decode = decode,
            Batches = batches,
            Depth = NumberOption.AtLeast(0, parsed, s_depth),
            Model = options,
            Repetitions = NumberOption.AtLeast(1, parsed, s_repetitions),
        };
        BenchOutput output = benchmark.Run(devices, cancellationToken);
        if (parsed.GetValue(s_json))
            KfJson.Print(output, json => json.BenchOutput);
        else
            BenchText.Print(output);
        return ExitCode.Done;
    }

    private static int RunKernel(ParseResult parsed, CancellationToken cancellationToken)
    {
        WorkloadShape shape = s_shape.Shape(parsed);
        KernelBenchOutput output = new KernelBenchmark(shape, NumberOption.AtLeast(1, parsed, s_repetitions)).Run(Devices(parsed), cancellationToken);
        if (parsed.GetValue(s_json))
            KfJson.Print(output, json => json.KernelBenchOutput);
        else
            BenchText.Print(output, shape);
        return ExitCode.Done;
    }

    // Every device named; the cpu once for each number of threads.
    private static IReadOnlyList<Func<Device>> Devices(ParseResult parsed)
    {
        int?[] threads = parsed.GetValue(s_threads) is { } text ? [.. ListOption.Counts(text, s_threads.Name)] : [null];
        string[] kinds = ListOption.Parts(parsed.GetRequiredValue(s_devices), s_devices.Name);
        if (kinds.Except(CommonOptions.DeviceKinds).FirstOrDefault() is { } unknown)
            throw new UsageException($"--device has '{unknown}'; it is one of {string.Join(", ", CommonOptions.DeviceKinds)}.");
        return
        [
            .. kinds.SelectMany(kind => (kind is "cpu" or "auto" ? threads : [null])
                .Select(count => (Func<Device>)(() => Opening.Device(kind, count)))),
        ];
    }
}
