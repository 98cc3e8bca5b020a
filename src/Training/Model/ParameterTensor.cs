namespace KernelFoundry.Training.Model;

/// <summary>A tensor of a model and its place among all of them, which lie in one block of memory.</summary>
/// <param name="Name">Its name in a GGUF file.</param>
/// <param name="Rows">Rows; 1 for a vector.</param>
/// <param name="Columns">Columns.</param>
/// <param name="IsMatrix">Whether it is a matrix: vectors, the gains of norms, neither decay nor are rounded.</param>
/// <param name="Deviation">Standard deviation of its first values; 0 means that a matrix begins at 0 and a vector at 1.</param>
/// <param name="Offset">Elements before it.</param>
internal sealed record ParameterTensor(string Name, int Rows, int Columns, bool IsMatrix, double Deviation, int Offset)
{
    /// <summary>Number of elements.</summary>
    public int Count => Rows * Columns;
}
