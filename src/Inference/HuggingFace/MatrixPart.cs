namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Some rows of a matrix: every <paramref name="step"/>-th, from one on.</summary>
/// <param name="whole">The matrix.</param>
/// <param name="first">The first of them.</param>
/// <param name="rows">How many.</param>
/// <param name="step">From one to the next.</param>
internal sealed class MatrixPart(MatrixSource whole, long first, long rows, int step = 1) : MatrixSource(whole.Tensor, whole.IsVector, rows, whole.Columns, whole.Type)
{
    public override void ReadRow(long row, Span<byte> destination) => whole.ReadRow(first + (row * step), destination);
}
