using System.CommandLine;
using KernelFoundry.Cli.Benchmarks;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Models;
using KernelFoundry.Measurement;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf tune</c>: finds the fastest choice of every schedule parameter on this machine, and stores it for all later runs.</summary>
internal static class TuneCommand
{
    private static readonly Option<string?> s_model = new("--model")
    {
        Description = "The GGUF file whose prefill and decode are to become faster.",
        HelpName = "FILE",
    };

    private static readonly KernelShapeOptions s_shape = new();
    private static readonly Option<int> s_prefill = NumberOption.Create("--pp", "N", "Model: tokens of the prefill; 0 for none.", 128);
    private static readonly Option<int> s_decode = NumberOption.Create("--tg", "N", "Model: tokens of the decode; 0 for none.", 16);
    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<string?> s_threads = new("--threads")
    {
        Description = "Threads to tune for, or several numbers, separated by commas; by default one a processor.",
        HelpName = "1,2",
    };

    private static readonly Option<int> s_repetitions = NumberOption.Create("--repetitions", "R", "Measured turns of every choice, after one that is not.", 9);
    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "Measure and print, and store nothing." };
    private static readonly Option<bool> s_reset = new("--reset")
    {
        Description = "Delete what is stored for this machine and these threads; without a model and a kernel, do no more.",
    };

    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("tune", "Find the fastest block sizes of kernels on this machine, and store them for later runs. Results do not change.")
        {
            s_model, s_prefill, s_decode, s_cacheType, s_activations, s_shape.Kernel, s_shape.Axes, s_shape.Types, s_threads, s_repetitions, s_dryRun, s_reset,
            s_json,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool hasModel = parsed.GetValue(s_model) is not null, hasKernel = parsed.GetValue(s_shape.Kernel) is not null, resets = parsed.GetValue(s_reset);
        if (hasModel ? hasKernel : !hasKernel && !resets)
            throw new UsageException("Give a model with --model, or a kernel with --kernel: one of the two.");
        bool isDry = parsed.GetValue(s_dryRun);
        string? file = isDry ? null : ScheduleFile.Locate()
            ?? throw new UsageException($"{ScheduleFile.EnvironmentVariable} is off: there is no file to store in. Add --dry-run to measure only.");
        if (Directory.Exists(file))
            throw new UsageException($"{ScheduleFile.EnvironmentVariable} names the folder '{file}': it is a file, or off.");
        int?[] threads = parsed.GetValue(s_threads) is { } text ? [.. ListOption.Counts(text, s_threads.Name)] : [null];
        var machines = new List<(KernelSchedules Schedules, IReadOnlyList<TunedParameter> Tuned)>();
        foreach (int? count in threads)
        {
            // From the defaults: what was stored before must not decide what is found now.
            using Device device = Opening.Device("cpu", count, ScheduleFile.Off);
            machines.Add((device.Schedules!, hasModel ? TuneModel(device, parsed, cancellationToken) : hasKernel ? TuneKernel(device, parsed, cancellationToken) : []));
        }

        // Printed first: what took minutes to measure is not lost where it cannot be stored.
        bool isJson = parsed.GetValue(s_json);
        if (isJson)
            KfJson.Print(new TuneOutput(file, [.. machines.Select(each => TuneText.ToOutput(each.Schedules.Machine, each.Tuned))]), json => json.TuneOutput);
        else
            machines.ForEach(each => TuneText.Print(each.Schedules.Machine, each.Tuned, resets));
        if (file is not null)
            machines.ForEach(each => Store(file, each.Schedules, each.Tuned, resets));
        if (!isJson)
            Console.Out.WriteLine(file is null ? "Nothing is stored." : $"Stored in {file}");
        return ExitCode.Done;
    }

    private static IReadOnlyList<TunedParameter> TuneModel(Device device, ParseResult parsed, CancellationToken cancellationToken)
    {
        int prefill = NumberOption.AtLeast(0, parsed, s_prefill), decode = NumberOption.AtLeast(0, parsed, s_decode);
        if (prefill == 0 && decode == 0)
            throw new UsageException("--pp and --tg are both 0: there is nothing to measure.");
        ModelOptions options = CommonOptions.Options(parsed, s_cacheType, s_activations);

        using var session = new ModelSession(parsed.GetValue(s_model)!, device, options, depth: 0, Math.Max(prefill, decode), ownsDevice: false);
        using var work = new TracedWork(() =>
        {
            session.Rewind();
            if (prefill > 0)
                session.Prefill(prefill);
            session.Rewind();
            session.Decode(decode);
        });
        return Tune(device, work, parsed, cancellationToken);
    }

    private static IReadOnlyList<TunedParameter> TuneKernel(Device device, ParseResult parsed, CancellationToken cancellationToken)
    {
        WorkloadShape shape = s_shape.Shape(parsed);
        if (!shape.Kernel.Parameters.Any(parameter => parameter.IsTunable))
        {
            string known = string.Join(", ", KernelText.KernelCatalog.Kernels.Where(kernel => kernel.Parameters.Any(each => each.IsTunable))
                .Select(kernel => KernelText.KernelCatalog.Simple(kernel.Name)));
            throw new UsageException($"{shape.Kernel.Name} has nothing to tune: no [Schedule] parameter with CpuChoices. Kernels with one are {known}.");
        }

        using var workload = UsageException.Check(() => new KernelWorkload(shape, device));
        return Tune(device, new KernelWork(workload, TimeSpan.FromMilliseconds(20)), parsed, cancellationToken);
    }

    private static IReadOnlyList<TunedParameter> Tune(Device device, ITuningWork work, ParseResult parsed, CancellationToken cancellationToken)
    {
        using var progress = new ProgressBar("Tuning", 1);
        return new ScheduleTuner(device, work).Run(NumberOption.AtLeast(1, parsed, s_repetitions), progress, cancellationToken);
    }

    // A default needs no entry: another version of the library may have a better one.
    private static void Store(string file, KernelSchedules schedules, IReadOnlyList<TunedParameter> tuned, bool resets)
    {
        HashSet<(string, string, string)> measured = [.. tuned.Select(each => (each.Kernel.Kernel.Name, each.Kernel.TypeKey, each.Parameter))];
        ScheduleFile.Update(
            file, schedules.Machine, entry => resets || measured.Contains((entry.Kernel, entry.Types, entry.Parameter)),
            tuned.Where(each => each.Best != each.Default).Select(each => schedules.Entry(each.Kernel, each.Parameter, each.Best)), Opening.Warn);
    }
}
