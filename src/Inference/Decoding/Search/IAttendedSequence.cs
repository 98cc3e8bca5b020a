namespace KernelFoundry.Inference.Decoding;

/// <summary>A sequence that also tells how much attention each token of its prompt has had from the tokens after it.</summary>
public interface IAttendedSequence : IScoredSequence
{
    /// <summary>Tokens of the prompt that attention is counted for.</summary>
    int SourceLength { get; }

    /// <summary>Attention summed over the tokens after the prompt, a mean over heads, [source].</summary>
    /// <param name="sums">Receives it.</param>
    void ReadAttention(Span<float> sums);
}
