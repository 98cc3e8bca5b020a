using KernelFoundry.Kernels;

namespace KernelFoundry.Training.Model;

/// <summary>The gradients of a layout's weights, which launches add to.</summary>
internal sealed class ParameterGradients : IDisposable
{
    private readonly Device _device;

    public ParameterGradients(Device device, ParameterLayout layout)
    {
        _device = device;
        Layout = layout;
        All = device.Allocate<float>(layout.Count);
    }

    public ParameterLayout Layout { get; }

    /// <summary>[layout.Count].</summary>
    public View1<float> All { get; }

    /// <summary>Sets all to 0.</summary>
    public void Clear() => Elementwise.Fill(_device, new View2<float>(All.Memory!, 0, 1, Layout.Count), 0f);

    /// <summary>The gradient of a matrix, or of neighbours of the same width as one.</summary>
    public View2<float> Matrix(ParameterTensor first, int rows) => new(All.Memory!, first.Offset * (long)sizeof(float), rows, first.Columns);

    /// <summary>The gradient of a vector.</summary>
    public View1<float> Vector(ParameterTensor tensor) => new(All.Memory!, tensor.Offset * (long)sizeof(float), tensor.Count);

    public void Dispose() => All.Memory!.Dispose();
}
