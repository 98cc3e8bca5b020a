namespace KernelFoundry.Inference.Models;

/// <summary>A weight matrix on a device, [rows, columns], whatever its element type, and what a transformer does with it.</summary>
internal abstract class WeightMatrix(int rows, int columns)
{
    /// <summary>Length of a result.</summary>
    public int Rows { get; } = rows;

    /// <summary>Length of an input.</summary>
    public int Columns { get; } = columns;

    /// <summary>The memory of the panels that were made of the weights, if any.</summary>
    public abstract DeviceMemory? Packed { get; }

    /// <summary>y[t] = scale * row tokens[t].</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="tokens">Row numbers, checked, [tokens].</param>
    /// <param name="y">Output, [tokens, columns].</param>
    /// <param name="scale">Factor.</param>
    public abstract void Embed(Device device, View1<int> tokens, View2<float> y, float scale);

    /// <summary>y = x W^T.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Input, [tokens, columns].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    public abstract void Project(Device device, View2<float> x, View2<float> y);

    /// <summary>residual += x W^T.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Input, [tokens, columns].</param>
    /// <param name="residual">Added to, [tokens, rows].</param>
    public abstract void ProjectAndAdd(Device device, View2<float> x, View2<float> residual);

    /// <summary>gate = silu(gate) * x W^T.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Input, [tokens, columns].</param>
    /// <param name="gate">The gate before its activation, then the result, [tokens, rows].</param>
    public abstract void ProjectAndGate(Device device, View2<float> x, View2<float> gate);
}
