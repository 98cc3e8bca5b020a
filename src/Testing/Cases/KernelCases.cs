using System.Runtime.CompilerServices;

namespace KernelFoundry.Testing;

/// <summary>The tests of a kernel, enumerated from its record.</summary>
public static class KernelCases
{
    /// <summary>Whether the environment asks for every combination: KF_EXHAUSTIVE=1.</summary>
    public static bool IsExhaustive => Environment.GetEnvironmentVariable("KF_EXHAUSTIVE") == "1";

    /// <summary>The record of a kernel.</summary>
    /// <param name="kernelClass">The class that declares it.</param>
    /// <param name="kernel">Its name.</param>
    /// <returns>The record.</returns>
    /// <exception cref="ArgumentException">The class has no such kernel, or was compiled without the generator.</exception>
    public static KernelDefinition Find(Type kernelClass, string kernel)
    {
        ArgumentNullException.ThrowIfNull(kernelClass);
        RuntimeHelpers.RunModuleConstructor(kernelClass.Module.ModuleHandle);
        string name = $"{kernelClass.FullName!.Replace('+', '.')}.{kernel}";
        return KernelRegistry.Definitions.FirstOrDefault(definition => definition.Name == name)
            ?? throw new ArgumentException($"No kernel {name} is registered: it must be marked [Kernel], in a project compiled with the "
                + "KernelFoundry generator.");
    }

    /// <summary>
    /// The tests of a kernel on every target. Every type argument and every extent of an axis occurs on every target, in combinations that
    /// differ from target to target; so does every combination of type arguments, except on OpenCL, whose drivers compile for seconds. With
    /// KF_EXHAUSTIVE=1 it is every combination of all. Combinations that fitting to a target makes equal are one test.
    /// </summary>
    /// <param name="kernelClass">The class that declares the kernel.</param>
    /// <param name="kernel">Its name.</param>
    /// <param name="typeArgument">A functor or element type that must be among the type arguments; null for any.</param>
    /// <returns>The tests.</returns>
    public static IEnumerable<KernelTest> Enumerate(Type kernelClass, string kernel, Type? typeArgument = null)
    {
        (KernelDefinition definition, string[] keys) = KeysOf(kernelClass, kernel, typeArgument);
        return TestTargets.All.Index().SelectMany(target => On(kernelClass, definition, keys, target.Item, target.Index));
    }

    /// <summary>The tests of a kernel on one target, which need not be one of <see cref="TestTargets"/>.</summary>
    /// <param name="kernelClass">The class that declares the kernel.</param>
    /// <param name="kernel">Its name.</param>
    /// <param name="target">What it runs on.</param>
    /// <returns>The tests.</returns>
    public static IEnumerable<KernelTest> Enumerate(Type kernelClass, string kernel, TestTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        (KernelDefinition definition, string[] keys) = KeysOf(kernelClass, kernel, null);
        return On(kernelClass, definition, keys, target, variation: 0);
    }

    /// <summary>One test.</summary>
    /// <param name="kernelClass">The class that declares the kernel.</param>
    /// <param name="kernel">Its name.</param>
    /// <param name="target">What it runs on.</param>
    /// <param name="typeArguments">Element names and full names of functors.</param>
    /// <param name="axes">The extents of the axes.</param>
    /// <returns>The test.</returns>
    public static KernelTest Create(
        Type kernelClass, string kernel, TestTarget target, IReadOnlyList<string> typeArguments, IReadOnlyDictionary<string, int> axes) =>
        Create(kernelClass, Find(kernelClass, kernel), target, typeArguments, new Dictionary<string, int>(axes), focus: null);

    private static (KernelDefinition Definition, string[] Keys) KeysOf(Type kernelClass, string kernel, Type? typeArgument)
    {
        KernelDefinition definition = Find(kernelClass, kernel);
        if (typeArgument is not null)
            RuntimeHelpers.RunModuleConstructor(typeArgument.Module.ModuleHandle);
        string? wanted = typeArgument is null ? null : NamedTypes.NameOf(typeArgument);
        string[] keys = [.. definition.Variants.Select(variant => variant.TypeKey).Distinct()];
        if (wanted is not null)
            keys = [.. keys.Where(key => key.Split(',').Contains(wanted))];
        return keys.Length == 0 ? throw new ArgumentException($"{definition.Name} is not compiled for {wanted ?? "any type"}.") : (definition, keys);
    }

