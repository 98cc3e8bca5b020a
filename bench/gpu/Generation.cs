using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Gpu;

/// <summary>A model's greedy text on the device, beside what the CPU generates.</summary>
internal static class Generation
{
    private const string Prompt = "Once upon a time";

    public static async Task<GenerateOutput> RunAsync(Device device, string path, int tokens)
    {
        // The first run loads every kernel's module; the second is measured.
        _ = await GenerateAsync(device, path, tokens);
        (List<int> found, string text, GenerationStatistics statistics) = await GenerateAsync(device, path, tokens);
        using Device cpu = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu });

        // The CPU rounds activations to bytes where weights are quantized; with floats on both, the devices differ by the order of sums alone.
        (List<int> expected, _, _) = await GenerateAsync(cpu, path, tokens);
        int same = found.Zip(expected).TakeWhile(pair => pair.First == pair.Second).Count();
        Console.WriteLine($"{statistics.DecodeTokensPerSecond:F0} tokens/s; the first {same} of {found.Count} tokens are the CPU's");
        return new GenerateOutput(
            Path.GetFileName(path), statistics.PromptTokens, found.Count, statistics.PrefillTokensPerSecond, statistics.DecodeTokensPerSecond, same, text);
    }

    private static async Task<(List<int> Tokens, string Text, GenerationStatistics Statistics)> GenerateAsync(Device device, string path, int tokens)
    {
        using LanguageModel model = LanguageModel.Open(GgufFile.Open(path), device, new ModelOptions { Activations = ActivationRounding.None });
        var found = new List<int>();
        string text = "";
        GenerationChunk last = default;
        await foreach (GenerationChunk chunk in new TextGenerator(model).GenerateAsync(Prompt, new GenerationOptions { MaxTokens = tokens }))
        {
            last = chunk;
            text += chunk.Text;
            if (chunk.Token is { } token)
                found.Add(token);
        }

        return (found, text, last.Statistics!);
    }
}
