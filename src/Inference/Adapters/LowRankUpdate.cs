namespace KernelFoundry.Inference.Adapters;

/// <summary>What an adapter adds to a matrix W, [rows, columns]: scale B A (Hu et al., "LoRA", 2021, section 4.1).</summary>
/// <param name="Rows">Rows of W and B.</param>
/// <param name="Columns">Columns of W and A.</param>
/// <param name="Rank">Columns of B, rows of A.</param>
/// <param name="A">[rank, columns].</param>
/// <param name="B">[rows, rank].</param>
/// <param name="Scale">alpha / rank.</param>
internal sealed record LowRankUpdate(int Rows, int Columns, int Rank, float[] A, float[] B, float Scale);
