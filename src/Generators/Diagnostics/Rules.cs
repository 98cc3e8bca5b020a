using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Diagnostics;

/// <summary>Every rule of the kernel language that code can break. Each has a page in docs/diagnostics.</summary>
internal static class Rules
{
    private const string Kernels = "KernelFoundry";
    private const string Pages = "docs/diagnostics/";

    public static readonly DiagnosticDescriptor Unsupported = new("KF0001", "Not part of the kernel language",
        "{0} is not part of the kernel language; {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0001.md");

    public static readonly DiagnosticDescriptor Type = new("KF0002", "Not a type of the kernel language",
        "'{0}' is not a type kernels compute with; {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0002.md");

    public static readonly DiagnosticDescriptor Allocation = new("KF0003", "A kernel allocates managed memory",
        "{0} needs the managed heap, which kernels do not have; {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0003.md");

    public static readonly DiagnosticDescriptor Recursion = new("KF0004", "A device function calls itself",
        "'{0}' calls itself, and calls in a kernel are inlined; write a loop",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0004.md");

    public static readonly DiagnosticDescriptor NonUniform = new("KF0005", "Non-uniform control flow",
        "This condition has a value per element, but control flow is the same for a whole program; choose values with "
        + "Where(condition, a, b), combine conditions with & and |, or pass the condition as a mask",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0005.md");

    public static readonly DiagnosticDescriptor Shape = new("KF0006", "Tile shapes do not fit",
        "The shapes do not fit: {0}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0006.md");

    public static readonly DiagnosticDescriptor MissingEnd = new("KF0007", "A range may pass the end of its view",
        "The last range of {1} may pass the end of '{0}'; write Range(start, {1}, {2}), or pass a mask",
        Kernels, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + "KF0007.md");

    public static readonly DiagnosticDescriptor Specialization = new("KF0008", "A kernel's attribute names nothing",
        "{0}; {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0008.md");

    public static readonly DiagnosticDescriptor Functor = new("KF0009", "A functor must be a struct",
        "'{0}' implements the functor interface '{1}' but is {2}; make it a public or internal readonly struct",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0009.md");

    public static readonly DiagnosticDescriptor Element = new("KF0010", "Not an element type",
        "'{0}' is not an element type of views; use float, Half, BFloat16, int, sbyte, byte or a struct that implements "
        + "IQuantFormat",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0010.md");

    public static readonly DiagnosticDescriptor Signature = new("KF0011", "A kernel's declaration",
        "The kernel '{0}' {1}; {2}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0011.md");

    public static readonly DiagnosticDescriptor NotPartial = new("KF0012", "The class of a kernel must be partial",
        "'{0}' contains the kernel '{1}', whose launch overload is generated into it; declare it partial",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0012.md");

    public static readonly DiagnosticDescriptor Unbounded = new("KF0013", "An extent without a bound",
        "The extent '{0}' has no bound that can be computed at launch; limit it with Min(extent, block)",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0013.md");

    public static readonly DiagnosticDescriptor ViewUse = new("KF0014", "A view is used in a way it does not have",
        "{0} does not work; {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0014.md");

    public static readonly DiagnosticDescriptor ByReference = new("KF0015", "By-reference variables",
        "'{0}' is passed or held by reference, which kernels do not have; pass it by value and return what changes",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0015.md");

    public static readonly DiagnosticDescriptor AsyncOrIterator = new("KF0016", "A kernel is async or an iterator",
        "A kernel runs to its end without waiting; it cannot be async or yield",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0016.md");

    public static readonly DiagnosticDescriptor Exceptions = new("KF0017", "A kernel throws or catches",
        "Kernels neither throw nor catch; check arguments before the launch and write a value that marks the case",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0017.md");

    public static readonly DiagnosticDescriptor NotDeviceFunction = new("KF0018", "Missing [DeviceFunction]",
        "'{0}' is called from a kernel but is not marked [DeviceFunction]; add the attribute",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0018.md");

    public static readonly DiagnosticDescriptor AxisNotConstant = new("KF0019", "An axis must be a constant",
        "The axis must be known when the kernel is compiled; write a constant",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0019.md");

    public static readonly DiagnosticDescriptor Reshaped = new("KF0020", "A local changes its shape",
        "{0} is {1} and would become {2}; keep its shape, or use another local",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0020.md");

    public static readonly DiagnosticDescriptor EarlyReturn = new("KF0021", "Return before the end",
        "A return may only be the last statement; choose the value with ?: or guard the rest with if",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0021.md");

    public static readonly DiagnosticDescriptor Pointwise = new("KF0022", "Not possible in a functor or format",
        "{0} is not possible here: {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0022.md");

    public static readonly DiagnosticDescriptor Format = new("KF0023", "A quantization format's description",
        "The format '{0}' {1}; {2}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0023.md");

    public static readonly DiagnosticDescriptor Grid = new("KF0024", "The launch grid",
        "The grid cannot be laid out: {0}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0024.md");

    public static readonly DiagnosticDescriptor NotAValue = new("KF0025", "Not a value",
        "{0} is not a value to compute with; {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0025.md");

    public static readonly DiagnosticDescriptor Field = new("KF0026", "A functor's field",
        "The field '{0}' of the functor '{1}' is of type '{2}'; a functor holds float, int, uint, bool and views of "
        + "float, Half, BFloat16 or int",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0026.md");

    public static readonly DiagnosticDescriptor Target = new("KF0027", "A kernel does not compile for a device",
        "The kernel '{0}' with {1} does not compile for {2}: {3}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0027.md");

    public static readonly DiagnosticDescriptor Choices = new("KF0028", "The choices of a schedule parameter",
        "CpuChoices of '{0}' {1}; {2}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0028.md");

    public static readonly DiagnosticDescriptor Gradient = new("KF0029", "A gradient that cannot be derived",
        "The gradient of '{0}' cannot be derived: {1}",
        Kernels, DiagnosticSeverity.Error, true, helpLinkUri: Pages + "KF0029.md");

    public static readonly DiagnosticDescriptor Size = new("KF9001", "The size of a kernel's code",
        "{0}",
        Kernels, DiagnosticSeverity.Info, true, helpLinkUri: Pages + "KF9001.md");

    /// <summary>Every rule the analyzer reports.</summary>
    public static readonly DiagnosticDescriptor[] OfSource =
    [
        Unsupported, Type, Allocation, Recursion, NonUniform, Shape, MissingEnd, Specialization, Functor, Element, Signature, NotPartial,
        Unbounded, ViewUse, ByReference, AsyncOrIterator, Exceptions, NotDeviceFunction, AxisNotConstant, Reshaped, EarlyReturn, Pointwise,
        Format, Grid, NotAValue, Field, Choices, Gradient,
    ];
}
