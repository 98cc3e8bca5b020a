namespace KernelFoundry.Inference.Adapters;

/// <summary>What an adapter adds to a matrix W, [rows, columns], or to each of a stack of them: scale B A (Hu et al., "LoRA", 2021, section 4.1).</summary>
/// <param name="Rows">Rows of W and B.</param>
/// <param name="Columns">Columns of W and A.</param>
/// <param name="Rank">Columns of B, rows of A.</param>
/// <param name="A">[rank, columns], of each matrix.</param>
/// <param name="B">[rows, rank], of each matrix.</param>
/// <param name="Scale">alpha / rank.</param>
/// <param name="Matrices">Matrices in a tensor of three axes; 0 in one of two.</param>
internal sealed record LowRankUpdate(int Rows, int Columns, int Rank, float[] A, float[] B, float Scale = 1, int Matrices = 0)
{
    /// <summary>The update of one matrix of a stack.</summary>
    public LowRankUpdate Of(int matrix) => Matrices == 0 ? this : this with
    {
        A = A[(matrix * Rank * Columns)..((matrix + 1) * Rank * Columns)],
        B = B[(matrix * Rows * Rank)..((matrix + 1) * Rows * Rank)],
        Matrices = 0,
    };

    /// <summary>Rows become columns: [columns, rows] of [rows, columns].</summary>
    public static float[] Transposed(float[] values, int rows, int columns)
    {
        var turned = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                turned[(column * rows) + row] = values[(row * columns) + column];
        }

        return turned;
    }
}
