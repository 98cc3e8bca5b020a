namespace KernelFoundry.Testing;

/// <summary>
/// Blocks of any quantization format: random bytes, drawn again until they decode to numbers of ordinary size. So every code occurs,
/// whatever a quantizer would write, and scales stay comparable.
/// </summary>
internal static class RandomBlocks
{
    private const int MostTries = 100_000;
    private const double Least = 0.05, Most = 8;

    public static byte[] Draw(TensorElement element, int count, Random random)
    {
        var blocks = new byte[count * element.BlockBytes];

        // Blocks that fit are few where a format has wide scales: a pool of them is drawn from.
        byte[][] pool = [.. Enumerable.Range(0, Math.Min(count, 64)).Select(_ => Fitting(element, random))];
        for (int i = 0; i < count; i++)
            pool[i < pool.Length ? i : random.Next(pool.Length)].CopyTo(blocks, i * element.BlockBytes);
        return blocks;
    }

    private static byte[] Fitting(TensorElement element, Random random)
    {
        var block = new byte[element.BlockBytes];
        for (int i = 0; i < MostTries; i++)
        {
            random.NextBytes(block);
            double largest = element.Decode(block).Max(Magnitude);
            if (largest is >= Least and <= Most)
                return block;
        }

        throw new InvalidOperationException($"No block of {element.Type.Name} drawn in {MostTries} tries decodes to numbers of at most "
            + $"{Most}, the largest at least {Least}: check its Decode.");
    }

    private static double Magnitude(double value) => double.IsFinite(value) ? Math.Abs(value) : double.PositiveInfinity;
}
