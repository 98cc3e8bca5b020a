using System.Collections.Concurrent;
using System.ComponentModel;
using System.Globalization;

namespace KernelFoundry;

/// <summary>
/// The group code of the process, by kernel and variant. Module initializers of projects that ask for group code with the property
/// KernelFoundryGroupCode fill it, for their own kernels and for those of the libraries they reference.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GroupCodes
{
    private static readonly ConcurrentDictionary<(string Kernel, string Variant), GroupCode> Known = new();

    /// <summary>Whether there is none.</summary>
    public static bool IsEmpty => Known.IsEmpty;

    /// <summary>Makes the code of a variant known.</summary>
    /// <param name="kernel">The kernel's full name.</param>
    /// <param name="typeKey">Element names and full names of functors, joined by commas.</param>
    /// <param name="specialized">One entry a specialized parameter: the value, or null for any.</param>
    /// <param name="code">The code. Where two projects have compiled the same, the first stays.</param>
    public static void Add(string kernel, string typeKey, IReadOnlyList<int?> specialized, GroupCode code)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(specialized);
        ArgumentNullException.ThrowIfNull(code);
        Known.TryAdd((kernel, Key(typeKey, specialized)), code);
    }

    /// <summary>The code of a variant; null if no project has asked for it.</summary>
    internal static GroupCode? Find(KernelDefinition kernel, KernelVariant variant) =>
        Known.GetValueOrDefault((kernel.Name, Key(variant.TypeKey, variant.Specialized)));

    private static string Key(string typeKey, IReadOnlyList<int?> specialized) =>
        $"{typeKey};{string.Join(",", specialized.Select(value => value?.ToString(CultureInfo.InvariantCulture) ?? "any"))}";
}
