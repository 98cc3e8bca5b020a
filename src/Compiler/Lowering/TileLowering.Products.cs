using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Products: as nests, as matrices, or in integers.</content>
internal sealed partial class TileLowering
{
    private void FakeQuantize(Op op)
    {
        Value source = op.Operands[0], result = op.Result;
        Keep(source);
        Flush();
        TileBuffer target = NewTile(result);
        Extent[] shape = source.Type.Shape;
        _nests.FakeQuantize(
            _state.Buffers[source], target, shape.Length == 2 ? ExtentExpr(shape[0]) : Int(1), ExtentExpr(shape[shape.Length - 1]), _state.Scalars[op.Operands[1]], _out);
        _state.Buffers[result] = target;
    }

    // How a product runs in integers, where it does: weights by a row of activations or rows of them by weights.
    private IntegerDot? PlanOf(Op user)
    {
        if (user.Code != OpCode.Dot)
            return null;
        Value a = user.Operands[0], b = user.Operands[1];
        IntegerDot? plan = b.Type.Rank == 1 ? IntegerDot.Of(_state, a, b)
            : b.Definition is { Code: OpCode.Transpose } transpose && !_state.Buffers.ContainsKey(b) ? IntegerDot.Of(_state, transpose.Operands[0], a)
            : null;
        return plan is not null && _nests.Takes(plan, user) ? plan : null;
    }

    private QuantizedRow Quantized(IntegerDot plan, Value rounded, Turns? turns = null)
    {
        Extent[] shape = rounded.Type.Shape;
        Matrix source = InMemory(rounded.Definition!.Operands[0]);
        (Expr, Expr) Size(Extent extent) => (_state.Bound(extent), ExtentExpr(extent));
        return QuantizedRow.Emit(_state, source, shape.Length == 1 ? (Int(1), Int(1)) : Size(shape[0]), Size(shape[shape.Length - 1]), turns,
            IntegerDot.Group(rounded)!.Value, plan.Run, plan.Bias, plan.HasOffset, _out);
    }

    private void Contract(Op op)
    {
        Flush();
        Value a = op.Operands[0], b = op.Operands[1], result = op.Result;

        if (_nests.MultipliesMatrices && result.Type is { DType: DType.F32, Rank: 2 })
        {
            Multiply(op);
            return;
        }

        // Sixteen rows are read at a time, which only storage of tiles is padded for.
        IntegerDot? plan = PlanOf(op);
        bool isStatement = plan is not null && _nests.MultipliesMatrices;
        if (isStatement && op.Operands.Length > 2)
            Keep(op.Operands[2]);
        (IntegerDot, QuantizedRow)? integers = isStatement ? (plan!, Quantized(plan!, b)) : null;
        Flush();

        Value? accumulator = op.Operands.Length > 2 ? op.Operands[2] : null;
        Expr k = ExtentExpr(a.Type.Shape[a.Type.Rank - 1]);
        Expr m = a.Type.Rank == 2 ? ExtentExpr(a.Type.Shape[0]) : Int(1);
        Expr n = b.Type.Rank == 2 ? ExtentExpr(b.Type.Shape[1]) : Int(1);
        bool columns = b.Type.Rank == 2 && b.Definition is not { Code: OpCode.Transpose };
        TileBuffer? target = null;
        Var? variable = null;
        if (result.Type.IsScalar)
            variable = _state.NewVar(result.Name, result.Type.DType);
        else
            target = _inPlace.TryGetValue(result, out TileBuffer? carried) ? carried : NewTile(result);
        var root = new ContractRoot(a, b, accumulator, target, variable, result.Type.DType, m, n, k, columns, op.Location) { Integers = integers, Bytes = isStatement ? null : plan };
        _nests.Emit(new Nest(result.Type.Shape, []) { Roots = { root } }, _out);
        if (variable is not null)
            _state.Scalars[result] = variable;
        else
            _state.Buffers[result] = target!;
    }

