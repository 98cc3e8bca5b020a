using System.Collections.Concurrent;

namespace KernelFoundry;

/// <summary>
/// All kernels of the process and their variants. Generated module initializers fill it: a project registers its own kernels, and adds variants
/// of other projects' kernels for its own functors and formats.
/// </summary>
public static class KernelRegistry
{
    private static readonly ConcurrentDictionary<string, KernelDefinition> Known = new();
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<KernelVariant>> Added = new();
    private static readonly ConcurrentDictionary<(string Kernel, string TypeKey), KernelVariantSet> Sets = new();

    /// <summary>Every kernel registered so far, by name.</summary>
    public static IReadOnlyList<KernelDefinition> Definitions => [.. Known.Values.OrderBy(kernel => kernel.Name, StringComparer.Ordinal)];

    /// <summary>Makes a kernel known by name.</summary>
    /// <param name="kernel">Its record.</param>
    public static void Add(KernelDefinition kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Known[kernel.Name] = kernel;
    }

    /// <summary>Adds a variant to a kernel of another project. The kernel itself may be registered later.</summary>
    /// <param name="kernelName">The kernel's full name.</param>
    /// <param name="variant">The variant.</param>
    public static void Add(string kernelName, KernelVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        Added.GetOrAdd(kernelName, static _ => new()).Enqueue(variant);
        if (Sets.TryGetValue((kernelName, variant.TypeKey), out KernelVariantSet? set))
            set.Add(variant);
    }

    /// <summary>The variants of a kernel for one choice of type arguments. The same object every time.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="typeKey">Element names and full names of functors, joined by commas.</param>
    /// <returns>The variants; never none.</returns>
    /// <exception cref="KernelNotCompiledException">There is no variant for the type arguments.</exception>
    public static KernelVariantSet Find(KernelDefinition kernel, string typeKey)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        if (Sets.TryGetValue((kernel.Name, typeKey), out KernelVariantSet? set))
            return set;

        KernelVariant[] variants = [.. kernel.Variants.Where(variant => variant.TypeKey == typeKey)];
        if (variants.Length == 0)
        {
            var keys = kernel.Variants.Select(variant => variant.TypeKey).Distinct().Order(StringComparer.Ordinal);
            throw new KernelNotCompiledException($"Kernel {kernel.Name} is not compiled for type arguments <{typeKey}>. It is compiled for "
                + $"{string.Join(", ", keys.Select(key => $"<{key}>").DefaultIfEmpty("none"))}. Add the element type to [Elements(...)] of its type "
                + "parameter, or, for a functor or format of your own, call the kernel in a project that references KernelFoundry.Runtime "
                + "with its generator.");
        }

        set = Sets.GetOrAdd((kernel.Name, typeKey), new KernelVariantSet(kernel, typeKey, variants));

        // A variant added between reading the list and publishing the set.
        foreach (KernelVariant variant in AddedVariants(kernel.Name).Where(variant => variant.TypeKey == typeKey))
            set.Add(variant);
        return set;
    }

    internal static IEnumerable<KernelVariant> AddedVariants(string kernelName) =>
        Added.TryGetValue(kernelName, out ConcurrentQueue<KernelVariant>? variants) ? variants : [];
}
