namespace KernelFoundry.Testing;

/// <summary>Fits a test's extents to its target and its element types.</summary>
internal static class CaseSize
{
    /// <summary>
    /// Takes smaller extents, from the axes' lists, until the product of all is within a limit. The axis in focus is the last to shrink.
    /// </summary>
    public static void Shrink(KernelDefinition kernel, Dictionary<string, int> axes, long limit, string? focus)
    {
        HashSet<string> sizes = [.. kernel.Parameters.SelectMany(parameter => parameter.Shape)];
        while (Work(axes, sizes) > limit)
        {
            string[] shrinkable = [.. axes.Keys.Where(axis => sizes.Contains(axis) && Smaller(kernel, axis, axes[axis]) is not null)];
            string? largest = shrinkable.Where(axis => axis != focus).MaxBy(axis => axes[axis]) ?? shrinkable.FirstOrDefault();
            if (largest is null)
                return;
            axes[largest] = Smaller(kernel, largest, axes[largest])!.Value;
        }
    }

    /// <summary>Rounds extents of rows of quantized elements up to whole blocks.</summary>
    public static void RoundToBlocks(KernelDefinition kernel, Dictionary<string, int> axes, IReadOnlyList<string> typeArguments)
    {
        var types = kernel.TypeParameters.Zip(typeArguments).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        foreach (KernelParameterInfo view in kernel.Parameters.Where(each => each.Kind == KernelParameterKind.View && each.Shape.Count > 0))
        {
            int block = TensorElement.Find(types.GetValueOrDefault(view.Type, view.Type)).BlockSize;
            if (axes.TryGetValue(view.Shape[^1], out int extent))
                axes[view.Shape[^1]] = (extent + block - 1) / block * block;
        }
    }

    private static long Work(Dictionary<string, int> axes, HashSet<string> sizes) =>
        axes.Where(axis => sizes.Contains(axis.Key)).Aggregate(1L, (product, axis) => product * Math.Max(1, axis.Value));

    private static int? Smaller(KernelDefinition kernel, string axis, int extent) => kernel.Axes.First(each => each.Name == axis).Extents
        .Where(each => each < extent).Select(each => (int?)each).Max();
}
