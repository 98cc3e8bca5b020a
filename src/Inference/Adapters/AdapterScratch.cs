namespace KernelFoundry.Inference.Adapters;

/// <summary>Memory that adapted matrices share, one after the other: for as many tokens as go through the model at once.</summary>
internal sealed class AdapterScratch(View2<float> hidden, View2<float> rows)
{
    /// <summary>x A^T, [tokens, rank].</summary>
    public View2<float> Hidden(int tokens, int rank) => Part(hidden, tokens, rank);

    /// <summary>A product before it meets a gate, [tokens, rows].</summary>
    public View2<float> Rows(int tokens, int count) => Part(rows, tokens, count);

    private static View2<float> Part(View2<float> all, int tokens, int columns) => new(all.Memory!, all.ByteOffset, tokens, columns);
}
