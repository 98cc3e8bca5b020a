namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Takes the token that decoding without drafts takes, and goes on where it was drafted: the text is the same for the same seed, not only equally
/// probable. In greedy decoding it accepts the most probable token and nothing else. Where it draws, a draft is accepted as often as the noise of
/// both draws agrees (Daliri et al., "Coupling without Communication and Drafter-Invariant Speculative Decoding", 2024), which is less often than
/// with <see cref="RejectionVerifier"/>, but just as often for drafts that are certain.
/// </summary>
public sealed class ExactVerifier : IVerifier
{
    /// <summary>The verifier.</summary>
    public static ExactVerifier Instance { get; } = new();

    /// <inheritdoc/>
    public DraftKind Kind => DraftKind.Likeliest;

    /// <inheritdoc/>
    public Verdict Choose(TokenTree tree, int node, TokenDistribution target, Func<double> uniform)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(uniform);
        return Follow(tree, node, target.Draw(uniform()));
    }

    /// <summary>The verdict for a token that was drawn.</summary>
    internal static Verdict Follow(TokenTree tree, int node, int token) => new(token, tree.FindChild(node, token));
}
