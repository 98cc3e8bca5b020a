namespace KernelFoundry.Generators.Generation.Models;

/// <summary>A kernel, what its type parameters can be, and the variants there are.</summary>
internal sealed record KernelRecord(
    KernelModel Kernel, EquatableArray<TypeParameterChoices> TypeParameters, EquatableArray<FamilySummary> Families,
        Aside<string> ProjectFolder);

/// <summary>The type arguments a kernel is compiled for.</summary>
internal sealed record TypeParameterChoices(string Name, string Interface, EquatableArray<string> Choices);
