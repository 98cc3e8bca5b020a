using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Differentiation;

/// <summary>The adjoints of an op's operands from that of its result; null where an operand has none.</summary>
/// <param name="e">What the rule is written in.</param>
/// <param name="op">The op.</param>
/// <param name="x">Its operands.</param>
/// <param name="r">Its result.</param>
/// <param name="g">The adjoint of its result.</param>
internal delegate Value?[] AdjointRule(AdjointBuilder e, Op op, Value[] x, Value r, Value g);

/// <summary>
/// One rule an op: reverse-mode differentiation is nothing but this table (Griewank and Walther, "Evaluating Derivatives", 2008, table 3.3).
/// Where an operand was broadcast, its adjoint is summed afterwards, so that the rules need not know of shapes.
/// </summary>
internal static class AdjointRules
{
    private const float TwoOverSqrtPi = 1.1283791671f;

    private static readonly Dictionary<OpCode, AdjointRule> Rules = new()
    {
        [OpCode.Neg] = (e, _, _, _, g) => [e.Neg(g)],
        [OpCode.Abs] = (e, _, x, _, g) => [e.Sub(e.Where(OpCode.Gt, x[0], e.Constant(0f), g), e.Where(OpCode.Lt, x[0], e.Constant(0f), g))],
        [OpCode.Exp] = (e, _, _, r, g) => [e.Mul(g, r)],
        [OpCode.Log] = (e, _, x, _, g) => [e.Div(g, x[0])],
        [OpCode.Sqrt] = (e, _, _, r, g) => [e.Div(e.Mul(g, e.Constant(0.5f)), r)],
        [OpCode.Rsqrt] = (e, _, _, r, g) => [e.Mul(e.Mul(g, e.Constant(-0.5f)), e.Mul(r, e.Mul(r, r)))],
        [OpCode.Tanh] = (e, _, _, r, g) => [e.Mul(g, e.Sub(e.Constant(1f), e.Mul(r, r)))],
        [OpCode.Erf] = (e, _, x, _, g) => [e.Mul(g, e.Mul(e.Constant(TwoOverSqrtPi), e.Unary(OpCode.Exp, e.Neg(e.Mul(x[0], x[0])))))],
        [OpCode.Sin] = (e, _, x, _, g) => [e.Mul(g, e.Unary(OpCode.Cos, x[0]))],
        [OpCode.Cos] = (e, _, x, _, g) => [e.Neg(e.Mul(g, e.Unary(OpCode.Sin, x[0])))],
        [OpCode.Sigmoid] = (e, _, _, r, g) => [e.Mul(g, e.Mul(r, e.Sub(e.Constant(1f), r)))],
        [OpCode.Floor] = (_, _, _, _, _) => [null],
        [OpCode.Round] = (_, _, _, _, _) => [null],
        [OpCode.Convert] = (_, _, _, _, _) => [null],

        [OpCode.Add] = (_, _, _, _, g) => [g, g],
        [OpCode.Sub] = (e, _, _, _, g) => [g, e.Neg(g)],
        [OpCode.Mul] = (e, _, x, _, g) => [e.Mul(g, x[1]), e.Mul(g, x[0])],
        [OpCode.Div] = (e, _, x, r, g) => [e.Div(g, x[1]), e.Neg(e.Div(e.Mul(g, r), x[1]))],
        [OpCode.Max] = (e, _, x, _, g) => [e.Where(OpCode.Ge, x[0], x[1], g), e.Where(OpCode.Lt, x[0], x[1], g)],
        [OpCode.Min] = (e, _, x, _, g) => [e.Where(OpCode.Le, x[0], x[1], g), e.Where(OpCode.Gt, x[0], x[1], g)],
        [OpCode.Fma] = (e, _, x, _, g) => [e.Mul(g, x[1]), e.Mul(g, x[0]), g],
        [OpCode.Select] = (e, _, x, _, g) => [null, e.Where(x[0], g, e.Constant(0f)), e.Where(x[0], e.Constant(0f), g)],

        [OpCode.Splat] = (e, _, x, r, g) => [e.Narrow(g, r.Type, x[0].Type), .. x.Skip(1).Select(_ => (Value?)null)],
        [OpCode.Expand] = (e, op, _, r, g) => [e.Sum(e.Widen(g, r.Type), op.Attr<int>())],
        [OpCode.Transpose] = (e, _, _, r, g) => [e.Transpose(e.Widen(g, r.Type))],
        [OpCode.Reduce] = Reduce,
        [OpCode.Dot] = Dot,
    };

    // What the kernel language calls the ops that have none.
    private static readonly Dictionary<OpCode, string> Names = new()
    {
        [OpCode.Rem] = "%", [OpCode.Scan] = "a scan", [OpCode.RawLoad] = "a read of bytes", [OpCode.Load] = "a read",
    };

    /// <summary>The rule of an op.</summary>
    /// <exception cref="IrException">There is none.</exception>
    public static AdjointRule Of(Op op) => Rules.TryGetValue(op.Code, out AdjointRule? rule)
        ? rule
        : throw new IrException($"'{(Names.TryGetValue(op.Code, out string? name) ? name : op.Code.ToString())}' has no rule of differentiation", op.Location);

    // A maximum is the elements that reach it, in equal shares.
    private static Value?[] Reduce(AdjointBuilder e, Op op, Value[] x, Value r, Value g)
    {
        Reduction reduction = op.Attr<Reduction>();
        Value Across(Value reduced) => reduction.Axis < 0 ? reduced : e.Expand(e.Widen(reduced, r.Type), reduction.Axis);
        if (reduction.Kind == ReduceKind.Sum)
            return [Across(g)];
        Value reached = e.Widen(e.Where(OpCode.Eq, x[0], Across(r), e.Constant(1f)), x[0].Type);
        return [e.Mul(reached, Across(e.Div(g, e.Sum(reached, reduction.Axis))))];
    }

    private static Value?[] Dot(AdjointBuilder e, Op op, Value[] x, Value r, Value g)
    {
        Value full = e.Widen(g, r.Type);
        (Value a, Value b) = (x[0].Type.Rank, x[1].Type.Rank) switch
        {
            (2, 2) => (e.Dot(full, e.Transpose(x[1])), e.Dot(e.Transpose(x[0]), full)),
            (2, 1) => (e.Mul(e.Expand(full, 1), e.Expand(x[1], 0)), e.Dot(e.Transpose(x[0]), full)),
            _ => (e.Mul(g, x[1]), e.Mul(g, x[0])),
        };
        return x.Length > 2 ? [a, b, g] : [a, b];
    }
}
