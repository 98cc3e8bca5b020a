namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// SpecTr's k-sequential selection (Sun et al., "SpecTr: Fast Speculative Decoding via Optimal Transport", 2023, algorithm 3): k children drawn
/// independently from q are judged one by one by the same measure, accepted with probability min(1, p / (rho q)), rho being the least that leaves
/// nothing negative; after the last the token is drawn from what is left. It accepts at least 1 - 1/e of what the best such scheme accepts. Children
/// that were proposed for certain are judged by <see cref="RejectionVerifier"/>.
/// </summary>
public sealed class SequentialSelectionVerifier : IVerifier
{
    private const int Bisections = 60;

    /// <summary>The verifier.</summary>
    public static SequentialSelectionVerifier Instance { get; } = new();

    /// <inheritdoc/>
    public DraftKind Kind => DraftKind.Independent;

    /// <inheritdoc/>
    public Verdict Choose(TokenTree tree, int node, TokenDistribution target, Func<double> uniform)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(uniform);
        IReadOnlyList<int> drawn = tree.Drawn(node);
        if (drawn.Count == 0 || tree.Distribution(node) is not { } draft)
            return RejectionVerifier.Instance.Choose(tree, node, target, uniform);
        double rho = Rho(target, draft, drawn.Count);
        foreach (int child in drawn)
        {
            int token = tree.Token(child);
            if (uniform() * rho * draft.Probability(token) < target.Probability(token))
                return new Verdict(token, child);
        }

        // What k children accept of each token: min(q, p / rho) (1 - (1 - beta)^k) / beta.
        double beta = target.Common(draft, 1 / rho);
        TokenDistribution? left = beta > 0 ? target.Less(draft, Accepted(beta, drawn.Count) / beta, 1 / rho) : target;
        return left is null ? new Verdict(tree.Token(drawn[^1]), drawn[^1]) : new Verdict(left.Draw(uniform()), -1);
    }

    /// <summary>The least rho from 1 to k with 1 - (1 - beta)^k at most rho beta, beta = sum(min(q, p / rho)).</summary>
    internal static double Rho(TokenDistribution target, TokenDistribution draft, int draws)
    {
        double low = 1, high = draws;
        if (IsEnough(low))
            return low;
        for (int i = 0; i < Bisections && low < high; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = IsEnough(middle) ? (low, middle) : (middle, high);
        }

        return high;

        bool IsEnough(double rho)
        {
            double beta = target.Common(draft, 1 / rho);
            return Accepted(beta, draws) <= rho * beta;
        }
    }

    private static double Accepted(double beta, int draws) => 1 - Math.Pow(1 - beta, draws);
}
