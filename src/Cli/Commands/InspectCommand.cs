using System.CommandLine;
using System.Text.Json.Nodes;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf inspect</c>: what a GGUF file or a folder of safetensors holds: the card of the model, metadata, tensors.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> s_file = new("FILE") { Description = "The GGUF file, or a folder with safetensors." };
    private static readonly Option<int?> s_context = new("--context") { Description = "Tokens of a sequence, for the memory it needs; by default the model's context.", HelpName = "N" };
    private static readonly Option<string> s_cacheType = CommonOptions.CacheType();
    private static readonly Option<string> s_activations = CommonOptions.Activations();
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("inspect", "Print what a model is, what it needs, its metadata and its tensors.") { s_file, s_context, s_cacheType, s_activations, s_json };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (parsed.GetValue(s_context) is < 1)
            throw new UsageException($"--context is {parsed.GetValue(s_context)}; it must be 1 or more.");
        using GgufFile file = Opening.File(parsed.GetRequiredValue(s_file));
        ModelCardText card = ModelCardText.Read(file, CommonOptions.Options(parsed, s_cacheType, s_activations), parsed.GetValue(s_context));
        if (parsed.GetValue(s_json))
            PrintJson(file, card);
        else
            Print(file, card);
        return ExitCode.Done;
    }

    private static void Print(GgufFile file, ModelCardText card)
    {
        Console.Out.WriteLine($"{file.Name}: GGUF version {file.Version}, {file.Length} bytes, {file.Tensors.Count} tensors");
        Console.Out.WriteLine();
        card.Print();
        Console.Out.WriteLine();
        foreach (GgufValue value in file.Metadata)
            Console.Out.WriteLine($"{Clean(value.Key)} = {value}");
        Console.Out.WriteLine();
        foreach (GgufTensor tensor in file.Tensors)
            Console.Out.WriteLine(Clean(tensor.ToString()));
    }

    private static void PrintJson(GgufFile file, ModelCardText card)
    {
        var metadata = new JsonObject();
        foreach (GgufValue value in file.Metadata)
            metadata[value.Key] = ToJson(value);
        IEnumerable<InspectTensor> tensors = file.Tensors.Select(tensor => new InspectTensor(
            tensor.Name,
            tensor.Type.ToString(),
            [.. Enumerable.Range(0, tensor.Rank).Select(tensor.Dimension)],
            tensor.Offset,
            tensor.ByteLength));
        var output = new InspectOutput(file.Name, file.Length, file.Version, file.Alignment, metadata, [.. tensors]) { Card = card.Json() };
        KfJson.Print(output, json => json.InspectOutput);
    }

    // Vocabularies are arrays of 10^5 texts, so arrays are described and not printed. JSON has no infinity: such a float is a text.
    private static JsonNode ToJson(GgufValue value) => value.Type switch
    {
        GgufValueType.Array => new JsonObject { ["array_of"] = value.ElementType.ToString(), ["count"] = value.Count },
        GgufValueType.String => JsonValue.Create(value.GetString()),
        GgufValueType.Boolean => JsonValue.Create(value.GetBoolean()),
        GgufValueType.Float32 when float.IsFinite((float)value.GetDouble()) => JsonValue.Create((float)value.GetDouble()),
        GgufValueType.Float64 when double.IsFinite(value.GetDouble()) => JsonValue.Create(value.GetDouble()),
        GgufValueType.Float32 or GgufValueType.Float64 or GgufValueType.UInt64 => JsonValue.Create(value.ToString()),
        _ => JsonValue.Create(value.GetInt64()),
    };

    // A file's names must not be able to drive the terminal.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
