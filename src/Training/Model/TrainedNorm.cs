using KernelFoundry.Kernels;

namespace KernelFoundry.Training.Model;

/// <summary>The gains of a norm while they learn.</summary>
/// <param name="Weight">[embedding].</param>
/// <param name="Gradient">[embedding]; null where they stay as they are.</param>
/// <param name="Epsilon">Added to the mean square.</param>
/// <param name="Partials">Room for the sums of parts of the rows, [partials, embedding].</param>
internal sealed record TrainedNorm(View1<float> Weight, View1<float>? Gradient, float Epsilon, View2<float> Partials)
{
    /// <summary>y = norm(x).</summary>
    public void Forward(Device device, View2<float> x, View2<float> y) => Normalization.RmsNorm(device, x, Weight, y, Epsilon);

    /// <summary>Adds to the gradients of the gains, where they have one, and of x.</summary>
    public void Backward(Device device, View2<float> x, View2<float> dy, View2<float> dx)
    {
        Normalization.RmsNormBackward(device, x, Weight, dy, dx, Partials, Epsilon);
        if (Gradient is { } gradient)
            Reduction.SumRows(device, Partials, gradient);
    }
}
