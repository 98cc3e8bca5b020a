using KernelFoundry.Kernels;

namespace KernelFoundry.Training.Model;

/// <summary>A matrix of a model while it learns: y = x W^T, and the gradients of x and W.</summary>
/// <param name="Weight">[rows, columns].</param>
/// <param name="Gradient">[rows, columns]; null where the matrix stays as it is.</param>
/// <param name="Adapters">What is added to it.</param>
/// <typeparam name="T">Element type of the weights.</typeparam>
internal sealed record TrainedLinear<T>(View2<T> Weight, View2<float>? Gradient, LoraAdapter<T>[] Adapters)
    where T : unmanaged
{
    /// <summary>y = x W^T.</summary>
    public void Forward(Device device, View2<float> x, View2<float> y)
    {
        Linear.MatMul(device, Weight, x, y, default(NoEpilogue));
        foreach (LoraAdapter<T> adapter in Adapters)
            adapter.Forward(device, x, y);
    }

    /// <summary>y = residual + x W^T.</summary>
    public void ForwardAdd(Device device, View2<float> x, View2<float> residual, View2<float> y)
    {
        Linear.MatMul(device, Weight, x, y, new ResidualEpilogue(residual));
        foreach (LoraAdapter<T> adapter in Adapters)
            adapter.Forward(device, x, y);
    }

    /// <summary>Adds to the gradients of W, where it has one, and of x.</summary>
    public void Backward(Device device, View2<float> x, View2<float> dy, View2<float> dx)
    {
        Linear.MatMulBackwardX(device, Weight, dy, dx);
        if (Gradient is { } gradient)
            Linear.MatMulBackwardW(device, x, dy, gradient);
        foreach (LoraAdapter<T> adapter in Adapters)
            adapter.Backward(device, x, dy, dx);
    }
}
