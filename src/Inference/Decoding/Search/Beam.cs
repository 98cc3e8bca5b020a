namespace KernelFoundry.Inference.Decoding;

/// <summary>A continuation that a search is still working on, with its sequence in the model.</summary>
internal sealed class Beam(IScoredSequence sequence, int[] tokens, double logProbability, float[] next)
{
    public IScoredSequence Sequence { get; } = sequence;

    /// <summary>Prompt and continuation.</summary>
    public int[] Tokens { get; } = tokens;

    public double LogProbability { get; } = logProbability;

    /// <summary>Log-probabilities of the next token.</summary>
    public float[] Next { get; } = next;

    /// <summary>Whether its text is complete without a stop token, by a grammar.</summary>
    public bool IsComplete { get; set; }

    /// <summary>What only some searches keep of a beam: a Gumbel number, constraints met.</summary>
    public double Key { get; init; }

    public PhraseProgress? Progress { get; init; }
}
