using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Which locals and parameters a piece of a body assigns or declares, in source order.</summary>
internal static class Assigned
{
    public static IEnumerable<ISymbol> In(IOperation? operation) =>
        operation is null
            ? []
            : operation.DescendantsAndSelf().SelectMany(Targets).Distinct(SymbolEqualityComparer.Default).Select(s => s!);

    public static IEnumerable<ISymbol> DeclaredIn(IOperation? operation) => operation is null
        ? []
        : operation.DescendantsAndSelf().OfType<IVariableDeclaratorOperation>().Select(d => d.Symbol)
            .Concat(operation.DescendantsAndSelf().OfType<IDeclarationExpressionOperation>().SelectMany(d => References(d.Expression)));

    /// <summary>The local or parameter an operation names, or null.</summary>
    public static ISymbol? Reference(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter.OriginalDefinition,
        IDeclarationExpressionOperation declaration => Reference(declaration.Expression),
        _ => null,
    };

    private static IEnumerable<ISymbol> Targets(IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => References(assignment.Target),
        IIncrementOrDecrementOperation step => References(step.Target),
        _ => [],
    };

    private static IEnumerable<ISymbol> References(IOperation target) => target switch
    {
        ITupleOperation tuple => tuple.Elements.SelectMany(References),
        IDeclarationExpressionOperation declaration => References(declaration.Expression),
        _ => Reference(target) is { } symbol ? [symbol] : [],
    };
}
