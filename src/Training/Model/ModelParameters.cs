using KernelFoundry.Kernels;

namespace KernelFoundry.Training.Model;

/// <summary>The weights of a layout on a device: master weights in float, and what the model multiplies with, rounded from them or the same.</summary>
/// <typeparam name="T">float or BFloat16.</typeparam>
internal sealed class ModelParameters<T> : IDisposable
    where T : unmanaged
{
    private readonly Device _device;

    public ModelParameters(Device device, ParameterLayout layout)
    {
        _device = device;
        Layout = layout;
        Master = device.Allocate<float>(layout.Count);
        Working = typeof(T) == typeof(float) ? new View1<T>(Master.Memory!, 0, layout.Count) : device.Allocate<T>(layout.Count);
    }

    public ParameterLayout Layout { get; }

    /// <summary>[layout.Count].</summary>
    public View1<float> Master { get; }

    /// <summary>[layout.Count]; the master weights themselves where T is float.</summary>
    public View1<T> Working { get; }

    /// <summary>Sets all weights.</summary>
    public void Set(ReadOnlySpan<float> values)
    {
        Master.CopyFrom(values);
        if (typeof(T) != typeof(float))
            Elementwise.Copy(_device, new View2<float>(Master.Memory!, 0, 1, Layout.Count), new View2<T>(Working.Memory!, 0, 1, Layout.Count));
    }

    /// <summary>A matrix, or neighbours of the same width as one.</summary>
    public View2<T> Matrix(ParameterTensor first, int rows) => new(Working.Memory!, Element<T>.Bytes(first.Offset), rows, first.Columns);

    /// <summary>A vector.</summary>
    public View1<float> Vector(ParameterTensor tensor) => new(Master.Memory!, tensor.Offset * (long)sizeof(float), tensor.Count);

    public void Dispose()
    {
        Master.Memory!.Dispose();
        Working.Memory!.Dispose();
    }
}
