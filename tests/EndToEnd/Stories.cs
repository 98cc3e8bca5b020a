using System.Runtime.InteropServices;
using System.Text.Json;
using KernelFoundry.Inference.Tests;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>A real model of 260,000 weights, and what another program got from it. Tests that use it skip where it is absent.</summary>
internal static class Stories
{
    public const string Prompt = "Once upon a time";

    public const int VocabularySize = 512;

    public static string File(string type) => ReferenceFiles.Require("models", $"stories260k-{type}.gguf");

    /// <summary>Tokens of the prompt, and of prompt and greedy continuation together.</summary>
    public static (int[] Prompt, int[] All) Greedy()
    {
        byte[] bytes = System.IO.File.ReadAllBytes(ReferenceFiles.Require("models", "stories260k-greedy.json"));
        using JsonDocument document = JsonDocument.Parse(bytes);
        return (Integers("prompt_tokens"), Integers("tokens"));

        int[] Integers(string name) => [.. document.RootElement.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];
    }

    /// <summary>Logits after each of the first 256 tokens.</summary>
    public static double[][] Logits()
    {
        byte[] bytes = System.IO.File.ReadAllBytes(ReferenceFiles.Require("models", "stories260k-logits.f32"));
        float[] values = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        return [.. values.Chunk(VocabularySize).Select(row => row.Select(x => (double)x).ToArray())];
    }
}
