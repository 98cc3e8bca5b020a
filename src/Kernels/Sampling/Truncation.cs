namespace KernelFoundry.Kernels;

/// <summary>
/// The truncations a chain may name. Each narrows the interval of processed logits that can be drawn; tokens whose logits are equal stay or go
/// together. Probabilities are those of what the truncations before left, renormalized.
/// </summary>
public static class Truncation
{
    /// <summary>Keeps everything.</summary>
    public const int None = 0;

    /// <summary>Keeps the <c>Amount</c> largest logits and what ties with the least of them; 0 keeps all (Fan et al., 2018).</summary>
    public const int TopK = 1;

    /// <summary>Keeps the fewest most probable tokens whose probability together is at least <c>Amount</c>; 1 keeps all (Holtzman et al., 2019).</summary>
    public const int TopP = 2;

    /// <summary>Keeps tokens whose probability is at least exp(<c>Amount</c>) of the largest; -inf keeps all (Nguyen et al., 2024).</summary>
    public const int MinP = 3;

    /// <summary>Keeps tokens whose probability is at least exp(<c>Amount</c>) times the largest squared (BlinkDL, RWKV's top-a, 2022).</summary>
    public const int TopA = 4;

    /// <summary>Keeps logits at most <c>Amount</c> standard deviations below the largest (Tang et al., "Top-nσ", 2024).</summary>
    public const int TopNSigma = 5;

    /// <summary>Keeps tokens whose probability is at least exp(<c>Amount</c>), always the largest (Hewitt et al., 2022, epsilon sampling).</summary>
    public const int Epsilon = 6;

    /// <summary>Keeps tokens whose probability is at least min(e, sqrt(e) exp(-entropy)), e = exp(<c>Amount</c>), always the largest (Hewitt et al., 2022).</summary>
    public const int Eta = 7;

    /// <summary>
    /// Keeps the fewest tokens whose surprise is nearest the entropy and whose probability together is at least <c>Amount</c> (Meister et al.,
    /// "Locally Typical Sampling", 2022).
    /// </summary>
    public const int Typical = 8;

    /// <summary>
    /// Keeps the most probable tokens before the curve of sorted probabilities flattens: until the normalized absolute second differences sum to
    /// more than <c>Amount</c> (Phénix and Egan, "Tail Free Sampling", 2019). It sorts: <see cref="Sampling.CutTail"/> does it.
    /// </summary>
    public const int TailFree = 9;

    /// <summary>
    /// With probability <c>Second</c>, drops all tokens of probability at least exp(<c>Amount</c>) but the least of them (p-e-w, "Exclude Top
    /// Choices", 2024).
    /// </summary>
    public const int Xtc = 10;

    /// <summary>Keeps tokens whose surprise is at most <c>Amount</c> nats, always the largest: the cut of mirostat 2 (Basu et al., 2021).</summary>
    public const int Surprise = 11;

    /// <summary>Keeps logits that are at least the chain's own <c>Threshold</c>, always the largest.</summary>
    public const int Own = 12;
}
