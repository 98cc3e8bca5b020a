using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>What a tokenizer is made of. Every family is a choice of these; there is no class a family.</summary>
internal sealed record TokenizerParts
{
    /// <summary>What the family is called: "BPE", "byte-level BPE", "unigram", "WordPiece".</summary>
    public required string Kind { get; init; }

    public required Vocabulary Vocabulary { get; init; }

    public required SpecialTokens Special { get; init; }

    /// <summary>Tokens that are cut out of a text first.</summary>
    public required IReadOnlyList<AddedToken> Added { get; init; }

    /// <summary>Steps of making text uniform, in order.</summary>
    public IReadOnlyList<Normalizer> Normalizers { get; init; } = [];

    /// <summary>Steps of cutting text into pieces, in order.</summary>
    public IReadOnlyList<Splitter> Splitters { get; init; } = [];

    /// <summary>What makes tokens of a piece.</summary>
    public required TokenModel Model { get; init; }

    /// <summary>The bytes each token stands for when decoded.</summary>
    public required TokenTexts Decoded { get; init; }

    /// <summary>Tokens whose first byte, a space, is left out where a text begins; null where no token's is.</summary>
    public System.Collections.BitArray? DropsSpace { get; init; }

    /// <summary>What else a file of this tokenizer holds; null where no file here can hold it.</summary>
    public TokenizerRecipe? Recipe { get; init; }
}
