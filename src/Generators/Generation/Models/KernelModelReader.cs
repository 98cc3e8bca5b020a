using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.FrontEnd;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>Makes the model of a kernel from its method.</summary>
internal static class KernelModelReader
{
    /// <summary>The model, or null where the declaration leaves no place for a launch overload.</summary>
    public static KernelModel? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        if (context.TargetSymbol is not IMethodSymbol method)
            return null;
        var declaration = new Mistakes();
        KernelDeclaration.Check(method, declaration, cancellation);
        if (declaration.IsBroken)
            return null;
        KernelReading reading = KernelReader.Read(method, context.SemanticModel.Compilation, cancellation);
        string irText = reading.Ir is { } ir ? IrPrinter.Print(ir, positions: false) : "";
        HashSet<string> stored = reading.Ir is { } kernel ? StoredTo(kernel.Body) : [];
        Location at = method.Locations[0];
        FileLinePositionSpan span = at.GetLineSpan();
        return new KernelModel
        {
            Name = KernelReader.NameOf(method),
            Method = method.Name,
            Namespace = method.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : "",
            Classes = Classes(method.ContainingType).Reverse().ToEquatable(),
            Accessibility = SyntaxFacts.GetText(method.DeclaredAccessibility),
            IsPublic = IsPublic(method),
            DocumentationId = method.GetDocumentationCommentId() ?? "",
            TypeParameters = method.TypeParameters.Select(TypeParameter).ToEquatable(),
            Parameters = method.Parameters.Select(p => Parameter(p, stored)).ToEquatable(),
            Axes = Language.Attributes(method, "Axis").Select(Axis).ToEquatable(),
            Tolerances = Language.Attributes(method, "Tolerance").Select(Tolerance).ToEquatable(),
            RoundedProducts = Language.Attributes(method, "RoundedProducts").Select(Tolerance).ToEquatable(),
            Reference = Language.Attribute(method, "Reference")?.ConstructorArguments.FirstOrDefault().Value as string ?? "",
            Inputs = Language.Attribute(method, "Inputs")?.ConstructorArguments.FirstOrDefault().Value as string ?? "",
            Differentiated = Language.Strings(Language.Attribute(method, "Differentiable")).ToEquatable(),
            GradientTolerance = CSharp.Literal(Language.Attribute(method, "Differentiable")?.NamedArguments.FirstOrDefault(a => a.Key == "Tolerance").Value.Value ?? 1e-5),
            WorkGroup = reading.Ir?.WorkGroup ?? 64,
            IrText = irText,
            Source = new(new KernelSource(
                span.Path, span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1, at.SourceSpan.Start, at.SourceSpan.Length,
                reading.Ir)),
        };
    }

    /// <summary>Whether code of other assemblies can name a symbol.</summary>
    public static bool IsPublic(ISymbol symbol) =>
        symbol.DeclaredAccessibility == Accessibility.Public && (symbol.ContainingType is null || IsPublic(symbol.ContainingType));

    private static IEnumerable<string> Classes(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.ContainingType)
            yield return type.Name;
    }

    private static HashSet<string> StoredTo(Block body)
    {
        var views = new HashSet<string>(StringComparer.Ordinal);
        foreach (Op op in body.Ops)
        {
            if (op.Code == OpCode.Store)
                views.Add(op.Attr<MemoryAccess>().View);
            foreach (Block region in op.Regions)
                views.UnionWith(StoredTo(region));
        }

        return views;
    }

    private static TypeParameterModel TypeParameter(ITypeParameterSymbol parameter) => new()
    {
        Name = parameter.Name,
        Interface = Language.FunctorConstraint(parameter) is { } functor ? Language.FullName(functor) : "",
        Constraints = string.Join(", ", Constraints(parameter)),
        Elements = TypesOf(parameter, "Elements").Select(Language.ElementOf).OfType<Element>().ToEquatable(),
        Narrowed = TypesOf(parameter, "Functors").Select(Language.FullName).ToEquatable(),
    };

    private static IEnumerable<ITypeSymbol> TypesOf(ITypeParameterSymbol parameter, string attribute) =>
        Language.Attribute(parameter, attribute)?.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Array } list
            && !list.IsNull
            ? list.Values.Select(v => v.Value).OfType<ITypeSymbol>()
            : [];

    private static IEnumerable<string> Constraints(ITypeParameterSymbol parameter)
    {
        if (parameter.HasUnmanagedTypeConstraint)
            yield return "unmanaged";
        else if (parameter.HasValueTypeConstraint)
            yield return "struct";
        foreach (ITypeSymbol type in parameter.ConstraintTypes)
            yield return type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
    }

    private static ParameterModel Parameter(IParameterSymbol parameter, HashSet<string> stored)
    {
        ITypeSymbol type = parameter.Type;
        int rank = Language.RankOf(type);
        bool isFunctor = type is ITypeParameterSymbol;
        AttributeData? specialize = Language.Attribute(parameter, "Specialize"), schedule = Language.Attribute(parameter, "Schedule");
        AttributeData? range = Language.Attribute(parameter, "Range");
        return new ParameterModel
        {
            Name = parameter.Name,
            Kind = rank > 0 ? ParameterKind.View : isFunctor ? ParameterKind.Functor : specialize is not null ? ParameterKind.Specialized
                : schedule is not null ? ParameterKind.Schedule : ParameterKind.Scalar,
            Type = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            TypeName = rank > 0
                ? Language.ElementOf(((INamedTypeSymbol)type).TypeArguments[0])?.Name ?? ""
                : isFunctor ? type.Name : Language.Display(type),
            Default = parameter.HasExplicitDefaultValue ? " = " + CSharp.Literal(parameter.ExplicitDefaultValue) : "",
            Rank = rank,
            IsPanels = Language.IsPanels(type),
            Values = (specialize is not null
                ? KernelAttributes.Integers(specialize)
                : schedule is not null ? KernelAttributes.Schedule(schedule) : []).ToEquatable(),
            Choices = (schedule is not null ? KernelAttributes.Choices(schedule) : []).ToEquatable(),
            Shape = Shape(parameter).ToEquatable(),
            Value = Language.Attribute(parameter, "Value")?.ConstructorArguments.FirstOrDefault().Value is { } value
                ? CSharp.Literal(value)
                : "",
            Low = range is null ? "" : CSharp.Literal(range.ConstructorArguments.FirstOrDefault().Value),
            High = range is null ? "" : CSharp.Literal(range.ConstructorArguments.LastOrDefault().Value),
            IsOutput = stored.Contains(parameter.Name),
            IsAccumulated = Language.Has(parameter, "Accumulated"),
        };
    }

    private static IEnumerable<string> Shape(IParameterSymbol parameter) =>
        Language.Attribute(parameter, "Shape")?.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Array } list
            && !list.IsNull
            ? list.Values.Select(v => v.Value is int extent ? CSharp.Literal(extent) : v.Value as string ?? "")
            : [];

    private static AxisModel Axis(AttributeData axis) =>
        new(axis.ConstructorArguments.FirstOrDefault().Value as string ?? "", KernelAttributes.Integers(axis).ToEquatable());

    private static ToleranceModel Tolerance(AttributeData tolerance)
    {
        string element = tolerance.ConstructorArguments.FirstOrDefault().Value is ITypeSymbol type
            ? Language.ElementOf(type)?.Name ?? ""
            : "";
        return new ToleranceModel(element, CSharp.Literal(tolerance.ConstructorArguments.LastOrDefault().Value));
    }
}
