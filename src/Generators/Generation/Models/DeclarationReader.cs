using KernelFoundry.Compiler.Differentiation;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Generators.FrontEnd;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>Makes the models of declarations kernels use: functors, their interfaces, quantization formats and device functions.</summary>
internal static class DeclarationReader
{
    /// <summary>Whether a declaration can be one: a struct that names an interface.</summary>
    public static bool IsCandidate(SyntaxNode node, CancellationToken cancellation) =>
        node is StructDeclarationSyntax { BaseList: not null }
            or RecordDeclarationSyntax { ClassOrStructKeyword.ValueText: "struct", BaseList: not null };

    public static EquatableArray<FunctorModel> Functors(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (Declared(context, cancellation) is not { } type)
            return default;
        var models = new List<FunctorModel>();
        foreach (INamedTypeSymbol contract in FunctorReader.InterfacesOf(type))
        {
            if (FunctorReader.Read(type, contract, context.SemanticModel.Compilation, cancellation).Ir is { } functor)
            {
                models.Add(new FunctorModel
                {
                    Name = functor.Name,
                    Interface = functor.Interface,
                    Type = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
                    IsPublic = KernelModelReader.IsPublic(type),
                    Fields = FunctorReader.StoredFields(type).Select(f => f.Name).ToEquatable(),
                    IrText = IrPrinter.Print(functor, positions: false),
                    Adjoints = functor.Methods.SelectMany(Adjoints).ToEquatable(),
                });
            }
        }

        return models.ToEquatable();
    }

    // Of methods of floats. One that cannot be differentiated has none, which a kernel that needs it says.
    private static IEnumerable<AdjointModel> Adjoints(Function method)
    {
        if (method.Body.Terminator.Operands.Length != 1 || method.Body.Arguments.Append(method.Body.Terminator.Operands[0]).Any(v => v.Type.DType != DType.F32))
            yield break;
        for (int i = 0; i < method.Body.Arguments.Count; i++)
        {
            string body;
            try
            {
                body = KernelLanguageWriter.Body(FunctorAdjoint.Derive(method, i));
            }
            catch (IrException)
            {
                continue;
            }

            yield return new AdjointModel(FunctorAdjoint.NameOf(method.Name, i), body);
        }
    }

    public static FormatModel? Format(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (Declared(context, cancellation) is not { } type || !Language.IsFormat(type))
            return null;
        return FormatReader.Read(type, context.SemanticModel.Compilation, cancellation).Ir is { } format
            ? new FormatModel(format.Name, type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), KernelModelReader.IsPublic(type),
                IrPrinter.Print(format, positions: false))
            : null;
    }

    public static FunctorDefaults? Defaults(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        context.TargetSymbol is INamedTypeSymbol contract
            && FunctorReader.ReadDefaults(contract, context.SemanticModel.Compilation, cancellation)?.Ir is { } defaults
            ? new FunctorDefaults(defaults.Interface, KernelModelReader.IsPublic(contract), IrPrinter.Print(defaults, positions: false))
            : null;

    public static DeviceFunctionModel? DeviceFunction(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        context.TargetSymbol is IMethodSymbol method && KernelModelReader.IsPublic(method)
            && DeviceFunctions.Read(method, context.SemanticModel.Compilation, cancellation) is { } function
            ? new DeviceFunctionModel(function.Name, IrPrinter.Print(function, positions: false))
            : null;

    // A partial struct is read once, for the first of its parts that names interfaces.
    private static INamedTypeSymbol? Declared(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol type)
            return null;
        SyntaxNode? first = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation))
            .FirstOrDefault(n => IsCandidate(n, cancellation));
        return first == context.Node ? type : null;
    }
}
