namespace KernelFoundry.Inference.Decoding;

/// <summary>A sequence that also gives the last layer's normalized output, the hidden state logits are computed from.</summary>
public interface IHiddenSequence : IScoredSequence
{
    /// <summary>The hidden states of the tokens of the last <see cref="IScoredSequence.Score"/>, [tokens, hidden], row-major.</summary>
    /// <param name="states">Receives them.</param>
    void ReadHidden(Span<float> states);

    /// <summary>Numbers in a hidden state.</summary>
    int HiddenSize { get; }
}
