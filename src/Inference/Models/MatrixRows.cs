namespace KernelFoundry.Inference.Models;

/// <summary>Rows of a tensor that are a matrix: all of them, or some of a tensor that holds several matrices one after the other.</summary>
/// <param name="Name">The tensor's name without its ending.</param>
/// <param name="Rows">How many rows the matrix has.</param>
/// <param name="First">The first of them.</param>
/// <param name="TotalRows">Rows of the tensor.</param>
/// <param name="Matrices">Matrices in a tensor of three axes, of as many rows each; 0 in one of two axes.</param>
internal readonly record struct MatrixRows(string Name, int Rows, int First, int TotalRows, int Matrices = 0)
{
    /// <summary>A tensor that is a matrix.</summary>
    public MatrixRows(string name, int rows)
        : this(name, rows, 0, rows)
    {
    }

    /// <summary>One of several matrices in a tensor of three axes.</summary>
    public static MatrixRows Of(string name, int rows, int index, int matrices) => new(name, rows, checked(index * rows), checked(rows * matrices), matrices);
}
