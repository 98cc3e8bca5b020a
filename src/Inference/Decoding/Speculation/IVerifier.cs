namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Decides, node by node from the root of a drafted tree, whether the next token is one that was drafted. All here are lossless: tokens have the
/// distribution they would have without drafts. It holds no state and serves any number of sequences.
/// </summary>
public interface IVerifier
{
    /// <summary>How drafts have to be drawn.</summary>
    DraftKind Kind { get; }

    /// <summary>Chooses the token after a node.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="node">The node.</param>
    /// <param name="target">What the target draws from there.</param>
    /// <param name="uniform">Random numbers from 0 to 1.</param>
    /// <returns>The token, and the child it is.</returns>
    Verdict Choose(TokenTree tree, int node, TokenDistribution target, Func<double> uniform);
}
