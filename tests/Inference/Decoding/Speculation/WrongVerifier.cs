using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Mistakes that verifiers can make, each of which writes texts as good to look at: what tests of distributions must find.</summary>
/// <param name="mistake">Which.</param>
internal sealed class WrongVerifier(string mistake) : IVerifier
{
    public DraftKind Kind => DraftKind.Distinct;

    public Verdict Choose(TokenTree tree, int node, TokenDistribution target, Func<double> uniform)
    {
        foreach (int child in tree.Drawn(node))
        {
            int token = tree.Token(child);
            double q = tree.Distribution(node)?.Probability(token) ?? 1, p = target.Probability(token);
            bool accepts = mistake switch
            {
                // Whatever the target could draw at all.
                "accepts what is possible" => p > 0.05,

                // By the target alone, as if drafts were proposed for certain.
                "takes drafts for certain" => uniform() < p,
                _ => uniform() * q < p,
            };
            if (accepts)
                return new Verdict(token, child);
        }

        // What was rejected must be taken off.
        return new Verdict(target.Draw(uniform()), -1);
    }
}
