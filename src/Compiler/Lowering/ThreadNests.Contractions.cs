using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Products of floats, an element of the result an item.</content>
internal sealed partial class ThreadNests
{
    private void Contract(ContractRoot root, List<Stmt> into)
    {
        if (root.Bytes is { } plan)
        {
            Bytes(root, plan, into);
            return;
        }

        if (Halves(root) is var (element, left, right))
        {
            HalfMatrices(root, element, left, right, into);
            return;
        }

        if (RoundedTiles(root) is { } rounded)
        {
            if (root.Target!.Registers is { } registers)
                FragmentProducts(root, rounded, registers, into);
            else
                TileMatrices(root, rounded, into);
            return;
        }

        Expr Product(ElementEmitter emitter, AxisIndex m, AxisIndex n, AxisIndex k, Func<Expr, Expr, Expr> combine)
        {
            Expr a = Compute(emitter.Emit(root.A, root.A.Type.Rank == 1 ? [k] : [m, k]).Scalar(), root.Type);
            Expr b = Compute(emitter.Emit(root.B, root.B.Type.Rank == 1 ? [k] : [k, n]).Scalar(), root.Type);
            return combine(a, b);
        }

        Expr Times(Expr a, Expr b) => Op(OpCode.Mul, root.Type, a, b);
        if (root.Result is { } scalar)
        {
            Expr Terms(ElementEmitter emitter, AxisIndex[] at) => Product(emitter, AxisIndex.Zero, AxisIndex.Zero, at[0], Times);
            if (root.Accumulator is null)
            {
                Total(into, ReduceKind.Sum, scalar, [root.K], Terms);
                return;
            }

            Var sum = state.NewVar("sum", root.Type);
            Total(into, ReduceKind.Sum, sum, [root.K], Terms);
            Append(into, new Let(scalar, Op(OpCode.Add, root.Type, state.Scalars[root.Accumulator], sum)));
            return;
        }

        if (root.Target!.Rank == 1 && !IsShort(root.A.Type.Shape[1]))
        {
            EachRow(into, ReduceKind.Sum, root.Target, root.M, root.K, (emitter, row, k, partial) => HasWarps && root.Type == DType.F32
                    ? Product(emitter, row, AxisIndex.Zero, k, (a, b) => Op(OpCode.Fma, DType.F32, a, b, partial))
                    : Op(OpCode.Add, root.Type, partial, emitter.Bind(Product(emitter, row, AxisIndex.Zero, k, Times), null, emitter.Depth)),
                (emitter, row, total) => WithAccumulator(root, emitter, [row], total), RunsOfWarp);
            return;
        }

        if (HasWarps && root.Target.Rank == 2)
        {
            Patches(root, into);
            return;
        }

        Distributed(into, root.Target.Rank == 1 ? [root.M] : [root.M, root.N], (emitter, at) =>
        {
            Var sum = Mutable(emitter.Innermost, "sum", new Literal(Number.OfBits(root.Type, 0)));
            Over(emitter, Zero, root.K, Int(1), k =>
            {
                Expr next = Product(emitter, at[0], at[at.Length - 1], k, (a, b) => root.Type == DType.F32
                    ? Op(OpCode.Fma, DType.F32, a, b, sum)
                    : Op(OpCode.Add, root.Type, sum, Times(a, b)));
                emitter.Innermost.Add(new Assign(sum, next) { Location = root.Location });
            });
            StoreTile(root.Target, at, WithAccumulator(root, emitter, at, sum), emitter);
        });
    }

    private static Expr WithAccumulator(ContractRoot root, ElementEmitter emitter, AxisIndex[] at, Expr sum) => root.Accumulator is { } accumulator
        ? Op(OpCode.Add, root.Type, emitter.Emit(accumulator, at).Scalar(), sum)
        : sum;

    private static Expr Compute(Expr value, DType type) => value.Type == type ? value : new Apply(OpCode.Convert, type, false, new[] { value }, type);
}
