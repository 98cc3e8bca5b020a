namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>The tokens a <c>tokenizer.json</c> puts around a text.</summary>
internal sealed class JsonTemplate
{
    public List<int> Prefix { get; } = [];

    public List<int> Suffix { get; } = [];
}
