namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Speculative sampling: a child drawn from q is accepted with probability min(1, p / q); otherwise the next child is judged by what is left,
/// max(p - q, 0) normalized, and after the last the token is drawn from that (Leviathan et al., 2023, algorithm 1; Chen et al., 2023; for several
/// children Miao et al., "SpecInfer", 2023, algorithm 2; without replacement Jeon et al., "Recursive Speculative Decoding", 2024). A child that was
/// proposed for certain has q = 1.
/// </summary>
public sealed class RejectionVerifier : IVerifier
{
    /// <summary>The verifier.</summary>
    public static RejectionVerifier Instance { get; } = new();

    /// <inheritdoc/>
    public DraftKind Kind => DraftKind.Distinct;

    /// <inheritdoc/>
    public Verdict Choose(TokenTree tree, int node, TokenDistribution target, Func<double> uniform)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(uniform);
        TokenDistribution? draft = tree.Distribution(node);
        TokenDistribution p = target;
        foreach (int child in tree.Drawn(node))
        {
            int token = tree.Token(child);
            double q = draft?.Probability(token) ?? 1;
            if (uniform() * q < p.Probability(token))
                return new Verdict(token, child);

            // Nothing is left only where rounding has rejected what had to be accepted.
            if ((draft is null ? p.Without(token) : p.Less(draft)) is not { } left)
                return new Verdict(token, child);
            p = left;
            draft = draft?.Without(token);
        }

        return new Verdict(p.Draw(uniform()), -1);
    }
}
