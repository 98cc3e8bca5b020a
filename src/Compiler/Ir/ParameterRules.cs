using static KernelFoundry.Compiler.Ir.IrVerifier;

namespace KernelFoundry.Compiler.Ir;

/// <summary>What the verifier asks of the parameters of a kernel and the fields of a functor.</summary>
internal static class ParameterRules
{
    /// <summary>Threads a block of any CUDA GPU can have.</summary>
    public const int MostCudaWorkGroup = 1024;

    public static void Check(Kernel kernel)
    {
        SourceLocation at = kernel.Location;
        Require(kernel.WorkGroup > 0, $"a work-group of {kernel.WorkGroup}", at);
        Require(kernel.CudaWorkGroup is >= 0 and <= MostCudaWorkGroup, $"a work-group of {kernel.CudaWorkGroup} on CUDA, where there are at most {MostCudaWorkGroup}", at);
        bool areHalves = kernel.RoundedProducts.All(kind => kind is ElementKind.F16 or ElementKind.BF16) && kernel.RoundedProducts.Distinct().Count() == kernel.RoundedProducts.Count;
        Require(areHalves, "products are rounded to something else than f16 or bf16, or twice to one", at);
        Unique(kernel.TypeParameters.Select(t => t.Name), at);
        Unique(kernel.Parameters.Select(p => p.Name), at);
        foreach (Parameter parameter in kernel.Parameters)
        {
            Check(parameter, at);
            TypeParameter? type = kernel.TypeParameters.Find(t => t.Name == TypeParameterOf(parameter));
            Require(
                TypeParameterOf(parameter).Length == 0 || type is not null,
                $"parameter {parameter.Name} has the type parameter {TypeParameterOf(parameter)}, which the kernel has not",
                at);
            Require(
                type is null || type.IsFunctor == (parameter.Kind == ParameterKind.Functor),
                $"parameter {parameter.Name} takes {type?.Name} for what it is not",
                at);
            int targets = Enum.GetValues(typeof(TargetKind)).Length;
            Require(
                parameter.Kind != ParameterKind.Schedule || (parameter.Values.Length > (int)TargetKind.OpenCl && parameter.Values.Length <= targets),
                $"schedule {parameter.Name} has {parameter.Values.Length} values for {targets} targets",
                at);
            bool isChoice = !parameter.IsTunable || (parameter.Kind == ParameterKind.Schedule && parameter.Choices.All(c => c > 0)
                && parameter.Choices.Distinct().Count() == parameter.Choices.Length && parameter.Choices.Contains(parameter.Values[(int)TargetKind.Cpu]));
            Require(isChoice, $"the choices of {parameter.Name} are not positive, not different, or not of a schedule whose value is among them", at);
        }
    }

    public static void CheckFields(Functor functor)
    {
        Unique(functor.Fields.Select(f => f.Name), default);
        Unique(functor.Methods.Select(m => m.Name), default);
        foreach (Parameter field in functor.Fields)
        {
            Check(field, default);
            bool isPlain = field.Kind == ParameterKind.Scalar || (field is { Kind: ParameterKind.View, IsPanels: false } && field.Element.Bytes > 0);
            Require(isPlain, $"field {field.Name} of {functor.Name} is neither a scalar nor a view of a primitive", default);
        }
    }

    private static void Check(Parameter parameter, SourceLocation at)
    {
        Require(
            parameter.Kind != ParameterKind.View || parameter.Rank is >= 1 and <= 4,
            $"view {parameter.Name} has {parameter.Rank} axes",
            at);
        Require(
            !parameter.IsPanels || (parameter is { Kind: ParameterKind.View, Rank: 2 } && parameter.Element.Kind is ElementKind.Quantized or ElementKind.Parameter),
            $"panels {parameter.Name} hold {parameter.Element.Name} along {parameter.Rank} axes: they hold rows of quantized elements",
            at);
        bool isInteger = parameter.Kind is not (ParameterKind.Specialized or ParameterKind.Schedule) || parameter.DType == DType.I32;
        Require(isInteger, $"parameter {parameter.Name} has listed values, which are i32, and is {parameter.DType}", at);
        Require(parameter.Kind != ParameterKind.Scalar || parameter.DType != DType.I8, $"parameter {parameter.Name} is an i8", at);
    }

    private static string TypeParameterOf(Parameter parameter) => parameter switch
    {
        { Kind: ParameterKind.Functor } => parameter.TypeParameter,
        { Kind: ParameterKind.View, Element.Kind: ElementKind.Parameter } => parameter.Element.Name,
        _ => "",
    };

    private static void Unique(IEnumerable<string> names, SourceLocation at)
    {
        var seen = new HashSet<string>();
        foreach (string name in names)
            Require(name.Length > 0 && seen.Add(name), $"the name '{name}' is empty or used twice", at);
    }
}
