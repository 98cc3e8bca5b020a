using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>
/// A loop <c>for (int i = start; i &lt; end; i += step)</c> that does nothing else to <c>i</c> and whose bounds do not change while it
/// runs. Every other loop is a while loop.
/// </summary>
internal sealed record CountedLoop(ILocalSymbol Index, IOperation Start, IOperation End, bool IncludesEnd, IOperation? Step)
{
    public static CountedLoop? Match(IForLoopOperation loop)
    {
        IVariableDeclaratorOperation[] declared = [.. loop.Before.SelectMany(b => b.Descendants().OfType<IVariableDeclaratorOperation>())];
        if (declared.Length != 1 || loop.AtLoopBottom.Length != 1
            || declared[0].Symbol is not { Type.SpecialType: SpecialType.System_Int32 } index
            || declared[0].Initializer?.Value is not { } start
            || loop.AtLoopBottom[0] is not IExpressionStatementOperation { Operation: var bottom })
            return null;
        (IOperation End, bool Included)? bound = Bound(loop.Condition, index);
        (IOperation? Step, bool Found) step = StepOf(bottom, index);
        if (bound is not { } limit || !step.Found || Assigned.In(loop.Body).Contains(index, SymbolEqualityComparer.Default))
            return null;
        return IsFixed(limit.End, index, loop.Body) && (step.Step is null || IsFixed(step.Step, index, loop.Body))
            ? new CountedLoop(index, start, limit.End, limit.Included, step.Step)
            : null;
    }

    private static (IOperation End, bool Included)? Bound(IOperation? condition, ILocalSymbol index) => condition switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual } less
            when Is(less.LeftOperand, index) =>
            (less.RightOperand, less.OperatorKind == BinaryOperatorKind.LessThanOrEqual),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual } greater
            when Is(greater.RightOperand, index) =>
            (greater.LeftOperand, greater.OperatorKind == BinaryOperatorKind.GreaterThanOrEqual),
        _ => null,
    };

    private static (IOperation? Step, bool Found) StepOf(IOperation bottom, ILocalSymbol index) => bottom switch
    {
        IIncrementOrDecrementOperation { Kind: OperationKind.Increment } increment when Is(increment.Target, index) => (null, true),
        ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add } add when Is(add.Target, index) => (add.Value, true),
        ISimpleAssignmentOperation { Value: IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum } set
            when Is(set.Target, index) =>
            Is(sum.LeftOperand, index) ? (sum.RightOperand, true) : Is(sum.RightOperand, index) ? (sum.LeftOperand, true) : (null, false),
        _ => (null, false),
    };

    private static bool Is(IOperation operation, ILocalSymbol local) =>
        SymbolEqualityComparer.Default.Equals(Assigned.Reference(operation), local);

    // A bound is read once, before the loop: nothing in the body may change it, and what it calls may read memory the body writes.
    private static bool IsFixed(IOperation bound, ILocalSymbol index, IOperation body) =>
        !Assigned.In(body).Append(index)
            .Any(s => bound.DescendantsAndSelf().Any(o => SymbolEqualityComparer.Default.Equals(Assigned.Reference(o), s)))
        && !bound.DescendantsAndSelf().OfType<IInvocationOperation>()
            .Any(call => Language.NameOf(call.TargetMethod.ContainingType) != "Ops");
}
