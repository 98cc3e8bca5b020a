using System.Collections.Immutable;
using System.Composition;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace KernelFoundry.Generators.CodeFixes;

/// <summary>Marks the method a kernel calls with [DeviceFunction], in whatever file it is.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddDeviceFunctionFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.NotDeviceFunction.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true)
                .FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
                && model?.GetSymbolInfo(call,
                    context.CancellationToken).Symbol?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault() is { } reference)
            {
                context.RegisterCodeFix(
                    CodeAction.Create($"Mark '{diagnostic.Properties["Method"]}' with [DeviceFunction]",
                        token => Apply(context.Document.Project.Solution, reference, token), Rules.NotDeviceFunction.Id),
                    diagnostic);
            }
        }
    }

    private static async Task<Solution> Apply(Solution solution, SyntaxReference reference, CancellationToken cancellation)
    {
        SyntaxNode declaration = await reference.GetSyntaxAsync(cancellation).ConfigureAwait(false);
        if (solution.GetDocument(declaration.SyntaxTree) is not { } document)
            return solution;
        DocumentEditor editor = await DocumentEditor.CreateAsync(document, cancellation).ConfigureAwait(false);
        editor.AddAttribute(declaration, editor.Generator.Attribute("DeviceFunction"));
        return editor.GetChangedDocument().Project.Solution;
    }
}