    // Both operands as matrices in memory, and the product as a statement.
    private void Multiply(Op op)
    {
        Value a = op.Operands[0], b = op.Operands[1], result = op.Result;
        if (PlanOf(op) is { } plan)
        {
            MultiplyBytes(op, plan);
            return;
        }

        bool transposed = b.Definition is { Code: OpCode.Transpose } && !_state.Buffers.ContainsKey(b);
        Expr m = ExtentExpr(result.Type.Shape[0]), n = ExtentExpr(result.Type.Shape[1]), k = ExtentExpr(a.Type.Shape[1]);
        Matrix left = Left(a, m, k, op.Location), right = InMemory(transposed ? b.Definition!.Operands[0] : b);
        TileBuffer target = _inPlace.TryGetValue(result, out TileBuffer? carried) ? carried : NewTile(result);
        if (op.Operands.Length > 2 && !(_state.Buffers.TryGetValue(op.Operands[2], out TileBuffer? held) && held == target))
            Materialize(op.Operands[2], target, false);
        Flush();
        bool byColumns = !transposed;

        // Scores of attention, which start from nothing, add up in one order for one query as for many: a token's do not depend on what came with it. For one
        // query, keys are read once, and turning them would cost more than the product.
        if (transposed && op.Operands.Length > 2 && HasManyRows(result))
        {
            TileBuffer across = NewTile(b);
            _out.Add(new TransposeMatrix(right, Matrices.Of(across), n, k) { Location = op.Location });
            (right, byColumns) = (Matrices.Of(across), true);
        }

        _out.Add(new Contract(left, right, Matrices.Of(target), m, n, k, byColumns, op.Operands.Length > 2, Streams(op, right)) { Location = op.Location });
        _state.Buffers[result] = target;
    }

    // A transposed left operand, as in the gradient of weights, is turned block by block in registers, not element by element.
    private Matrix Left(Value a, Expr rows, Expr columns, SourceLocation location)
    {
        if (a.Definition is not { Code: OpCode.Transpose } transpose || _state.Buffers.ContainsKey(a))
            return InMemory(a);
        Matrix source = InMemory(transpose.Operands[0]);
        Flush();
        TileBuffer across = NewTile(a);
        _out.Add(new TransposeMatrix(source, Matrices.Of(across), columns, rows) { Location = location });
        return Matrices.Of(across);
    }

    // A few rows by blocks of a view: bound by reading the view, which goes on after the block.
    private bool Streams(Op op, Matrix right)
    {
        Value b = op.Operands[1];
        Extent rows = (b.Definition is { Code: OpCode.Transpose } transpose ? transpose.Operands[0] : b).Type.Shape[0];
        return !HasManyRows(op.Result) && right is ViewMatrix && _state.Bound(rows) is Literal;
    }

    private bool HasManyRows(Value tile) => LaunchExpressions.IsAtLeast(_state.Bound(tile.Type.Shape[0]), RowsToTranspose, _state.Kernel);

    // Rounded rows by quantized weights: both as bytes, and the product as a statement; with offsets, a second one of the runs' sums.
    private void MultiplyBytes(Op op, IntegerDot plan)
    {
        Value a = op.Operands[0], result = op.Result;
        (Expr Bound, Expr Count) Size(Extent extent) => (_state.Bound(extent), ExtentExpr(extent));
        QuantizedRow rows = Quantized(plan, a, _turns);
        TileBuffer target = _inPlace.TryGetValue(result, out TileBuffer? carried) ? carried : NewTile(result);
        if (op.Operands.Length > 2 && !(_state.Buffers.TryGetValue(op.Operands[2], out TileBuffer? held) && held == target))
            Materialize(op.Operands[2], target, false);
        Flush();
        (Expr Bound, Expr Count) depth = Size(a.Type.Shape[1]);
        Expr m = ExtentExpr(result.Type.Shape[0]), n = ExtentExpr(result.Type.Shape[1]), runs = Div(depth.Count, Int(plan.Run));
        var weights = new ByteMatrixNest(_state, plan, Size(result.Type.Shape[1]), depth, _out);
        _out.Add(new ContractBytes(
            rows.Codes, rows.Scales, plan.HasOffset ? null : rows.Sums, weights.Codes, weights.Scales, Matrices.Of(target), m, n, runs, plan.Run, plan.Greatest, op.Operands.Length > 2)
        {
            Location = op.Location,
        });
        if (weights.Offsets is { } offsets)
            _out.Add(new Contract(rows.Scales with { Buffer = rows.Sums! }, offsets, Matrices.Of(target), m, n, runs, true, true) { Location = op.Location });
        _state.Buffers[result] = target;
    }

    private Matrix InMemory(Value tile)
    {
        if (_matrices.Of(tile) is { } matrix)
            return matrix;
        Keep(tile);
        Flush();
        return Matrices.Of(_state.Buffers[tile]);
    }
}
