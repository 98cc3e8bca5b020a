using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Checks where and how a kernel is declared: the launch overload must find a place beside it.</summary>
internal static class KernelDeclaration
{
    public static void Check(IMethodSymbol method, Mistakes mistakes, CancellationToken cancellation)
    {
        Location at = method.Locations[0];
        if (!method.IsStatic)
            mistakes.Add(Rules.Signature, at, method.Name, "is an instance method", "make it static");
        if (!method.ReturnsVoid && !method.IsAsync)
        {
            mistakes.Add(Rules.Signature, at, method.Name, $"returns '{Language.Display(method.ReturnType)}'",
                "return void and store results in a view");
        }

        if (method.IsAsync)
            mistakes.Add(Rules.AsyncOrIterator, at);
        if (method.ContainingType.TypeKind != TypeKind.Class)
        {
            mistakes.Add(Rules.Signature, at, method.Name, $"is in '{method.ContainingType.Name}', which is no class",
                "move it into a static partial class");
        }

        if (!Language.IsReachable(method.ContainingType))
        {
            mistakes.Add(Rules.Signature, at, method.Name, $"is in '{Language.Display(method.ContainingType)}', which is private",
                "make the class internal or public");
        }

        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.ContainingType)
            CheckContainer(type, method, mistakes, cancellation);
        if (method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>()
            .Any(m => Language.Has(m, "Kernel") && !SymbolEqualityComparer.Default.Equals(m, method)))
            mistakes.Add(Rules.Signature, at, method.Name, "has the name of another kernel of its class", "give each its own name");
        foreach (ITypeParameterSymbol parameter in method.TypeParameters)
            CheckTypeParameter(parameter, method, mistakes);
    }

    private static void CheckContainer(INamedTypeSymbol type, IMethodSymbol method, Mistakes mistakes, CancellationToken cancellation)
    {
        if (type.IsGenericType)
        {
            mistakes.Add(Rules.Signature, method.Locations[0], method.Name, $"is in the generic type '{Language.Display(type)}'",
                "move the type parameters to the kernel");
        }

        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
                mistakes.Add(Rules.NotPartial, declaration.Identifier.GetLocation(), type.Name, method.Name);
        }
    }

    private static void CheckTypeParameter(ITypeParameterSymbol parameter, IMethodSymbol method, Mistakes mistakes)
    {
        if (Language.FunctorConstraint(parameter) is { } functor)
        {
            if (!parameter.HasValueTypeConstraint)
                mistakes.Add(Rules.Signature, parameter.Locations[0], method.Name,
                    $"takes the functor '{parameter.Name}' without the struct constraint",
                    $"write where {parameter.Name} : struct, {Language.Display(functor)}");
        }
        else if (!Language.Has(parameter, "Elements"))
        {
            mistakes.Add(Rules.Signature, parameter.Locations[0], method.Name,
                $"has the type parameter '{parameter.Name}', which is neither an element type nor a functor",
                "add [Elements(typeof(float), ...)], or constrain it to an interface marked [FunctorInterface]");
        }
    }
}
