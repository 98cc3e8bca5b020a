using System.Collections.Immutable;
using System.Composition;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelFoundry.Generators.CodeFixes;

/// <summary>Ends a range where the loop or the grid around it ends, if the code says where that is.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddRangeEndFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.MissingEnd.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (diagnostic.Properties.TryGetValue("End", out string? end) && end is not null
                && root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true)
                    .FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } range)
            {
                context.RegisterCodeFix(
                    CodeAction.Create($"End the range at '{end}'", _ => Task.FromResult(Apply(context.Document, root, range, end)),
                        Rules.MissingEnd.Id), diagnostic);
            }
        }
    }

    private static Document Apply(Document document, SyntaxNode root, InvocationExpressionSyntax range, string end)
    {
        ArgumentSyntax argument = SyntaxFactory.Argument(SyntaxFactory.ParseExpression(end));
        SyntaxToken comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        ArgumentListSyntax list = range.ArgumentList;
        SeparatedSyntaxList<ArgumentSyntax> arguments = SyntaxFactory.SeparatedList(list.Arguments.Append(argument),
            list.Arguments.GetSeparators().Append(comma));
        return document.WithSyntaxRoot(root.ReplaceNode(list, list.WithArguments(arguments)));
    }
}
