namespace KernelFoundry;

/// <summary>
/// A kernel's record: what it is called, where it comes from, its parameters, and how it is tested. One record feeds launching, tests,
/// benchmarks and documentation.
/// </summary>
public sealed class KernelDefinition
{
    private KernelParameterInfo[]? tunables;

    /// <summary>The full name: namespace, classes and method, joined by dots.</summary>
    public required string Name { get; init; }

    /// <summary>The full name of the class it is declared in.</summary>
    public required string ClassName { get; init; }

    /// <summary>The source file, relative to its project.</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>Line of the declaration, counted from 1; 0 if unknown.</summary>
    public int SourceLine { get; init; }

    /// <summary>The IR of the kernel before specialisation, as text.</summary>
    public string IrText { get; init; } = "";

    /// <summary>Whether the compiler derived it from the kernel its name begins with.</summary>
    public bool IsDerived { get; init; }

    /// <summary>Work-items that share one program on thread devices.</summary>
    public int WorkGroup { get; init; } = 64;

    /// <summary>All parameters in order, schedule parameters included.</summary>
    public IReadOnlyList<KernelParameterInfo> Parameters { get; init; } = [];

    /// <summary>The type parameters in order.</summary>
    public IReadOnlyList<KernelTypeParameterInfo> TypeParameters { get; init; } = [];

    /// <summary>The axes of its tests.</summary>
    public IReadOnlyList<KernelAxis> Axes { get; init; } = [];

    /// <summary>The error it may have, per element type.</summary>
    public IReadOnlyList<KernelTolerance> Tolerances { get; init; } = [];

    /// <summary>
    /// The elements of 16 bits that devices with instructions on matrices may round products to (<see cref="RoundedProductsAttribute"/>), and the error the kernel may
    /// have there.
    /// </summary>
    public IReadOnlyList<KernelTolerance> RoundedProducts { get; init; } = [];

    /// <summary>Makes random inputs fit the kernel, by writing into the arrays of <see cref="KernelCase.Values"/>; null where any do.</summary>
    public Action<KernelCase>? Inputs { get; init; }

    /// <summary>Computes what the kernel should give, in double precision.</summary>
    public Action<KernelCase>? Reference { get; init; }

    /// <summary>The variants compiled in the kernel's own project.</summary>
    public IReadOnlyList<KernelFamily> Families { get; init; } = [];

    /// <summary>All variants known so far: its own project's and those other projects have registered.</summary>
    public IReadOnlyList<KernelVariant> Variants => [.. KnownFamilies.SelectMany(family => family.Variants)];

    /// <summary>The parameters a CPU may be tuned by, in order.</summary>
    internal KernelParameterInfo[] Tunables => tunables ??= [.. Parameters.Where(parameter => parameter.IsTunable)];

    internal IEnumerable<KernelFamily> KnownFamilies => Families.Concat(KernelRegistry.AddedFamilies(Name));

    /// <summary>The kernel's name.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}
