using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>What a pre-tokenizer of <c>tokenizer.json</c> does: some also change text, before they cut it.</summary>
internal sealed class JsonCuts
{
    public List<Normalizer> Normalizers { get; } = [];

    public List<Splitter> Splitters { get; } = [];

    /// <summary>The vocabulary is written in the letters of bytes.</summary>
    public bool IsByteLevel { get; set; }

    /// <summary>Spaces are written as U+2581.</summary>
    public bool MarksSpaces { get; set; }

    /// <summary>The patterns text is isolated by, while there is nothing else.</summary>
    public List<string>? Patterns { get; set; } = [];

    /// <summary>A space is put before a text.</summary>
    public bool AddsPrefix { get; set; }
}
