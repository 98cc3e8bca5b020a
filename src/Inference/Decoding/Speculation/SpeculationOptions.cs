namespace KernelFoundry.Inference.Decoding;

/// <summary>How to draft tokens ahead and verify them together, which gives the same texts sooner where drafts are good.</summary>
public sealed record SpeculationOptions
{
    /// <summary>What drafts.</summary>
    public required DraftMethod Drafts { get; init; }

    /// <summary>What accepts drafts; null for <see cref="ExactVerifier"/> in greedy decoding, <see cref="RejectionVerifier"/> otherwise.</summary>
    public IVerifier? Verifier { get; init; }

    /// <summary>Most nodes of a tree, the last token included: each costs the target's pass some time.</summary>
    public int MostNodes { get; init; } = 64;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    internal void Validate()
    {
        if (MostNodes < 1)
            throw new ArgumentException($"{nameof(SpeculationOptions)}.{nameof(MostNodes)} is {MostNodes}; it must be 1 or more.");
    }
}
