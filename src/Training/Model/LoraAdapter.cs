using KernelFoundry.Kernels;

namespace KernelFoundry.Training.Model;

/// <summary>What is added to some rows of a projection: y[:, rows] += scale x A^T B^T (Hu et al., "LoRA", 2021, equation 3).</summary>
/// <param name="FirstRow">First row of the projection it adds to.</param>
/// <param name="Rows">How many.</param>
/// <param name="A">[rank, columns].</param>
/// <param name="B">[rows, rank].</param>
/// <param name="GradientA">[rank, columns].</param>
/// <param name="GradientB">[rows, rank].</param>
/// <param name="Hidden">Room for scale x A^T, [tokens, rank].</param>
/// <param name="HiddenGradient">Room for its gradient, [tokens, rank].</param>
/// <param name="Scale">alpha / rank.</param>
/// <typeparam name="T">Element type of the weights.</typeparam>
internal sealed record LoraAdapter<T>(
    int FirstRow, int Rows, View2<T> A, View2<T> B, View2<float> GradientA, View2<float> GradientB, View2<float> Hidden, View2<float> HiddenGradient, float Scale)
    where T : unmanaged
{
    /// <summary>Adds to the projection of x, [tokens, rows of all].</summary>
    public void Forward(Device device, View2<float> x, View2<float> y)
    {
        View2<float> part = y.Slice(1, FirstRow, Rows);
        ComputeHidden(device, x);
        Linear.MatMul(device, B, Hidden, part, new ResidualEpilogue(part));
    }

    /// <summary>Adds to the gradients of A, of B and of x.</summary>
    public void Backward(Device device, View2<float> x, View2<float> dy, View2<float> dx)
    {
        View2<float> part = dy.Slice(1, FirstRow, Rows);
        ComputeHidden(device, x);
        Linear.MatMulBackwardW(device, Hidden, part, GradientB);
        Elementwise.Fill(device, HiddenGradient, 0f);
        Linear.MatMulBackwardX(device, B, part, HiddenGradient);
        Elementwise.Scale(device, HiddenGradient, HiddenGradient, Scale);
        Linear.MatMulBackwardW(device, x, HiddenGradient, GradientA);
        Linear.MatMulBackwardX(device, A, HiddenGradient, dx);
    }

    private void ComputeHidden(Device device, View2<float> x)
    {
        Linear.MatMul(device, A, x, Hidden, default(NoEpilogue));
        Elementwise.Scale(device, Hidden, Hidden, Scale);
    }
}
