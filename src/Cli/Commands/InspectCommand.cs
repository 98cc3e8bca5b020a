using System.CommandLine;
using System.Text.Json.Nodes;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf inspect</c>: what a GGUF file holds.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> s_file = new("FILE") { Description = "The GGUF file." };
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("inspect", "Print the metadata and tensors of a GGUF file.") { s_file, s_json };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using GgufFile file = Opening.File(parsed.GetRequiredValue(s_file));
        if (parsed.GetValue(s_json))
            PrintJson(file);
        else
            Print(file);
        return ExitCode.Done;
    }

    private static void Print(GgufFile file)
    {
        Console.Out.WriteLine($"{file.Name}: GGUF version {file.Version}, {file.Length} bytes, {file.Tensors.Count} tensors");
        Console.Out.WriteLine();
        foreach (GgufValue value in file.Metadata)
            Console.Out.WriteLine($"{Clean(value.Key)} = {value}");
        Console.Out.WriteLine();
        foreach (GgufTensor tensor in file.Tensors)
            Console.Out.WriteLine(Clean(tensor.ToString()));
    }

    private static void PrintJson(GgufFile file)
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
        var output = new InspectOutput(file.Name, file.Length, file.Version, file.Alignment, metadata, [.. tensors]);
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
