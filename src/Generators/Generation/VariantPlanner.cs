using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation;

/// <summary>
/// Says which type arguments a kernel is compiled for: its own project's, for every listed element and every functor of the interface; and
/// in a project that references it, for that project's functors and formats.
/// </summary>
internal static class VariantPlanner
{
    public static EquatableArray<VariantFamily> Own(KernelModel kernel, Surroundings surroundings)
    {
        if (kernel.IsBroken)
            return default;
        TypeArgument[][] choices = [.. kernel.TypeParameters.Select(p => p.IsFunctor
            ? Functors(p.Name, p.Interface, p.Narrowed, false, surroundings)
            : [.. p.Elements.Select(e => new TypeArgument(p.Name, e, null))])];
        return Families(kernel.Name, false, kernel.IrText, new(kernel.Source.Value), choices, surroundings, _ => true).ToEquatable();
    }

    public static EquatableArray<VariantFamily> Foreign(Surroundings surroundings)
    {
        var formats = new HashSet<string>(surroundings.Formats.Select(f => f.Name), StringComparer.Ordinal);
        return LibraryKernels(surroundings)
            .SelectMany(k => Foreign(k, surroundings,
                arguments => arguments.Any(a => a.Functor is { IsOwn: true } || (a.Element is { } element && formats.Contains(element.Name)))))
            .ToEquatable();
    }

    /// <summary>Other assemblies' kernels for everything they can be compiled for, this project's functors and formats included.</summary>
    public static EquatableArray<VariantFamily> ForeignOf(GroupCodeChoice choice, Surroundings surroundings) => LibraryKernels(surroundings)
        .Where(k => choice.Includes(k.Name))
        .SelectMany(k => Foreign(k, surroundings, _ => true))
        .ToEquatable();

    /// <summary>What a type parameter can be bound to, by name: what a kernel's record lists.</summary>
    public static IEnumerable<string> Choices(TypeParameterModel parameter, Surroundings surroundings) => parameter.IsFunctor
        ? Functors(parameter.Name, parameter.Interface, parameter.Narrowed, false, surroundings).Select(a => a.Name)
        : parameter.Elements.Select(e => e.Name);

    private static IEnumerable<LibraryKernel> LibraryKernels(Surroundings surroundings) => surroundings.Libraries
        .SelectMany(l => l.Kernels)
        .GroupBy(k => k.Name, (_, same) => same.First())
        .OrderBy(k => k.Name, StringComparer.Ordinal);

    private static IEnumerable<VariantFamily> Foreign(LibraryKernel kernel, Surroundings surroundings, Func<TypeArgument[], bool> isWanted)
    {
        var formats = new HashSet<string>(surroundings.Formats.Select(f => f.Name), StringComparer.Ordinal);
        TypeArgument[][] choices = [.. kernel.TypeParameters.Select(p => p.Interface.Length > 0
            ? Functors(p.Name, p.Interface, p.Narrowed, true, surroundings)
            : [.. ElementsOf(p, formats).Select(e => new TypeArgument(p.Name, e, null))])];
        return Families(kernel.Name, true, kernel.IrText, default, choices, surroundings, isWanted);
    }

    // A list with one quantized format is open to all.
    private static IEnumerable<Element> ElementsOf(LibraryTypeParameter parameter, HashSet<string> formats) =>
        parameter.Elements.Any(e => e.Kind == ElementKind.Quantized)
            ? parameter.Elements.Concat(formats.OrderBy(f => f, StringComparer.Ordinal).Select(Element.Quantized)).Distinct()
            : parameter.Elements;

    // A kernel may be narrowed to some functors of its own project; a project that references it adds its own all the same.
    private static TypeArgument[] Functors(string parameter, string contract, EquatableArray<string> narrowed, bool isForeign,
        Surroundings surroundings) =>
        [.. surroundings.FunctorsOf(contract)
            .Where(f => narrowed.Count == 0 || (isForeign && f.IsOwn) || narrowed.Contains(f.Name))
            .Select(f => new TypeArgument(parameter, null, f))];

    private static IEnumerable<VariantFamily> Families(
        string kernel, bool isForeign, string text, Aside<KernelSource?> source, TypeArgument[][] choices, Surroundings surroundings,
            Func<TypeArgument[], bool> isWanted)
    {
        foreach (TypeArgument[] arguments in Product(choices).Where(isWanted))
        {
            string[] formats =
                [.. arguments.Select(a => a.Element).OfType<Element>().Where(e => e.Kind == ElementKind.Quantized).Select(e => e.Name)
                    .Distinct()];
            yield return new VariantFamily
            {
                Kernel = kernel,
                IsForeign = isForeign,
                TypeKey = string.Join(",", arguments.Select(a => a.Name)),
                Label = string.Join("-", arguments.Select((a, i) => Label(a, choices[i]))),
                KernelText = text,
                Arguments = arguments.ToEquatable(),
                Formats = formats.Select(f => new LibraryFormat(f, surroundings.FormatOf(f) ?? "")).ToEquatable(),
                Source = source,
            };
        }
    }

    private static IEnumerable<TypeArgument[]> Product(TypeArgument[][] choices) => choices.Aggregate(
        (IEnumerable<TypeArgument[]>)[[]],
        (product, choice) => product.SelectMany(arguments => choice.Select(a => (TypeArgument[])[.. arguments, a])));

    // The simple name, unless two of the choices share it.
    private static string Label(TypeArgument argument, TypeArgument[] choices)
    {
        string Simple(string name) => name.Substring(name.LastIndexOfAny(['.', '+']) + 1);
        string simple = Simple(argument.Name);
        return choices.Count(c => Simple(c.Name) == simple) == 1 ? simple : argument.Name.Replace('+', '.');
    }
}
