using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>The kernels, functors and formats a referenced assembly ships as IR.</summary>
internal sealed record LibraryModel(
    EquatableArray<LibraryKernel> Kernels,
    EquatableArray<LibraryFunctor> Functors,
    EquatableArray<LibraryFormat> Formats)
{
    public bool IsEmpty => Kernels.Count + Functors.Count + Formats.Count == 0;
}

/// <summary>A kernel of another assembly, which variants for this compilation's functors and formats are added to.</summary>
internal sealed record LibraryKernel(string Name, EquatableArray<LibraryTypeParameter> TypeParameters, string IrText);

/// <summary>What a kernel of another assembly takes for a type parameter.</summary>
internal sealed record LibraryTypeParameter(string Name, string Interface, EquatableArray<Element> Elements,
    EquatableArray<string> Narrowed);

/// <summary>A functor of another assembly, or, named like its interface, that interface's default methods.</summary>
internal sealed record LibraryFunctor(string Name, string Interface, string IrText)
{
    public bool IsDefaults => Name == Interface;
}

internal sealed record LibraryFormat(string Name, string IrText);
