namespace KernelFoundry.Kernels;

/// <summary>
/// The positions of a batch sorted by token: what <see cref="Embedding.EmbeddingBackward(View1{int}, View1{int}, View1{int}, View2{float}, View2{float}, float, int)"/>
/// adds up, planned once a batch on the host.
/// </summary>
/// <param name="Rows">The distinct tokens, ascending, [distinct].</param>
/// <param name="First">Positions of token Rows[i] are Order[First[i]] to Order[First[i + 1] - 1]; [distinct + 1].</param>
/// <param name="Order">Positions sorted by token, those of one token ascending, [tokens].</param>
public sealed record EmbeddingGradientPlan(int[] Rows, int[] First, int[] Order)
{
    /// <summary>Plans a batch.</summary>
    /// <param name="tokens">The token at each position, [tokens].</param>
    /// <returns>The plan.</returns>
    /// <exception cref="ArgumentException">A token is negative.</exception>
    public static EmbeddingGradientPlan Create(ReadOnlySpan<int> tokens)
    {
        var keys = new long[tokens.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            if (tokens[i] < 0)
                throw new ArgumentException($"The token at position {i} is {tokens[i]}; tokens are not negative.", nameof(tokens));
            keys[i] = ((long)tokens[i] << 32) | (uint)i;
        }

        Array.Sort(keys);
        var rows = new List<int>();
        var first = new List<int>();
        for (int i = 0; i < keys.Length; i++)
        {
            int token = (int)(keys[i] >> 32);
            if (rows.Count > 0 && rows[^1] == token)
                continue;
            rows.Add(token);
            first.Add(i);
        }

        return new([.. rows], [.. first, keys.Length], Array.ConvertAll(keys, key => (int)key));
    }
}
