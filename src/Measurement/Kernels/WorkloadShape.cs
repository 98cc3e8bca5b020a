using System.Globalization;

namespace KernelFoundry.Measurement;

/// <summary>What of a kernel is measured: type arguments and extents, as its record allows them.</summary>
public sealed record WorkloadShape
{
    // As people write element types; a format goes by its name.
    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["f32"] = "float",
        ["f16"] = "Half",
        ["bf16"] = "BFloat16",
        ["i32"] = "int",
        ["i8"] = "sbyte",
        ["u8"] = "byte",
    };

    private WorkloadShape()
    {
    }

    /// <summary>The kernel.</summary>
    public required KernelDefinition Kernel { get; init; }

    /// <summary>Element names and full names of functors, in the order of the type parameters.</summary>
    public required IReadOnlyList<string> TypeArguments { get; init; }

    /// <summary>The extents of the kernel's axes.</summary>
    public required IReadOnlyDictionary<string, int> Axes { get; init; }

    /// <summary>The type arguments without their namespaces, joined by commas.</summary>
    public string Types => Short(TypeArguments);

    /// <summary>The extents by name, as in <c>rows=256 cols=4096</c>.</summary>
    public string Extents => string.Join(" ", Axes.Select(axis => string.Create(CultureInfo.InvariantCulture, $"{axis.Key}={axis.Value}")));

    /// <summary>Fills in what is not said: the largest extent of an axis's tests, the first types a kernel is compiled for.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="axes">Extents of axes.</param>
    /// <param name="types">
    /// Element types and functors wanted, in any order: names, their last part, or f32, f16, bf16, i32, i8, u8.
    /// </param>
    /// <returns>The shape.</returns>
    /// <exception cref="ArgumentException">The kernel has no such axis, or is not compiled for such a type.</exception>
    public static WorkloadShape Create(
        KernelDefinition kernel, IReadOnlyDictionary<string, int>? axes = null, IReadOnlyCollection<string>? types = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        axes ??= new Dictionary<string, int>();
        string[] arguments = ChooseTypes(kernel, types ?? []);
        return new WorkloadShape { Kernel = kernel, TypeArguments = arguments, Axes = ChooseExtents(kernel, axes, arguments) };
    }

    /// <summary>The element type of a view parameter.</summary>
    /// <param name="view">The parameter.</param>
    /// <returns>Its element type.</returns>
    public ElementInfo ElementOf(KernelParameterInfo view) => ElementOf(Kernel, view, TypeArguments);

    /// <summary>The extents of a view parameter.</summary>
    /// <param name="view">The parameter.</param>
    /// <returns>Its extents.</returns>
    /// <exception cref="ArgumentException">The kernel's record does not say.</exception>
    public int[] ExtentsOf(KernelParameterInfo view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Shape.Count == view.Rank
            ? [.. view.Shape.Select(axis => Axes.TryGetValue(axis, out int e) ? e : int.Parse(axis, CultureInfo.InvariantCulture))]
            : throw new ArgumentException($"Parameter '{view.Name}' of {Kernel.Name} has no [Shape]: to be measured, it needs one.");
    }

    private static ElementInfo ElementOf(KernelDefinition kernel, KernelParameterInfo view, IReadOnlyList<string> arguments)
    {
        int parameter = kernel.TypeParameters.ToList().FindIndex(type => type.Name == view.Type);
        return Element.Find(parameter < 0 ? view.Type : arguments[parameter]);
    }

    private static string[] ChooseTypes(KernelDefinition kernel, IReadOnlyCollection<string> wanted)
    {
        string[] names = [.. wanted.Select(name => s_aliases.GetValueOrDefault(name, name))];
        string[][] keys = [.. kernel.Variants.Select(variant => variant.TypeKey).Distinct().Select(Split)];
        string[]? best = keys.FirstOrDefault(key => names.All(name => key.Any(type => Matches(type, name))) && !HasFields(kernel, key));
        if (best is not null)
            return best;
        string known = string.Join(" ", keys.Where(key => !HasFields(kernel, key)).Select(key => $"<{Short(key)}>").DefaultIfEmpty("none"));
        throw new ArgumentException(
            $"{kernel.Name} cannot be measured for {string.Join(", ", wanted.DefaultIfEmpty("any type"))}. Compiled, and without "
            + $"functors that have fields, are {known}.");

        static string[] Split(string key) => key.Length == 0 ? [] : key.Split(',');
    }

    private static string Short(IEnumerable<string> types) =>
        string.Join(", ", types.Select(type => type[(type.LastIndexOfAny(['.', '+']) + 1)..]));

    // What a functor's fields should be, a record does not say.
    private static bool HasFields(KernelDefinition kernel, string[] types) =>
        kernel.TypeParameters.Zip(types).Any(pair => pair.First.IsFunctor && FunctorRegistry.HasFields(pair.Second));

    private static bool Matches(string type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase)
        || type.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase) || type.EndsWith($"+{name}", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, int> ChooseExtents(KernelDefinition kernel, IReadOnlyDictionary<string, int> said, string[] types)
    {
        foreach ((string name, int extent) in said)
        {
            if (kernel.Axes.All(axis => axis.Name != name))
            {
                string known = string.Join(", ", kernel.Axes.Select(axis => axis.Name).DefaultIfEmpty("none"));
                throw new ArgumentException($"{kernel.Name} has no axis '{name}'; it has {known}.");
            }

            if (extent < 0)
                throw new ArgumentException($"Axis '{name}' cannot be {extent}.");
        }

        var extents = kernel.Axes.ToDictionary(
            axis => axis.Name, axis => said.TryGetValue(axis.Name, out int extent) ? extent : axis.Extents.Max());
        foreach (KernelParameterInfo view in kernel.Parameters.Where(parameter => parameter.Kind == KernelParameterKind.View))
        {
            // Rows of quantized elements are whole blocks.
            int block = ElementOf(kernel, view, types).BlockSize;
            if (view.Shape.Count == 0 || !extents.TryGetValue(view.Shape[^1], out int extent) || extent % block == 0)
                continue;
            if (said.ContainsKey(view.Shape[^1]))
                throw new ArgumentException($"Axis '{view.Shape[^1]}' cannot be {extent}: '{view.Name}' has blocks of {block} elements.");
            extents[view.Shape[^1]] = (extent + block - 1) / block * block;
        }

        return extents;
    }
}
