using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>A kernel for one choice of type arguments: the variants for the listed values of its specialised parameters, and the generic
/// one.</summary>
internal sealed record VariantFamily
{
    public required string Kernel { get; init; }

    /// <summary>Whether the kernel is another assembly's.</summary>
    public required bool IsForeign { get; init; }

    /// <summary>Element names and full names of functors, joined by commas.</summary>
    public required string TypeKey { get; init; }

    /// <summary>The type arguments in file and class names, or empty.</summary>
    public required string Label { get; init; }

    public required string KernelText { get; init; }

    public required EquatableArray<TypeArgument> Arguments { get; init; }

    /// <summary>The IR of the quantization formats among the elements.</summary>
    public required EquatableArray<LibraryFormat> Formats { get; init; }

    public required Aside<KernelSource?> Source { get; init; }

    /// <summary>The start of the file names of what is generated.</summary>
    public string FileName => Label.Length > 0 ? $"{Kernel}.{Label}" : Kernel;

    /// <summary>The start of the names of the classes that are generated.</summary>
    public string ClassName => CSharp.Flat(Label.Length > 0 ? $"{Kernel}__{Label}" : Kernel);
}

/// <summary>What a type parameter is bound to: an element, or a functor by its IR.</summary>
internal sealed record TypeArgument(string Parameter, Element? Element, FunctorChoice? Functor)
{
    public string Name => Element?.Name ?? Functor!.Name;
}
