namespace KernelFoundry.Compiler.Ir;

/// <summary>What ops may name where they stand: views, scalars, functors.</summary>
internal sealed class IrContext
{
    private readonly Kernel? _kernel;
    private readonly IReadOnlyList<Parameter> _parameters;

    private IrContext(Kernel? kernel, IReadOnlyList<Parameter> parameters, bool isFormat)
    {
        _kernel = kernel;
        _parameters = parameters;
        IsFormat = isFormat;
    }

    public bool IsKernel => _kernel is not null;

    public bool IsFormat { get; }

    /// <summary>A functor's method: scalar fields are read by Field instead of Param.</summary>
    public bool IsFunctor => !IsKernel && !IsFormat;

    public static IrContext Of(Kernel kernel) => new(kernel, kernel.Parameters, false);

    public static IrContext Of(Functor functor) => new(null, functor.Fields, false);

    public static IrContext Of(QuantFormat format) =>
        new(null, [new Parameter { Name = "block", Kind = ParameterKind.View, Rank = 1, Element = Element.Quantized(format.Name) }], true);

    public Parameter? Find(string name) => _parameters.FirstOrDefault(p => p.Name == name);

    public bool IsFunctorType(string name) => _kernel is not null && _kernel.TypeParameters.Exists(t => t.Name == name && t.IsFunctor);
}
