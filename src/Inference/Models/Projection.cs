namespace KernelFoundry.Inference.Models;

/// <summary>
/// Matrices that multiply the same input, their results side by side: one launch for those that lie in memory as one matrix. A launch on several threads costs
/// a microsecond, as much as a small matrix itself.
/// </summary>
internal sealed class Projection(params (WeightMatrix Matrix, int First)[] parts)
{
    /// <summary>Whether a launch for one token norms the input too.</summary>
    public bool Fuses
    {
        get
        {
            foreach ((WeightMatrix matrix, _) in parts)
            {
                if (!matrix.Fuses)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Some of the results' matrix: rows that lie in one of the matrices.</summary>
    /// <param name="first">First of the rows.</param>
    /// <param name="count">Rows.</param>
    public WeightMatrix Slice(int first, int count)
    {
        (WeightMatrix matrix, int start) = parts.Last(part => part.First <= first);
        return first == start && count == matrix.Rows ? matrix : matrix.Slice(first - start, count);
    }

    /// <summary>y = x [W1; W2; ...]^T.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Input, [tokens, columns].</param>
    /// <param name="y">Output, [tokens, rows of all matrices].</param>
    public void Project(Device device, View2<float> x, View2<float> y)
    {
        foreach ((WeightMatrix matrix, int first) in parts)
            matrix.Project(device, x, y.Slice(1, first, matrix.Rows));
    }

    /// <summary>y = rmsnorm(x) [W1; W2; ...]^T, of one token; where it <see cref="Fuses"/>.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Input, [1, columns].</param>
    /// <param name="norm">The norm's gain, [columns].</param>
    /// <param name="epsilon">The norm's epsilon.</param>
    /// <param name="y">Output, [1, rows of all matrices].</param>
    public void ProjectNormed(Device device, View2<float> x, View1<float> norm, float epsilon, View2<float> y)
    {
        foreach ((WeightMatrix matrix, int first) in parts)
            matrix.ProjectNormed(device, x, norm, epsilon, y.Slice(1, first, matrix.Rows));
    }
}
