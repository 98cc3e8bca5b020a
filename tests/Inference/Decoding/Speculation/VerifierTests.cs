using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>
/// Verifiers against the distributions they must leave as they are: 200,000 tokens each, decoded from a table through trees that are drawn from
/// another table. Seeds are fixed; the outcome is the same at every run.
/// </summary>
public sealed class VerifierTests
{
    private const int Vocabulary = 6, Least = 200_000;

    // Exceeded with probability 1e-6.
    private const double Most = 4.75;

    public static TheoryData<string, int[]> Cases => new()
    {
        { "exact", [1] },
        { "exact", [3, 2] },
        { "rejection", [1] },
        { "rejection", [1, 1, 1] },
        { "rejection", [3] },
        { "rejection", [4, 2] },
        { "selection", [1] },
        { "selection", [2] },
        { "selection", [4] },
        { "selection", [3, 2] },
        { "certain", [2, 2] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TokensKeepTheirDistribution(string verifier, int[] branches)
    {
        (ChiSquare found, double accepted) = Decode(Verifier(verifier), branches, isCertain: verifier == "certain");
        Assert.True(found.Deviate() < Most, $"{found.Deviate():F1} standard deviations over {found.Count} tokens");
        Assert.InRange(accepted, 0.1, 0.99);
    }

    // The test can fail: drafts drawn in another way than the verifier wants give another distribution.
    [Fact]
    public void DraftsThatAreDrawnOtherwiseShow()
    {
        (ChiSquare found, _) = Decode(RejectionVerifier.Instance, [3], isCertain: false, kind: DraftKind.Independent);
        Assert.True(found.Deviate() > Most);
    }

    [Theory]
    [InlineData("forgets what it rejected")]
    [InlineData("takes drafts for certain")]
    [InlineData("accepts what is possible")]
    public void AWrongVerifierShows(string mistake)
    {
        (ChiSquare found, _) = Decode(new WrongVerifier(mistake), [1], isCertain: false);
        Assert.True(found.Deviate() > Most);
    }

    [Fact]
    public void MoreDraftsAreAcceptedMore()
    {
        foreach (string name in new[] { "rejection", "selection" })
        {
            double one = Decode(Verifier(name), [1], isCertain: false).Accepted, three = Decode(Verifier(name), [3], isCertain: false).Accepted;
            Assert.True(three > one + 0.05, $"{name}: {one:F3}, then {three:F3}");
        }

        // With one child both are the same rule.
        Assert.Equal(Decode(Verifier("rejection"), [1], isCertain: false).Accepted, Decode(Verifier("selection"), [1], isCertain: false).Accepted, 0.01);
    }

    [Fact]
    public void TheSelectionsFactorLeavesNothingNegative()
    {
        var random = new Random(5);
        for (int i = 0; i < 300; i++)
        {
            TokenDistribution p = Draw(random), q = Draw(random);
            int draws = random.Next(1, 6);
            double rho = SequentialSelectionVerifier.Rho(p, q, draws), beta = p.Common(q, 1 / rho);
            Assert.InRange(rho, 1, draws);
            double each = beta > 0 ? (1 - Math.Pow(1 - beta, draws)) / beta : 0;
            for (int token = 0; token < Vocabulary; token++)
                Assert.True(p.Probability(token) - (each * Math.Min(q.Probability(token), p.Probability(token) / rho)) > -1e-9);
        }
    }

    [Fact]
    public void TreesAreSortedDepthFirst()
    {
        var tree = new TokenTree(9);
        int a = tree.Add(0, 1), b = tree.Add(0, 2), c = tree.Add(a, 3), d = tree.Add(b, 4), e = tree.Add(a, 5);
        Assert.Equal(a, tree.Add(0, 1));
        TokenTree sorted = tree.InDepthFirstOrder(out int[] places);
        Assert.True(sorted.IsDepthFirst());
        Assert.Equal([9, 1, 3, 5, 2, 4], Enumerable.Range(0, 6).Select(sorted.Token));
        Assert.Equal([0, 1, 4, 2, 5, 3], places);
        Assert.Equal([places[a], places[b], places[a]], sorted.Drawn(0));
        Assert.Equal((places[a], places[b]), (sorted.Parent(places[e]), sorted.Parent(places[d])));
        Assert.Equal(2, sorted.Depth(places[c]));
        var lasts = new int[6];
        sorted.CopyLasts(lasts);
        Assert.Equal([5, 3, 2, 3, 5, 5], lasts);
        Assert.Equal(-1, new TokenTree(0, mostNodes: 1).Add(0, 1));
        Assert.Equal(-1, new TokenTree(0, mostDepth: 0).Add(0, 1));
    }

    private static IVerifier Verifier(string name) => name switch
    {
        "exact" => ExactVerifier.Instance,
        "selection" => SequentialSelectionVerifier.Instance,
        _ => RejectionVerifier.Instance,
    };

    // A few tokens cannot be drawn from some distributions.
    private static TokenDistribution Draw(Random random) =>
        new([.. Enumerable.Range(0, Vocabulary)], [.. Enumerable.Range(0, Vocabulary).Select(i => random.Next(5) == 0 && i > 0 ? 0 : Math.Exp(3 * random.NextDouble()))]);

    private static (ChiSquare Found, double Accepted) Decode(IVerifier verifier, int[] branches, bool isCertain, DraftKind? kind = null)
    {
        var random = new Random(11);
        TokenDistribution[] target = [.. Enumerable.Range(0, Vocabulary * Vocabulary).Select(_ => Draw(random))];
        TokenDistribution[] draft = [.. Enumerable.Range(0, Vocabulary * Vocabulary).Select(_ => Draw(random))];
        var found = new ChiSquare(Vocabulary);
        int before = 0, last = 1, judged = 0, accepted = 0;
        while (found.Count < Least)
        {
            var tree = new TokenTree(last);
            Propose(tree, 0, before);
            for (int node = 0; node >= 0;)
            {
                int context = (before * Vocabulary) + last;
                Verdict verdict = verifier.Choose(tree, node, target[context], random.NextDouble);
                found.Add(context, verdict.Token, () => [.. Enumerable.Range(0, Vocabulary).Select(target[context].Probability)]);
                judged += tree.Drawn(node).Count > 0 ? 1 : 0;
                accepted += verdict.Child >= 0 ? 1 : 0;
                Assert.True(verdict.Child < 0 || tree.Token(verdict.Child) == verdict.Token);
                (before, last, node) = (last, verdict.Token, verdict.Child);
            }
        }

        return (found, (double)accepted / judged);

        void Propose(TokenTree tree, int node, int above)
        {
            if (tree.Depth(node) == branches.Length)
                return;
            TokenDistribution? left = draft[(above * Vocabulary) + tree.Token(node)];
            if (!isCertain && verifier.Kind != DraftKind.Likeliest)
                tree.SetDistribution(node, left);
            for (int i = 0; i < branches[tree.Depth(node)] && left is not null; i++)
            {
                int token = isCertain || verifier.Kind == DraftKind.Likeliest ? left.Largest(1, _ => 0)[0] : left.Draw(random.NextDouble());
                tree.Add(node, token);
                if (isCertain || (kind ?? verifier.Kind) != DraftKind.Independent)
                    left = left.Without(token);
            }

            foreach (int child in tree.Drawn(node).Distinct())
                Propose(tree, child, tree.Token(node));
        }
    }
}
