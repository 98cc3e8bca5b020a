using System.CommandLine;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Quantization;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf convert</c>: writes a folder of safetensors as GGUF.</summary>
internal static class ConvertCommand
{
    private const string AsItIs = "auto";

    private static readonly Option<string> s_model = new("--model")
    {
        Description = "The folder: safetensors, config.json, and tokenizer.json or tokenizer.model. A GGUF file in several parts becomes one.",
        Required = true,
        HelpName = "DIR",
    };

    private static readonly Option<string> s_type = new("--type")
    {
        Description = $"What weights are written in: {AsItIs} (what most of them have), or a recipe of kf quantize.",
        DefaultValueFactory = _ => AsItIs,
        HelpName = "T",
    };

    private static readonly Option<string> s_out = new("--out")
    {
        Description = "The GGUF file to write; one that is there is replaced when the new one is whole.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<int?> s_threads = new("--threads") { Description = "Threads; by default one a processor.", HelpName = "N" };
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("convert", "Write a folder of safetensors as a GGUF file.") { s_model, s_type, s_out, s_threads, s_json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string output = parsed.GetRequiredValue(s_out), type = parsed.GetRequiredValue(s_type);
        int? threads = QuantizeCommand.Threads(parsed.GetValue(s_threads));
        QuantizationRecipe? recipe = type == AsItIs ? null : QuantizeCommand.Recipe(type);
        QuantizeCommand.CheckOutput(parsed.GetRequiredValue(s_model), output);
        using GgufFile file = Opening.File(parsed.GetRequiredValue(s_model));
        HuggingFaceModel.CheckWritable(file);
        return await QuantizeCommand.WriteAsync(
            file, output, recipe ?? Prevailing(file), new QuantizationOptions { Threads = threads }, "Converting", parsed.GetValue(s_json), cancellationToken);
    }

    private static QuantizationRecipe Prevailing(GgufFile file)
    {
        GgmlType type = file.Tensors.GroupBy(tensor => tensor.Type).OrderByDescending(group => group.Sum(tensor => tensor.ElementCount)).Select(group => group.Key).FirstOrDefault();
        return QuantizationRecipes.All.FirstOrDefault(recipe => recipe.Type == type && recipe.Name == type.ToString())
            ?? throw new UsageException($"Most weights are {type}, which cannot be written; give a --type.");
    }
}
