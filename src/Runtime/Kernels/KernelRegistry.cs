using System.Collections.Concurrent;

namespace KernelFoundry;

/// <summary>
/// All kernels of the process and their variants. Generated module initializers fill it: a project registers its own kernels, and adds variants
/// of other projects' kernels for its own functors and formats.
/// </summary>
public static class KernelRegistry
{
    private static readonly ConcurrentDictionary<string, Lazy<KernelDefinition>> Known = new();
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<KernelFamily>> Added = new();
    private static readonly ConcurrentDictionary<(string Kernel, string TypeKey), KernelVariantSet> Sets = new();

    /// <summary>Every kernel registered so far, by name.</summary>
    public static IReadOnlyList<KernelDefinition> Definitions => [.. Known.OrderBy(kernel => kernel.Key, StringComparer.Ordinal).Select(kernel => kernel.Value.Value)];

    /// <summary>Makes a kernel known by name.</summary>
    /// <param name="kernelName">The kernel's full name.</param>
    /// <param name="record">Gives its record, when it is first asked for.</param>
    public static void Add(string kernelName, Func<KernelDefinition> record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Known[kernelName] = new Lazy<KernelDefinition>(record);
    }

    /// <summary>Adds variants to a kernel of another project. The kernel itself may be registered later.</summary>
    /// <param name="kernelName">The kernel's full name.</param>
    /// <param name="family">The variants.</param>
    public static void Add(string kernelName, KernelFamily family)
    {
        ArgumentNullException.ThrowIfNull(family);
        Added.GetOrAdd(kernelName, static _ => new()).Enqueue(family);
        if (Sets.TryGetValue((kernelName, family.TypeKey), out KernelVariantSet? set))
            set.Add(family.Variants);
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

        KernelFamily[] families = Of(kernel, typeKey);
        if (families.Length == 0)
        {
            var keys = kernel.KnownFamilies.Select(family => family.TypeKey).Distinct().Order(StringComparer.Ordinal);
            throw new KernelNotCompiledException($"Kernel {kernel.Name} is not compiled for type arguments <{typeKey}>. It is compiled for "
                + $"{string.Join(", ", keys.Select(key => $"<{key}>").DefaultIfEmpty("none"))}. Add the element type to [Elements(...)] of its type "
                + "parameter, or, for a functor or format of your own, call the kernel in a project that references KernelFoundry.Runtime "
                + "with its generator.");
        }

        set = Sets.GetOrAdd((kernel.Name, typeKey), new KernelVariantSet(kernel, typeKey, [.. families.SelectMany(family => family.Variants)]));

        // A family added between reading the list and publishing the set.
        foreach (KernelFamily family in Of(kernel, typeKey))
            set.Add(family.Variants);
        return set;
    }

    internal static IEnumerable<KernelFamily> AddedFamilies(string kernelName) =>
        Added.TryGetValue(kernelName, out ConcurrentQueue<KernelFamily>? families) ? families : [];

    private static KernelFamily[] Of(KernelDefinition kernel, string typeKey) => [.. kernel.KnownFamilies.Where(family => family.TypeKey == typeKey)];
}
