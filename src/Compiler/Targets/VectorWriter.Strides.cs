using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Targets;

/// <content>Every second element of a row, such as one of each pair of neighbours: two vectors and a shuffle instead of sixteen elements.</content>
internal partial class VectorWriter
{
    // What vectors were declared as.
    private readonly Dictionary<string, Expr> _vectors = [];

    // The address of the first of the elements if every second one of a row of 32-bit numbers is meant, or null.
    private string? EverySecond(string view, Exprs indices, Expr? count, Expr? guard)
    {
        int last = indices.Length - 1;
        if (width != 512 || count is not null || guard is not null || !indices[last].IsVector || indices.AsEnumerable().Take(last).Any(i => i.IsVector)
            || Progression(indices[last]) is not (var first, 2))
            return null;
        return Address(Place(view, new Exprs([.. indices.AsEnumerable().Take(last), first]), Scalar, false));
    }

    // The first lane and the step from lane to lane of a vector of indices, if they are evenly spaced.
    private (Expr First, int Step)? Progression(Expr index)
    {
        switch (index)
        {
            case LaneIndex lanes:
                return (lanes.First, 1);
            case Broadcast broadcast:
                return (broadcast.Scalar, 0);
            case Var variable when _vectors.TryGetValue(variable.Name, out Expr? value):
                return Progression(value);
            case Apply { Code: OpCode.Add or OpCode.Mul } apply when Progression(apply.Operands[0]) is var (a, s) && Progression(apply.Operands[1]) is var (b, t):
                return apply.Code == OpCode.Add ? (Add(a, b), s + t)
                    : s == 0 && a is Literal { Value.I32: var x } ? (Mul(a, b), x * t)
                    : t == 0 && b is Literal { Value.I32: var y } ? (Mul(a, b), s * y)
                    : null;
            default:
                return null;
        }
    }
}
