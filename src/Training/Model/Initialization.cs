namespace KernelFoundry.Training.Model;

/// <summary>The first values of weights: the same for the same seed on every machine.</summary>
internal static class Initialization
{
    /// <summary>Fills all tensors of a layout.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="values">The elements, [layout.Count].</param>
    public static void Fill(ParameterLayout layout, uint seed, Span<float> values)
    {
        for (int i = 0; i < layout.Tensors.Count; i++)
        {
            ParameterTensor tensor = layout.Tensors[i];
            Span<float> elements = values.Slice(tensor.Offset, tensor.Count);
            if (tensor.Deviation == 0)
                elements.Fill(tensor.IsMatrix ? 0f : 1f);
            else
                Normal(elements, seed, (uint)i, tensor.Deviation);
        }
    }

    // Box and Muller's transform of two uniform numbers an element, in double precision: cos of the pair is used, sin is not.
    private static void Normal(Span<float> elements, uint seed, uint stream, double deviation)
    {
        const double unit = 1.0 / (1L << 32);
        for (int i = 0; i < elements.Length; i++)
        {
            double radius = (Ops.Philox(seed, stream, 2 * (uint)i) + 1.0) * unit;
            double angle = Ops.Philox(seed, stream, (2 * (uint)i) + 1) * unit;
            elements[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle));
        }
    }
}
