using KernelFoundry.Compiler.Differentiation;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Reports why the gradient a kernel asks for cannot be derived, at what is in the way.</summary>
internal static class Differentiation
{
    public static void Check(IMethodSymbol method, Kernel kernel, Mistakes mistakes, CancellationToken cancellation)
    {
        if (Language.Attribute(method, "Differentiable") is not { } attribute)
            return;
        Location whole = attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation() ?? method.Locations[0];
        string[] inputs = [.. Language.Strings(attribute)];
        string? wrong = inputs.Length == 0 ? "it names no input" : inputs.Select(i => Wrong(kernel, i)).FirstOrDefault(w => w is not null);
        if (wrong is not null)
        {
            mistakes.Add(Rules.Gradient, whole, method.Name, wrong);
            return;
        }

        try
        {
            KernelLanguageWriter.Body(ReverseMode.Derive(kernel, inputs, kernel.Name + "Backward").Kernel);
        }
        catch (IrException exception)
        {
            mistakes.Add(Rules.Gradient, Spanned(method, exception.Location, cancellation) ?? whole, method.Name, exception.Reason);
        }
    }

    private static string? Wrong(Kernel kernel, string input) => kernel.Parameters.FirstOrDefault(p => p.Name == input) switch
    {
        null => $"it has no parameter '{input}'",
        { Kind: not ParameterKind.View } => $"'{input}' is no view",
        { Element.Kind: not (ElementKind.F32 or ElementKind.F16 or ElementKind.BF16 or ElementKind.Parameter) } => $"'{input}' does not hold floats",
        { IsPanels: true } => $"'{input}' is in panels",
        _ => null,
    };

    // The largest piece of the method's source that begins where the op does.
    private static Location? Spanned(IMethodSymbol method, SourceLocation at, CancellationToken cancellation)
    {
        foreach (SyntaxReference reference in method.DeclaringSyntaxReferences)
        {
            SyntaxNode declaration = reference.GetSyntax(cancellation);
            SourceText text = declaration.SyntaxTree.GetText(cancellation);
            if (at.Line == 0 || at.Line > text.Lines.Count || Path.GetFileName(declaration.SyntaxTree.FilePath) != at.File)
                continue;
            int position = text.Lines[at.Line - 1].Start + at.Column - 1;
            if (!declaration.Span.Contains(position))
                continue;
            SyntaxNode? node = declaration.FindToken(position).Parent;
            while (node?.Parent is { } parent && parent.SpanStart == node.SpanStart && parent is Microsoft.CodeAnalysis.CSharp.Syntax.ExpressionSyntax)
                node = parent;
            return node?.GetLocation();
        }

        return null;
    }
}
