namespace KernelFoundry.Testing;

/// <summary>The contents of a view.</summary>
/// <param name="Name">The view parameter, or the functor parameter and its field joined by an underscore.</param>
/// <param name="Element">How elements are stored.</param>
/// <param name="ElementName">Its name.</param>
/// <param name="Extents">Elements along each axis.</param>
/// <param name="Packed">All elements, row-major.</param>
/// <param name="IsOutput">Whether the kernel stores to it.</param>
internal sealed record Tensor(string Name, TensorElement Element, string ElementName, int[] Extents, byte[] Packed, bool IsOutput)
{
    /// <summary>Whether the kernel adds to what is there.</summary>
    public bool IsAccumulated { get; init; }

    /// <summary>Whether the kernel takes its rows in panels.</summary>
    public bool IsPanels { get; init; }

    /// <summary>Number of elements.</summary>
    public static long Count(int[] extents) => extents.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>All elements as numbers.</summary>
    public double[] Values() => Element.Decode(Packed);
}
