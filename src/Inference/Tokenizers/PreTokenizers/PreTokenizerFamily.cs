namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>How the models of a family cut text before byte-level BPE.</summary>
/// <param name="Names">What <c>tokenizer.ggml.pre</c> calls it.</param>
/// <param name="Patterns">Each cuts what the one before left, at its matches.</param>
internal sealed record PreTokenizerFamily(IReadOnlyList<string> Names, IReadOnlyList<string> Patterns)
{
    /// <summary>A piece that is a token becomes it without merging.</summary>
    public bool WholeWins { get; init; }

    /// <summary>A text begins with BOS unless the file says otherwise.</summary>
    public bool AddBos { get; init; }

    /// <summary>A text ends with the separator unless the file says otherwise, as in BERT.</summary>
    public bool AddSeparator { get; init; }

    /// <summary>The last pattern's pieces of digits are cut into threes from the right.</summary>
    public bool GroupsDigits { get; init; }
}
