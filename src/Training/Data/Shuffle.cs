namespace KernelFoundry.Training.Data;

/// <summary>The order of documents: another in every epoch, the same for the same seed on every machine.</summary>
internal static class Shuffle
{
    /// <summary>A permutation (Fisher and Yates; Knuth, "The Art of Computer Programming", volume 2, algorithm P).</summary>
    public static void Fill(Span<int> order, uint seed, int epoch)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        for (int i = order.Length - 1; i > 0; i--)
        {
            // The upper half of a 32 x 32 bit product is uniform enough in 0 to i.
            int other = (int)((ulong)Ops.Philox(seed, (uint)epoch, (uint)i) * (ulong)(i + 1) >> 32);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
