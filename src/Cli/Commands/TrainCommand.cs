using System.CommandLine;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Training;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Evaluation;
using KernelFoundry.Training.Reports;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf train</c>: trains a model or an adapter; run again, it goes on where it was.</summary>
internal static class TrainCommand
{
    private static readonly Option<string[]> s_data = Files("--data", "Documents to learn from: .jsonl files with a \"text\" a line, or text files of one document.", isRequired: true);
    private static readonly Option<string> s_config = new("--config") { Description = "The options, as JSON: docs/training.md lists them.", Required = true, HelpName = "FILE" };
    private static readonly Option<string> s_out = new("--out") { Description = "The GGUF file to write, in 32-bit floats: the model, or the adapter.", Required = true, HelpName = "FILE" };
    private static readonly Option<string?> s_tokenizer = new("--tokenizer") { Description = "A GGUF file whose tokenizer is used, for a model from nothing.", HelpName = "FILE" };
    private static readonly Option<string?> s_model = new("--model") { Description = "A GGUF file to train further, or to train an adapter for.", HelpName = "FILE" };
    private static readonly Option<string[]> s_heldOut = Files("--validation", "Documents whose loss is measured, and which are not learned from.", isRequired: false);
    private static readonly Option<string[]> s_tasks = Files("--tasks", "Questions with scores, .jsonl.", isRequired: false);
    private static readonly Option<string?> s_checkpoint = new("--checkpoint")
    {
        Description = "Where checkpoints are kept; by default beside --out. If the file is there, the training goes on from it.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> s_report = new("--report") { Description = "An HTML page with the curves to write.", HelpName = "FILE" };
    private static readonly Option<long?> s_maxSteps = new("--max-steps") { Description = "Most steps of this run; the next goes on after them.", HelpName = "N" };
    private static readonly Option<double?> s_maxMinutes = new("--max-minutes") { Description = "Time after which this run ends with a checkpoint.", HelpName = "M" };
    private static readonly Option<bool> s_roof = new("--roof") { Description = "Measure the processor's multiply-add peak after the run, and print the steps' share of it." };
    private static readonly Option<string> s_device = CommonOptions.Device();
    private static readonly Option<int?> s_threads = CommonOptions.Threads();
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("train", "Train a model, or a LoRA adapter of one. Interrupted, it keeps a checkpoint and goes on from there when run again.")
        {
            s_data, s_config, s_out, s_tokenizer, s_model, s_heldOut, s_tasks, s_checkpoint, s_report, s_maxSteps, s_maxMinutes, s_roof, s_device, s_threads, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None);

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string output = parsed.GetRequiredValue(s_out);
        OutputFile.Check("--out", output);
        if (parsed.GetValue(s_report) is { } page)
            OutputFile.Check("--report", page);
        if (parsed.GetValue(s_maxSteps) is < 1)
            throw new UsageException($"--max-steps is {parsed.GetValue(s_maxSteps)}; it must be 1 or more.");
        if (parsed.GetValue(s_maxMinutes) is { } minutes && !(minutes > 0 && minutes < TimeSpan.MaxValue.TotalMinutes))
            throw new UsageException($"--max-minutes is {minutes}; it must be above 0.");
        try
        {
            return Train(parsed, output, cancellationToken);
        }
        catch (Exception error) when (error is TrainingOptionsException or TrainingDataException)
        {
            throw new UsageException(error.Message, error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new UsageException($"A file cannot be read: {error.Message}", error);
        }
    }

    private static int Train(ParseResult parsed, string output, CancellationToken cancellationToken)
    {
        TrainingOptions options = TrainingOptionsFile.Read(parsed.GetRequiredValue(s_config));
        using GgufFile? original = parsed.GetValue(s_model) is { } path ? Opening.File(path) : null;
        Tokenizer tokenizer = OpenTokenizer(original, parsed.GetValue(s_tokenizer));
        using Device device = Opening.Device(parsed.GetRequiredValue(s_device), parsed.GetValue(s_threads));
        TokenizedDocuments documents = Read(parsed.GetRequiredValue(s_data));
        using Trainer trainer = original is null
            ? Trainer.Create(device, options, documents, tokenizer)
            : Trainer.Continue(device, options, documents, original);
        bool isJson = parsed.GetValue(s_json);
        using var progress = new TrainingDisplay(isJson ? TextWriter.Null : Console.Error, options.Steps, !isJson && !Console.IsErrorRedirected);
        var run = new TrainingRunOptions
        {
            Checkpoint = parsed.GetValue(s_checkpoint) ?? output + ".checkpoint",
            MaxSteps = parsed.GetValue(s_maxSteps),
            MaxTime = parsed.GetValue(s_maxMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
            HeldOut = parsed.GetValue(s_heldOut) is { Length: > 0 } heldOut ? Read(heldOut) : null,
            Questions = [.. (parsed.GetValue(s_tasks) ?? []).SelectMany(TaskFile.Read)],
            Progress = progress,
        };
        progress.Begin(trainer, documents);
        bool isDone = TrainingRun.Run(trainer, run, cancellationToken);
        trainer.Export(output);
        if (parsed.GetValue(s_report) is { } page)
            HtmlReport.Write(trainer, page);
        double? peak = parsed.GetValue(s_roof) && device.Kind == DeviceKind.Cpu ? Measurement.FmaPeak.Measure(device.Info.ComputeUnits) : null;
        progress.End(trainer, isDone, output, run.Checkpoint, peak);
        if (isJson)
            KfJson.Print(TrainOutput.Of(trainer, output, isDone, peak), context => context.TrainOutput);
        return cancellationToken.IsCancellationRequested ? ExitCode.Failed : ExitCode.Done;

        TokenizedDocuments Read(string[] paths) => TokenizedDocuments.Read(paths, tokenizer, options.ParsesSpecialTokens, cancellationToken);
    }

    private static Tokenizer OpenTokenizer(GgufFile? original, string? path)
    {
        if (original is not null)
        {
            return path is null ? TokenizerFactory.Create(original) : throw new UsageException("--tokenizer is given with --model, which has a tokenizer of its own.");
        }

        if (path is null)
            throw new UsageException("--tokenizer is needed for a model from nothing, or --model for one to go on with.");
        using GgufFile file = Opening.File(path);
        return TokenizerFactory.Create(file);
    }

    private static Option<string[]> Files(string name, string description, bool isRequired) =>
        new(name) { Description = description, Required = isRequired, HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
}