    private static IEnumerable<KernelTest> On(Type kernelClass, KernelDefinition definition, string[] keys, TestTarget target, int variation)
    {
        keys = [.. keys.Where(key => target.Runs(definition, key))];
        if (keys.Length == 0)
            yield break;
        var combinations = IsExhaustive
            ? Product(definition, keys)
            : Covering(definition, target.IsSlowToCompile ? EachArgument(keys) : keys, variation);
        var known = new HashSet<(string, string)>();
        foreach ((int row, (string key, Dictionary<string, int> extents)) in combinations.Index())
        {
            string? focus = definition.Axes.Count == 0 ? null : definition.Axes[row % definition.Axes.Count].Name;
            KernelTest test = Create(kernelClass, definition, target, key.Length == 0 ? [] : key.Split(','), extents, focus);
            if (known.Add((key, test.ToString())))
                yield return test;
        }
    }

    private static KernelTest Create(
        Type kernelClass, KernelDefinition kernel, TestTarget target, IReadOnlyList<string> typeArguments, Dictionary<string, int> axes,
        string? focus)
    {
        CaseSize.Shrink(kernel, axes, target.WorkLimit, focus);
        CaseSize.RoundToBlocks(kernel, axes, typeArguments);
        return new KernelTest { Class = kernelClass, Kernel = kernel, Target = target, TypeArguments = typeArguments, Axes = axes };
    }

    // As many rows as the longest list has entries; each list is repeated, shuffled anew each time, so that its entries meet ever other
    // ones.
    private static IEnumerable<(string Key, Dictionary<string, int> Extents)> Covering(
        KernelDefinition kernel, string[] keys, int variation)
    {
        int rows = Math.Max(keys.Length, kernel.Axes.Select(axis => axis.Extents.Count).DefaultIfEmpty(1).Max());
        var random = new Random(variation);
        string[] rowKeys = Repeat(keys, rows, random);
        Dictionary<string, int[]> columns = kernel.Axes.ToDictionary(axis => axis.Name, axis => Repeat([.. axis.Extents], rows, random));
        for (int row = 0; row < rows; row++)
            yield return (rowKeys[row], columns.ToDictionary(column => column.Key, column => column.Value[row]));
    }

    // Enough of the combinations of type arguments that every argument is in one.
    private static string[] EachArgument(string[] keys)
    {
        var seen = new HashSet<(int Position, string Argument)>();
        var chosen = new List<string>();
        for (int wanted = keys.Max(key => key.Split(',').Length); wanted > 0; wanted--)
        {
            foreach (string key in keys)
            {
                (int, string)[] arguments = [.. key.Split(',').Select((argument, position) => (position, argument))];
                (int, string)[] fresh = [.. arguments.Where(argument => !seen.Contains(argument))];
                if (fresh.Length < wanted)
                    continue;
                seen.UnionWith(fresh);
                chosen.Add(key);
            }
        }

        return [.. chosen];
    }

    private static T[] Repeat<T>(T[] entries, int count, Random random)
    {
        var repeated = new List<T>();
        while (repeated.Count < count)
        {
            T[] shuffled = [.. entries];
            random.Shuffle(shuffled);
            repeated.AddRange(shuffled);
        }

        return [.. repeated.Take(count)];
    }

    private static IEnumerable<(string Key, Dictionary<string, int> Extents)> Product(KernelDefinition kernel, string[] keys)
    {
        IEnumerable<Dictionary<string, int>> extents = [[]];
        foreach (KernelAxis axis in kernel.Axes)
        {
            extents = extents.SelectMany(
                chosen => axis.Extents.Select(extent => new Dictionary<string, int>(chosen) { [axis.Name] = extent }));
        }

        return keys.SelectMany(key => extents.Select(chosen => (key, new Dictionary<string, int>(chosen))));
    }
}
