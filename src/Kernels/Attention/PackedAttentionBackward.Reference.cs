namespace KernelFoundry.Kernels;

/// <content>What the gradients of attention should be, by the chain rule in double precision.</content>
public static partial class Attention
{
    private static void PackedAttentionDeltaReference(KernelCase c)
    {
        double[] o = c.Values("o"), dO = c.Values("dO"), delta = c.Output("delta"), magnitude = c.Magnitude("delta");
        int tokens = c.Extent("o", 0), heads = c.Extent("o", 1), headDim = c.Extent("o", 2);
        Array.Clear(delta);
        for (int i = 0; i < o.Length; i++)
        {
            int at = (i / headDim % heads * tokens) + (i / headDim / heads);
            delta[at] += o[i] * dO[i];
            magnitude[at] = Math.Sqrt(Math.Pow(magnitude[at], 2) + Math.Pow(o[i] * dO[i], 2));
        }
    }

    private static void PackedAttentionBackwardQReference(KernelCase c)
    {
        double[] k = c.Values("k"), dq = c.Output("dq"), magnitude = c.Magnitude("dq");
        int headDim = c.Extent("q", 2);
        ForEachPair(c, (_, dS, queryAt, keyAt) =>
        {
            for (int d = 0; d < headDim; d++)
                Add(dq, magnitude, queryAt + d, dS * c.Scalar("scale") * k[keyAt + d]);
        });
    }

    private static void PackedAttentionBackwardKvReference(KernelCase c)
    {
        double[] q = c.Values("q"), dO = c.Values("dO");
        double[] dk = c.Output("dk"), dv = c.Output("dv"), sizeK = c.Magnitude("dk"), sizeV = c.Magnitude("dv");
        int headDim = c.Extent("q", 2);
        ForEachPair(c, (p, dS, queryAt, keyAt) =>
        {
            for (int d = 0; d < headDim; d++)
            {
                Add(dk, sizeK, keyAt + d, dS * c.Scalar("scale") * q[queryAt + d]);
                Add(dv, sizeV, keyAt + d, p * dO[queryAt + d]);
            }
        });
    }

    // Probability, gradient of the score, and where the vectors of query and key begin, for each query and each key it attends to.
    private static void ForEachPair(KernelCase c, Action<double, double, int, int> add)
    {
        double[] v = c.Values("v"), dO = c.Values("dO"), lse = c.Values("lse"), delta = c.Values("delta"), starts = c.Values("starts");
        int tokens = c.Extent("q", 0), heads = c.Extent("q", 1), headDim = c.Extent("q", 2), kvHeads = c.Extent("k", 1);
        for (int row = 0; row < tokens * heads; row++)
        {
            int t = row / heads, head = row % heads;
            double[] scores = PackedScores(c, t, head);
            for (int i = 0; i < scores.Length; i++)
            {
                int keyAt = ((((int)starts[t] + i) * kvHeads) + (head / (heads / kvHeads))) * headDim;
                double p = Math.Exp(scores[i] - lse[(head * tokens) + t]), dP = 0;
                for (int d = 0; d < headDim; d++)
                    dP += dO[(row * headDim) + d] * v[keyAt + d];
                add(p, p * (dP - delta[(head * tokens) + t]), row * headDim, keyAt);
            }
        }
    }

    private static void Add(double[] sums, double[] magnitude, int at, double term)
    {
        sums[at] += term;
        magnitude[at] = Math.Sqrt(Math.Pow(magnitude[at], 2) + (term * term));
    }
}
