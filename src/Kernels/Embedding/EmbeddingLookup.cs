using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Rows of the embedding table.</content>
public static partial class Embedding
{
    /// <summary>
    /// The rows of the embedding table that tokens name, dequantized and scaled: y[t] = table[tokens[t]] * scale. The caller has checked
    /// that every token is in [0, vocabulary): here it is an index, and one outside reads outside the table.
    /// </summary>
    /// <param name="tokens">Token ids, [tokens].</param>
    /// <param name="table">The embedding table, [vocabulary, cols].</param>
    /// <param name="y">Output, [tokens, cols].</param>
    /// <param name="scale">1, or sqrt(cols) in models that scale embeddings (Vaswani et al., 2017, section 3.4).</param>
    /// <param name="block">Columns a program.</param>
    /// <typeparam name="TWeight">Element type of the table.</typeparam>
    [Kernel]
    [Axis("tokens", 1, 7, 33)]
    [Axis("vocabulary", 37)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(EmbeddingLookupReference))]
    [Tolerance(typeof(float), 2e-7)]
    public static void EmbeddingLookup<[Elements(typeof(float), typeof(Half), typeof(BFloat16), typeof(Q8_0), typeof(Q4_0), typeof(Q4_1),
        typeof(Q5_0), typeof(Q5_1), typeof(Q2_K), typeof(Q3_K), typeof(Q4_K), typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS),
        typeof(MXFP4))] TWeight>(
        [Shape("tokens")] [Range(0, 37)] View1<int> tokens,
        [Shape("vocabulary", "cols")] View2<TWeight> table,
        [Shape("tokens", "cols")] View2<float> y,
        [Value(1.5f)] float scale,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
        where TWeight : unmanaged
    {
        int t = ProgramId(1, tokens.Extent0);
        var cols = ProgramRange(0, table.Extent1, block);
        y.Store(t, cols, table.Load(tokens.LoadInt(t), cols) * scale);
    }

    private static void EmbeddingLookupReference(KernelCase c)
    {
        double[] tokens = c.Values("tokens"), table = c.Values("table"), y = c.Output("y");
        int cols = c.Extent("table", 1);
        for (int t = 0; t < tokens.Length; t++)
        {
            for (int i = 0; i < cols; i++)
                y[(t * cols) + i] = table[((int)tokens[t] * cols) + i] * c.Scalar("scale");
        }
    }
}
