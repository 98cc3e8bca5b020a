using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>All that is generated for a kernel follows from this. Equal models generate equal code.</summary>
internal sealed record KernelModel
{
    /// <summary>Namespace, classes and method.</summary>
    public required string Name { get; init; }

    public required string Method { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The classes around the method, outermost first.</summary>
    public required EquatableArray<string> Classes { get; init; }

    public required string Accessibility { get; init; }

    public required bool IsPublic { get; init; }

    /// <summary>The method's documentation id.</summary>
    public required string DocumentationId { get; init; }

    public required EquatableArray<TypeParameterModel> TypeParameters { get; init; }

    public required EquatableArray<ParameterModel> Parameters { get; init; }

    public required EquatableArray<AxisModel> Axes { get; init; }

    public required EquatableArray<ToleranceModel> Tolerances { get; init; }

    public EquatableArray<ToleranceModel> RoundedProducts { get; init; }

    /// <summary>The reference method, or empty.</summary>
    public required string Reference { get; init; }

    /// <summary>The method that makes random inputs fit, or empty.</summary>
    public required string Inputs { get; init; }

    /// <summary>The views the kernel is to be differentiated by.</summary>
    public EquatableArray<string> Differentiated { get; init; }

    /// <summary>The tolerance of the derived kernel as a C# literal, or empty.</summary>
    public string GradientTolerance { get; init; } = "";

    /// <summary>The managed body of a derived kernel, or empty where the kernel is written by hand.</summary>
    public string ManagedBody { get; init; } = "";

    public required int WorkGroup { get; init; }

    /// <summary>The IR without source positions; empty where the kernel has mistakes.</summary>
    public required string IrText { get; init; }

    public required Aside<KernelSource> Source { get; init; }

    public bool IsBroken => IrText.Length == 0;

    /// <summary>The class as C# code names it.</summary>
    public string ClassName => (Namespace.Length > 0 ? Namespace + "." : "") + string.Join(".", Classes);

    public IEnumerable<string> Outputs => Parameters.Where(p => p.IsOutput).Select(p => p.Name);
}

/// <summary>Where a kernel is, and its IR with the positions of its ops.</summary>
internal sealed record KernelSource(string Path, int Line, int Column, int Start, int Length, Kernel? Ir);

/// <summary>A type parameter of a kernel.</summary>
internal sealed record TypeParameterModel
{
    public required string Name { get; init; }

    /// <summary>The functor interface's full name; empty for element types.</summary>
    public required string Interface { get; init; }

    /// <summary>What follows "where T : ".</summary>
    public required string Constraints { get; init; }

    /// <summary>The listed element types.</summary>
    public required EquatableArray<Element> Elements { get; init; }

    /// <summary>Full names of the functors the kernel is narrowed to; none where it takes all.</summary>
    public required EquatableArray<string> Narrowed { get; init; }

    public bool IsFunctor => Interface.Length > 0;
}

/// <summary>A parameter of a kernel.</summary>
internal sealed record ParameterModel
{
    public required string Name { get; init; }

    public required ParameterKind Kind { get; init; }

    /// <summary>The type as C# code names it.</summary>
    public required string Type { get; init; }

    /// <summary>The element, scalar type or type parameter as a kernel's record names it.</summary>
    public required string TypeName { get; init; }

    /// <summary>" = value" where the parameter is optional.</summary>
    public required string Default { get; init; }

    public required int Rank { get; init; }

    public bool IsPanels { get; init; }

    public required EquatableArray<int> Values { get; init; }

    /// <summary>Schedule: what a CPU may be tuned to.</summary>
    public required EquatableArray<int> Choices { get; init; }

    public required EquatableArray<string> Shape { get; init; }

    /// <summary>The value in tests as a C# literal, or empty.</summary>
    public required string Value { get; init; }

    /// <summary>The range in tests as C# literals, or empty.</summary>
    public required string Low { get; init; }

    public required string High { get; init; }

    public required bool IsOutput { get; init; }

    public bool IsAccumulated { get; init; }

    /// <summary>The name as an identifier of C#.</summary>
    public string Identifier => CSharp.Identifier(Name);
}

internal sealed record AxisModel(string Name, EquatableArray<int> Extents);

internal sealed record ToleranceModel(string Element, string Relative);
