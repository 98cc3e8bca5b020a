using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>What a model of <c>tokenizer.json</c> gives a tokenizer.</summary>
/// <param name="Kind">What the tokenizer is called.</param>
/// <param name="Model">The model.</param>
/// <param name="Unknown">The token for text that the vocabulary does not have.</param>
internal sealed record JsonModel(string Kind, TokenModel Model, int? Unknown)
{
    /// <summary>Cuts after those of the pre-tokenizer.</summary>
    public IReadOnlyList<Splitter> Splitters { get; init; } = [];

    public TokenizerRecipe? Recipe { get; init; }
}
