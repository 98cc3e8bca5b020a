using System.Collections.Immutable;
using System.Composition;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelFoundry.Generators.CodeFixes;

/// <summary>Makes the class of a kernel partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddPartialFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.NotPartial.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration)
            {
                context.RegisterCodeFix(
                    CodeAction.Create($"Make '{declaration.Identifier.Text}' partial",
                        _ => Task.FromResult(Apply(context.Document, root, declaration)), Rules.NotPartial.Id),
                    diagnostic);
            }
        }
    }

    // partial is the last modifier, so it stands directly before the keyword.
    private static Document Apply(Document document, SyntaxNode root, TypeDeclarationSyntax declaration)
    {
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        TypeDeclarationSyntax changed = declaration.Modifiers.Count > 0
            ? declaration.AddModifiers(partial)
            : declaration.WithKeyword(declaration.Keyword.WithLeadingTrivia())
                .WithModifiers([partial.WithLeadingTrivia(declaration.Keyword.LeadingTrivia)]);
        return document.WithSyntaxRoot(root.ReplaceNode(declaration, changed));
    }
}
