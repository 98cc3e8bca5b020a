using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using KernelFoundry.Generators.Generation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Reads and checks the attributes of a kernel: what it is specialised for, its schedule and its test record.</summary>
internal static class KernelAttributes
{
    private const string ChoicesName = "CpuChoices";

    public static int[] Integers(AttributeData attribute) =>
        [.. attribute.ConstructorArguments.LastOrDefault() is { Kind: TypedConstantKind.Array } list && !list.IsNull
            ? list.Values.Select(v => v.Value as int? ?? 0)
            : []];

    /// <summary>A schedule parameter's value for each target, in the order of the targets.</summary>
    public static int[] Schedule(AttributeData attribute)
    {
        int? Of(string name) => attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value as int?;
        List<int> values = [Of("Cpu") ?? 1, Of("OpenCl") ?? 1];
        int?[] cuda = [Of("Cuda"), Of("CudaMatrices"), Of("CudaWarpgroups")];
        foreach (int? own in cuda.Take(Array.FindLastIndex(cuda, each => each is not null) + 1))
            values.Add(own ?? values[values.Count - 1]);
        return [.. values];
    }

    /// <summary>What a CPU may be tuned to; none where the parameter is a constant.</summary>
    public static int[] Choices(AttributeData attribute) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == ChoicesName).Value is { Kind: TypedConstantKind.Array, IsNull: false } list
            ? [.. list.Values.Select(v => v.Value as int? ?? 0)]
            : [];

    /// <summary>Reports the choices of a kernel's schedule that its results depend on.</summary>
    public static void CheckChoices(IMethodSymbol method, Kernel kernel, Mistakes mistakes, CancellationToken cancellation)
    {
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (Language.Attribute(parameter, "Schedule") is { } schedule && kernel.Find(parameter.Name).IsTunable
                && ScheduleEffect.Describe(kernel, parameter.Name) is { } effect)
            {
                mistakes.Add(Rules.Choices, Named(schedule, ChoicesName, cancellation), parameter.Name, effect,
                    "results must not depend on tuning: keep it a constant, or let it divide only what is computed apart");
            }
        }
    }

    public static void Check(IMethodSymbol method, Mistakes mistakes, CancellationToken cancellation)
    {
        var axes = new HashSet<string>(StringComparer.Ordinal);
        foreach (AttributeData axis in Language.Attributes(method, "Axis"))
        {
            if (axis.ConstructorArguments.FirstOrDefault().Value is string name && !axes.Add(name))
            {
                mistakes.Add(Rules.Specialization, Argument(axis, 0, cancellation), $"The axis '{name}' is declared twice",
                    "join the two lists of extents");
            }
        }

        CheckCaseMethod(method, "Reference", "write the kernel's result there in double precision", mistakes, cancellation);
        CheckCaseMethod(method, "Inputs", "make the case's inputs fit the kernel there", mistakes, cancellation);
        foreach (AttributeData tolerance in Language.Attributes(method, "Tolerance"))
            CheckElement(tolerance, 0, tolerance.ConstructorArguments.FirstOrDefault(), mistakes, cancellation);
        CheckRoundedProducts(method, mistakes, cancellation);
        foreach (ITypeParameterSymbol parameter in method.TypeParameters)
            CheckTypeParameter(parameter, mistakes, cancellation);
        foreach (IParameterSymbol parameter in method.Parameters)
            CheckParameter(parameter, axes, mistakes, cancellation);
    }

    /// <summary>The elements of 16 bits that products may be rounded to, each once.</summary>
    public static ElementKind[] RoundedProducts(IMethodSymbol method) =>
    [
        .. Language.Attributes(method, "RoundedProducts").Select(attribute => Element(attribute)?.Kind).OfType<ElementKind>()
            .Where(kind => kind is ElementKind.F16 or ElementKind.BF16).Distinct().OrderBy(kind => kind),
    ];

    private static void CheckRoundedProducts(IMethodSymbol method, Mistakes mistakes, CancellationToken cancellation)
    {
        var seen = new HashSet<ElementKind>();
        foreach (AttributeData attribute in Language.Attributes(method, "RoundedProducts"))
        {
            ElementKind? kind = Element(attribute)?.Kind;
            if (kind is not (ElementKind.F16 or ElementKind.BF16) || !seen.Add(kind.Value))
            {
                mistakes.Add(Rules.Specialization, Argument(attribute, 0, cancellation),
                    kind is ElementKind.F16 or ElementKind.BF16 ? "Products are rounded twice to one element type" : "Products are rounded to what matrices of 16 bits do not hold",
                    "name Half or BFloat16, each once");
            }
        }
    }

    private static Element? Element(AttributeData attribute) =>
        attribute.ConstructorArguments.FirstOrDefault().Value is ITypeSymbol type ? Language.ElementOf(type) : null;

    private static void CheckCaseMethod(IMethodSymbol method, string attribute, string instead, Mistakes mistakes, CancellationToken cancellation)
    {
        if (Language.Attribute(method, attribute) is not { } named || named.ConstructorArguments.FirstOrDefault().Value is not string name)
            return;
        bool exists = method.ContainingType.GetMembers(name).OfType<IMethodSymbol>()
            .Any(m => m is { IsStatic: true, ReturnsVoid: true, Parameters.Length: 1 }
                && Language.NameOf(m.Parameters[0].Type) == "KernelCase");
        if (!exists)
        {
            mistakes.Add(Rules.Specialization, Argument(named, 0, cancellation),
                $"'{method.ContainingType.Name}' has no method 'static void {name}(KernelCase)'", instead);
        }
    }

    private static void CheckTypeParameter(ITypeParameterSymbol parameter, Mistakes mistakes, CancellationToken cancellation)
    {
        if (Language.Attribute(parameter, "Elements") is { } elements)
        {
            TypedConstant list = elements.ConstructorArguments.FirstOrDefault();
            for (int i = 0; list.Kind == TypedConstantKind.Array && i < list.Values.Length; i++)
                CheckElement(elements, i, list.Values[i], mistakes, cancellation);
        }

        if (Language.Attribute(parameter, "Functors") is not { } functors)
            return;
        TypedConstant narrowed = functors.ConstructorArguments.FirstOrDefault();
        INamedTypeSymbol? constraint = Language.FunctorConstraint(parameter);
        for (int i = 0; narrowed.Kind == TypedConstantKind.Array && i < narrowed.Values.Length; i++)
        {
            bool fits = constraint is not null && narrowed.Values[i].Value is INamedTypeSymbol { TypeKind: TypeKind.Struct } type
                && type.AllInterfaces.Any(f => SymbolEqualityComparer.Default.Equals(f.OriginalDefinition, constraint.OriginalDefinition));
            if (!fits)
            {
                mistakes.Add(Rules.Specialization, Argument(functors, i, cancellation),
                    $"'{narrowed.Values[i].Value}' is no functor '{parameter.Name}' takes",
                    "name structs that implement its interface");
            }
        }
    }

    private static void CheckElement(AttributeData attribute, int index, TypedConstant type, Mistakes mistakes,
        CancellationToken cancellation)
    {
        if (type.Value is ITypeSymbol symbol && symbol.TypeKind != TypeKind.Error && Language.ElementOf(symbol) is null)
            mistakes.Add(Rules.Element, Argument(attribute, index, cancellation), Language.Display(symbol));
    }

    private static void CheckParameter(IParameterSymbol parameter, HashSet<string> axes, Mistakes mistakes, CancellationToken cancellation)
    {
        int rank = Language.RankOf(parameter.Type);
        foreach (string compileTime in new[] { "Specialize", "Schedule" })
        {
            if (Language.Attribute(parameter, compileTime) is { } attribute && parameter.Type.SpecialType != SpecialType.System_Int32)
            {
                mistakes.Add(Rules.Specialization, Whole(attribute, cancellation),
                    $"[{compileTime}] on '{parameter.Name}', which is '{Language.Display(parameter.Type)}'",
                    "compile-time parameters are of type int");
            }
        }

        if (Language.Attribute(parameter, "Specialize") is { } both && Language.Has(parameter, "Schedule"))
        {
            mistakes.Add(Rules.Specialization, Whole(both, cancellation), $"'{parameter.Name}' is both specialised and scheduled",
                "keep one of the attributes");
        }

        if (Language.Attribute(parameter, "Schedule") is { } schedule)
            CheckChoices(parameter, schedule, mistakes, cancellation);
        if (Language.Attribute(parameter, "Shape") is { } shape)
            CheckShape(parameter, shape, rank, axes, mistakes, cancellation);
        foreach (string scalarOnly in new[] { "Value", "Range" })
        {
            if (rank > 0 && scalarOnly == "Value" && Language.Attribute(parameter, scalarOnly) is { } attribute)
            {
                mistakes.Add(Rules.Specialization, Whole(attribute, cancellation), $"[{scalarOnly}] on the view '{parameter.Name}'",
                    "views take [Shape]");
            }
        }

        if (Language.Attribute(parameter, "Value")?.ConstructorArguments.FirstOrDefault().Value is string axis && !axes.Contains(axis))
        {
            mistakes.Add(Rules.Specialization, Argument(Language.Attribute(parameter, "Value")!, 0, cancellation),
                $"No [Axis] of the kernel is named '{axis}'",
                $"add [Axis(\"{axis}\", ...)] or name an existing one");
        }
    }

    private static void CheckChoices(IParameterSymbol parameter, AttributeData schedule, Mistakes mistakes, CancellationToken cancellation)
    {
        if (schedule.NamedArguments.All(a => a.Key != ChoicesName))
            return;
        int[] choices = Choices(schedule);
        int standard = Schedule(schedule)[(int)TargetKind.Cpu];
        int repeated = choices.GroupBy(c => c).FirstOrDefault(same => same.Count() > 1)?.Key ?? 0;
        (string Wrong, string Instead)? mistake =
            choices.Length == 0 ? ("is empty", "list what a CPU may be tuned to, or leave it out")
            : choices.Any(c => c <= 0)
                ? ($"holds {CSharp.Literal(choices.First(c => c <= 0))}", "choices are positive")
            : repeated != 0 ? ($"holds {CSharp.Literal(repeated)} twice", "list every choice once")
            : !choices.Contains(standard) ? ($"lacks {CSharp.Literal(standard)}, the value of Cpu", "the default is one of the choices")
            : null;
        if (mistake is var (wrong, instead))
            mistakes.Add(Rules.Choices, Named(schedule, ChoicesName, cancellation), parameter.Name, wrong, instead);
    }

    private static void CheckShape(IParameterSymbol parameter, AttributeData shape, int rank, HashSet<string> axes, Mistakes mistakes,
        CancellationToken cancellation)
    {
        TypedConstant list = shape.ConstructorArguments.FirstOrDefault();
        if (list.Kind != TypedConstantKind.Array || list.IsNull)
            return;
        if (rank == 0)
        {
            mistakes.Add(Rules.Specialization, Whole(shape, cancellation), $"[Shape] on '{parameter.Name}', which is no view",
                "scalars take [Value] or [Range]");
        }
        else if (list.Values.Length != rank)
            mistakes.Add(Rules.Specialization, Whole(shape, cancellation),
                $"[Shape] of '{parameter.Name}' names {list.Values.Length} extents of a view of rank {rank}", "give one entry an axis");
        for (int i = 0; i < list.Values.Length; i++)
        {
            if (list.Values[i].Value is string name && !axes.Contains(name))
            {
                mistakes.Add(Rules.Specialization, Argument(shape, i, cancellation), $"No [Axis] of the kernel is named '{name}'",
                    $"add [Axis(\"{name}\", ...)] or name an existing one");
            }
            else if (list.Values[i].Value is not (string or int))
            {
                mistakes.Add(Rules.Specialization, Argument(shape, i, cancellation), "A shape entry is neither an axis nor an integer",
                    "name an axis or write an int");
            }
        }
    }

    private static Location Whole(AttributeData attribute, CancellationToken cancellation) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation() ?? Location.None;

    private static Location Named(AttributeData attribute, string name, CancellationToken cancellation) =>
        (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax)?.ArgumentList?.Arguments
            .FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == name)?.GetLocation() ?? Whole(attribute, cancellation);

    private static Location Argument(AttributeData attribute, int index, CancellationToken cancellation)
    {
        var arguments = (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax)?.ArgumentList?.Arguments;
        return arguments is { } list && index < list.Count ? list[index].GetLocation() : Whole(attribute, cancellation);
    }
}
