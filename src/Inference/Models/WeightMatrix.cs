namespace KernelFoundry.Inference.Models;

/// <summary>A weight matrix on a device, [rows, columns], whatever its element type, and what a transformer does with it.</summary>
internal abstract class WeightMatrix(int rows, int columns)
{
    /// <summary>Length of a result.</summary>
    public int Rows { get; } = rows;

    /// <summary>Length of an input.</summary>
    public int Columns { get; } = columns;

    /// <summary>Whether a launch for one token does what is before the product too: <see cref="ProjectNormed"/> and <see cref="ProjectGatedAndAdd"/>.</summary>
    public abstract bool Fuses { get; }

    /// <summary>Some of the rows, as a matrix of its own; in panels only from a multiple of <see cref="Panels.Rows"/> on.</summary>
    public abstract WeightMatrix Slice(int first, int count);

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

    /// <summary>y = rmsnorm(x) W^T, of one token.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Input, [1, columns].</param>
    /// <param name="norm">The norm's gain, [columns].</param>
    /// <param name="epsilon">The norm's epsilon.</param>
    /// <param name="y">Output, [1, rows].</param>
    public abstract void ProjectNormed(Device device, View2<float> x, View1<float> norm, float epsilon, View2<float> y);

    /// <summary>residual += (up * silu(gate)) W^T, of one token.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="gate">Gate before its activation, [1, columns].</param>
    /// <param name="up">[1, columns].</param>
    /// <param name="residual">Added to, [1, rows].</param>
    public abstract void ProjectGatedAndAdd(Device device, View2<float> gate, View2<float> up, View2<float> residual);

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
