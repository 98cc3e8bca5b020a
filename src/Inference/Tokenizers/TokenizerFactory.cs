using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers.Files;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>Makes the tokenizer a model file asks for. A tokenizer model is one line of the table.</summary>
public static class TokenizerFactory
{
    private const string ModelKey = "tokenizer.ggml.model";

    private static readonly SortedDictionary<string, Func<GgufFile, Tokenizer>> s_models = new(StringComparer.Ordinal)
    {
        ["gpt2"] = GgufByteLevelBpe.Read,
        ["llama"] = GgufSentencePiece.Read,
    };

    /// <summary>Values of <c>tokenizer.ggml.model</c> that have a tokenizer.</summary>
    public static IReadOnlyCollection<string> SupportedModels => s_models.Keys;

    /// <summary>The tokenizer of <paramref name="file"/>, which may be closed afterwards.</summary>
    /// <exception cref="InvalidModelException">The file has no tokenizer, one that is not supported, or a broken one.</exception>
    public static Tokenizer Create(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var model = file.Metadata.GetValue(ModelKey);
        return s_models.TryGetValue(model.GetString(), out var create)
            ? create(file)
            : throw model.Error($"the unsupported tokenizer {model}", string.Join(" or ", SupportedModels));
    }
}
