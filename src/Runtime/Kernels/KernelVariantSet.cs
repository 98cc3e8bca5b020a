using System.Diagnostics.CodeAnalysis;

namespace KernelFoundry;

/// <summary>The variants of a kernel for one choice of type arguments: one per listed value of its specialized parameters, and a generic one.</summary>
public sealed class KernelVariantSet
{
    private readonly Lock writing = new();
    private KernelVariant[] variants;

    internal KernelVariantSet(KernelDefinition kernel, string typeKey, KernelVariant[] variants)
    {
        Kernel = kernel;
        TypeKey = typeKey;
        this.variants = Ordered(variants);
    }

    /// <summary>The kernel.</summary>
    public KernelDefinition Kernel { get; }

    /// <summary>Element names and full names of functors, joined by commas.</summary>
    public string TypeKey { get; }

    /// <summary>The variants, most specialized first.</summary>
    public IReadOnlyList<KernelVariant> Variants => variants;

    /// <summary>What it was tuned to where it was last launched.</summary>
    internal TunedValues? RecentlyTuned { get; set; }

    /// <summary>The variant for the values of the specialized parameters: the most specialized that fits.</summary>
    /// <param name="specialized">The values, in the order of the parameters.</param>
    /// <returns>The variant.</returns>
    /// <exception cref="KernelNotCompiledException">No variant fits: the kernel has no generic version.</exception>
    public KernelVariant Resolve(ReadOnlySpan<int> specialized)
    {
        foreach (KernelVariant variant in variants)
        {
            if (Fits(variant, specialized))
                return variant;
        }

        return ThrowNoVariant(specialized);
    }

    /// <summary>
    /// The variant to run on the CPU with vectors of a width: <paramref name="chosen"/>, or the generic one where a specialized variant has no
    /// code for the width: specialized code exists for the widest vectors, and for no width where the kernel says so.
    /// </summary>
    internal KernelVariant ForWidth(KernelVariant chosen, int vectorBits) =>
        chosen.Cpu is { } code && code.Has(vectorBits) ? chosen : variants[^1];

    internal void Add(IEnumerable<KernelVariant> more)
    {
        lock (writing)
            variants = Ordered([.. variants.Union(more)]);
    }

    private static KernelVariant[] Ordered(KernelVariant[] variants) =>
        [.. variants.OrderBy(variant => variant.Specialized.Count(value => value is null))];

    private static bool Fits(KernelVariant variant, ReadOnlySpan<int> specialized)
    {
        IReadOnlyList<int?> wanted = variant.Specialized;
        if (wanted.Count != specialized.Length)
            return false;
        for (int i = 0; i < specialized.Length; i++)
        {
            if (wanted[i] is { } value && value != specialized[i])
                return false;
        }

        return true;
    }

    [DoesNotReturn]
    private KernelVariant ThrowNoVariant(ReadOnlySpan<int> specialized) => throw new KernelNotCompiledException($"Kernel {Kernel.Name}<{TypeKey}> "
        + $"has no variant for the specialized values ({string.Join(", ", specialized.ToArray())}); it has "
        + $"{string.Join(" | ", variants.Select(variant => variant.ToString()))}.");
}
