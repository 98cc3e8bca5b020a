using KernelFoundry.Compiler.Ir;
using Microsoft.CodeAnalysis;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>
/// Device functions that cross assemblies. In their own, they are inlined from source; for others, those that work element by element
/// travel as IR, each as a functor named by its documentation id, without fields and with one method.
/// </summary>
internal static class DeviceFunctions
{
    /// <summary>Stands where a functor names its interface.</summary>
    public const string Interface = "DeviceFunction";

    /// <summary>The IR of a device function other assemblies can call, or null: it is generic, takes views, gives several values or is not
    /// pointwise.</summary>
    public static Functor? Read(IMethodSymbol method, Compilation compilation, CancellationToken cancellation)
    {
        if (method.IsGenericMethod || method.ContainingType.IsGenericType || Language.DTypeOf(method.ReturnType) is null
            || method.Parameters.Any(p => p.RefKind != RefKind.None || Language.DTypeOf(p.Type) is null)
            || method.GetDocumentationCommentId() is not { } id)
            return null;
        var mistakes = new Mistakes();
        var body = new Block();
        var reader = new BodyReader(compilation, mistakes, new Builder(body), BodyKind.Functor, cancellation);
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            var argument = new Value(ValueType.Scalar(Language.DTypeOf(parameter.Type)!.Value), parameter.Name);
            body.Arguments.Add(argument);
            reader.Bind(parameter, new ValueTerm(argument));
        }

        reader.ReadFunction(method);
        return mistakes.IsBroken ? null : new Functor(id, Interface, [], [new Function(method.Name, body)]);
    }

    /// <summary>The IR a device function's assembly ships of it, or null.</summary>
    public static Function? Find(IMethodSymbol method)
    {
        string? id = method.GetDocumentationCommentId();
        AttributeData? shipped = method.ContainingAssembly.GetAttributes().FirstOrDefault(a =>
            Language.NameOf(a.AttributeClass) == "FunctorIrAttribute" && a.ConstructorArguments.Length == 2
                && a.ConstructorArguments[0].Value as string == id);
        try
        {
            return shipped?.ConstructorArguments[1].Value is string text ? IrParser.ParseFunctor(text).Methods.Single() : null;
        }
        catch (IrException)
        {
            // Shipped by another version of the compiler: as good as not shipped.
            return null;
        }
    }
}
