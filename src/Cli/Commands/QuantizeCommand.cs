using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Quantization;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf quantize</c>: writes a model again with weights in fewer bits.</summary>
internal static class QuantizeCommand
{
    private static readonly Option<string> s_model = CommonOptions.Model();
    private static readonly Option<string> s_type = new("--type")
    {
        Description = $"The recipe: {string.Join(", ", QuantizationRecipes.All.Select(recipe => recipe.Name))}.",
        Required = true,
        HelpName = "T",
    };

    private static readonly Option<string> s_out = new("--out")
    {
        Description = "The GGUF file to write; one that is there is replaced when the new one is whole.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<string?> s_importance = new("--imatrix")
    {
        Description = "An importance matrix as llama.cpp writes it, in GGUF: what the columns of weights matter.",
        HelpName = "FILE",
    };

    private static readonly Option<int?> s_threads = new("--threads")
    {
        Description = "Threads; by default one a processor.",
        HelpName = "N",
    };

    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("quantize", "Write a model with its weights in fewer bits.")
        {
            s_model, s_type, s_out, s_importance, s_threads, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(s_model), output = parsed.GetRequiredValue(s_out);
        QuantizationRecipe recipe = Recipe(parsed.GetRequiredValue(s_type));
        int? threads = Threads(parsed.GetValue(s_threads));
        CheckOutput(path, output);
        using GgufFile file = Opening.File(path);
        ImportanceFile? importance = parsed.GetValue(s_importance) is { } given ? ReadImportance(given) : null;
        var options = new QuantizationOptions { Importance = importance, Threads = threads };
        return await WriteAsync(file, output, recipe, options, "Quantizing", parsed.GetValue(s_json), cancellationToken);
    }

    /// <summary>Writes a model and prints what was written.</summary>
    public static async Task<int> WriteAsync(
        GgufFile file, string output, QuantizationRecipe recipe, QuantizationOptions options, string title, bool json, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<QuantizedTensor> tensors;
        using (var progress = new ProgressBar(title, 1))
            tensors = await Task.Run(() => ModelQuantizer.Quantize(file, output, recipe, options with { Progress = progress }, cancellationToken), cancellationToken);

        Print(json, output, recipe, tensors, Stopwatch.GetElapsedTime(started));
        return ExitCode.Done;
    }

    /// <exception cref="UsageException">There is none of the name.</exception>
    public static QuantizationRecipe Recipe(string name) => QuantizationRecipes.Find(name) ?? throw new UsageException(
        $"--type is '{name}'; it must be one of {string.Join(", ", QuantizationRecipes.All.Select(each => each.Name))}.");

    /// <exception cref="UsageException">It is no number of threads.</exception>
    public static int? Threads(int? threads) => threads is < 1 ? throw new UsageException($"--threads is {threads}; it must be 1 or more.") : threads;

    private static ImportanceFile ReadImportance(string path)
    {
        using GgufFile file = Opening.File(path);
        return new ImportanceFile(file);
    }

    /// <exception cref="UsageException">The output cannot be written, or is the model.</exception>
    public static void CheckOutput(string model, string output)
    {
        OutputFile.Check("--out", output);
        if (Path.GetFullPath(output) == Path.GetFullPath(model))
            throw new UsageException("--out is the model itself; give another file.");
    }

    private static void Print(bool json, string path, QuantizationRecipe recipe, IReadOnlyList<QuantizedTensor> tensors, TimeSpan time)
    {
        long bytes = new FileInfo(path).Length, elements = tensors.Sum(tensor => tensor.Elements);
        double bits = 8.0 * tensors.Sum(tensor => tensor.Bytes) / Math.Max(1, elements);
        if (json)
        {
            var output = new QuantizeOutput(path, recipe.Name, bytes, elements, bits, time.TotalSeconds,
                [.. tensors.Select(t => new QuantizeTensor(t.Name, t.From.ToString(), t.To.ToString(), t.Elements, t.Bytes))]);
            KfJson.Print(output, context => context.QuantizeOutput);
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{path}: {recipe.Name}, {tensors.Count} tensors, {bytes} bytes, {bits:F2} bits a weight, in {time.TotalSeconds:F1} s"));
        foreach ((GgmlType type, int count, long size) in tensors.GroupBy(tensor => tensor.To)
            .Select(type => (type.Key, type.Count(), type.Sum(tensor => tensor.Bytes))).OrderByDescending(type => type.Item3))
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{type,-7} {count,5} tensors {size,14} bytes"));
    }
}
