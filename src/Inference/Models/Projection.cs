namespace KernelFoundry.Inference.Models;

/// <summary>
/// Matrices that multiply the same input, their results side by side: one launch for those that lie in memory as one matrix. A launch on several threads costs
/// a few microseconds, as much as a small matrix itself.
/// </summary>
internal sealed class Projection(params (WeightMatrix Matrix, int First)[] parts)
{
    /// <summary>y = x [W1; W2; ...]^T.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Input, [tokens, columns].</param>
    /// <param name="y">Output, [tokens, rows of all matrices].</param>
    public void Project(Device device, View2<float> x, View2<float> y)
    {
        foreach ((WeightMatrix matrix, int first) in parts)
            matrix.Project(device, x, y.Slice(1, first, matrix.Rows));
    }
}
