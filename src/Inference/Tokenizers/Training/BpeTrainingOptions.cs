namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>What a byte-level BPE tokenizer is trained to be.</summary>
public sealed record BpeTrainingOptions : TrainingOptions
{
    /// <summary>How text is cut before merging: a name that <c>tokenizer.ggml.pre</c> may have.</summary>
    public string PreTokenizer { get; init; } = "gpt-2";

    /// <summary>A pair that occurs less often than this does not merge.</summary>
    public int MinimumPairCount { get; init; } = 2;
}
