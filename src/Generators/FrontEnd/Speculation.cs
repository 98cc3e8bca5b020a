using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Whether an expression may be computed although C# would skip it: it then becomes a select instead of a branch.</summary>
internal static class Speculation
{
    public static bool IsFree(IOperation operation) => operation.DescendantsAndSelf().All(o => o switch
    {
        IInvocationOperation call => Language.NameOf(call.TargetMethod.ContainingType) == "Ops" && Language.ScalarOf(call.Type) is not null
            && call.Arguments.All(a => Language.TileOf(a.Value.Type) is null),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder } division =>
            division.Type?.SpecialType == SpecialType.System_Single
                || division.RightOperand.ConstantValue is { HasValue: true, Value: not 0 },
        IAssignmentOperation or IIncrementOrDecrementOperation => false,
        _ => Language.TileOf(o.Type) is null,
    });
}
