using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.CodeScope;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The rules of statements: scopes, assignments, conditions and stores.</summary>
internal sealed class StatementRules(CodeScope scope, ExpressionRules expressions)
{
    public void Check(IEnumerable<Stmt> body)
    {
        var declared = new List<Var>();
        Check(body, declared);
        scope.Forget(declared);
    }

    private void Check(IEnumerable<Stmt> body, List<Var> declared)
    {
        foreach (Stmt statement in body)
        {
            if (statement.Location.Line > 0)
                scope.Location = statement.Location;
            Check(statement, declared);
        }
    }

    private void Check(Stmt statement, List<Var> declared)
    {
        switch (statement)
        {
            case Let let:
                Given(let.Var, let.Value);
                Declare(let.Var, let.Mutable, declared);
                break;
            case Assign assign:
                scope.Use(assign.Var);
                scope.RequireMutable(assign.Var);
                Given(assign.Var, assign.Value);
                break;
            case Shuffle shuffle:
                Given(shuffle.Var, shuffle.Value);
                scope.Require(scope.Form == CodeForm.Thread && scope.HasWholeWarps, "a shuffle stands where there are no whole warps");
                scope.Require(shuffle.Mask is > 0 and < Warp.Size && shuffle.Var.Type != DType.Bool, "a shuffle is of numbers within a warp");
                Declare(shuffle.Var, false, declared);
                break;
            case For loop:
                Loop(loop);
                break;
            case While loop:
                // The condition and the body see the variables of the head.
                var head = new List<Var>();
                Check(loop.Head, head);
                expressions.Scalar(loop.Condition, DType.Bool, "a condition");
                Check(loop.Body);
                scope.Forget(head);
                break;
            case If branch:
                expressions.Scalar(branch.Condition, DType.Bool, "a condition");
                Check(branch.Then);
                Check(branch.Else);
                break;
            case StoreView store:
                Store(store);
                break;
            case StoreLocal store:
                Store(store);
                break;
            case Contract product:
                Matrices(product.A, product.B, product.Target);
                Extents(product.M, product.N, product.K);
                break;
            case TransposeMatrix { Source: BufferMatrix { Buffer.Type: DType.I32 } codes } transpose:
                Matrices(DType.I32, codes, transpose.Target);
                Extents(transpose.Rows, transpose.Columns);
                break;
            case TransposeMatrix transpose:
                Matrices(transpose.Source, transpose.Target);
                Extents(transpose.Rows, transpose.Columns);
                break;
            case QuantizeRows quantize:
                Quantize(quantize);
                break;
            case ContractBytes product:
                Contract(product);
                break;
            case Prefetch ahead:
                scope.Require(scope.Form == CodeForm.Vector && ahead.Bytes > 0 && ahead.Further >= 0, "a prefetch of nothing, or in the thread form");
                expressions.Indexed(ahead.View, ahead.Indices, isVector: false);
                break;
            case CombineRows combine:
                Floats(combine.Source, combine.Target);
                Extents(combine.Rows);
                break;
            case RoundRow round:
                Floats(round.Source, round.Target);
                Extents(round.First, round.Length, round.Group);
                break;
            case LoadMatrices load:
                OfWarp("matrices");
                scope.Use(load.Buffer);
                scope.Require(load.Buffer.Type == DType.I32 && load.Vars.Length is 2 or 4, $"{IrText.Int(load.Vars.Length)} matrices of {load.Buffer.Name}");
                expressions.Index(load.Row, "the beginning of a row");
                foreach (Var variable in load.Vars)
                {
                    scope.Require(variable is { Type: DType.I32, IsVector: false }, $"a word of a matrix is {Describe(variable)}");
                    Declare(variable, false, declared);
                }

                break;
            case MultiplyMatrices product:
                Multiply(product);
                break;
            case CopyAsync copy:
                scope.Require(scope.Form == CodeForm.Thread, "a copy stands in the vector form");
                scope.Use(copy.Target);
                Parameter from = expressions.Indexed(copy.View, copy.Indices, isVector: false);
                scope.Require(copy.Target.Type == DType.I32 && from.Element.Bytes == 2, $"{from.Element.Name} is copied to {IrText.Word(copy.Target.Type)}");
                Extents(copy.Index, copy.Count);
                break;
            case MultiplyWarpgroup product:
                Multiply(product);
                break;
            case OrderSums or CommitProducts:
                OfWarp("products of warpgroups");
                break;
            case WaitProducts wait:
                OfWarp("products of warpgroups");
                scope.Require(wait.Remaining >= 0, $"a wait for all but {IrText.Int(wait.Remaining)} products");
                break;
            case PublishLocal:
                scope.Require(scope.Form == CodeForm.Thread, "what a work-item writes is published in the vector form");
                break;
            case CommitCopies:
                scope.Require(scope.Form == CodeForm.Thread, "copies stand in the vector form");
                break;
            case WaitCopies wait:
                scope.Require(scope.Form == CodeForm.Thread && wait.Remaining >= 0, $"a wait for all but {IrText.Int(wait.Remaining)} copies");
                break;
            case Barrier:
                scope.Require(scope.Form == CodeForm.Thread, "a barrier stands in the vector form");
                break;
            default:
                throw new IrException($"no statement of this form: {statement}", scope.Location);
        }
    }

    private void OfWarp(string what) =>
        scope.Require(scope.Form == CodeForm.Thread && scope.HasWholeWarps, $"{what} stand where there are no whole warps");

    private void Multiply(MultiplyMatrices product)
    {
        OfWarp("products of matrices");
        DType type = product.Element == MatrixElement.Bytes ? DType.I32 : DType.F32;
        int words = product.B.Length;
        scope.Require(
            product.Sums.Length == 4 && words is 1 or 2 && product.A.Length == 2 * words,
            $"a product of {IrText.Int(product.A.Length)} by {IrText.Int(words)} words into {IrText.Int(product.Sums.Length)}");
        foreach (Expr word in product.A.AsEnumerable().Concat(product.B.AsEnumerable()))
            expressions.Index(word, "a word of a matrix");
        foreach (Var sum in product.Sums)
        {
            scope.Use(sum);
            scope.RequireMutable(sum);
            scope.Require(sum.Type == type, $"a sum of {product.Element} is {Describe(sum)}");
        }
    }

    private void Multiply(MultiplyWarpgroup product)
    {
        OfWarp("products of warpgroups");
        scope.Use(product.Buffer);
        scope.Require(
            product.Buffer.Type == DType.I32 && product.Element != MatrixElement.Bytes && WarpgroupShape.Takes(2 * product.Sums.Length),
            $"a product of {product.Element} from {product.Buffer.Name} with {IrText.Int(product.Sums.Length)} sums");
        expressions.Index(product.A, "the beginning of a matrix");
        expressions.Index(product.B, "the beginning of a matrix");
        foreach (Var sum in product.Sums)
        {
            scope.Use(sum);
            scope.RequireMutable(sum);
            scope.Require(sum.Type == DType.F32, $"a sum of {product.Element} is {Describe(sum)}");
        }
    }

    private void Declare(Var variable, bool mutable, List<Var> declared)
    {
        scope.Require(!variable.IsVector || scope.Form == CodeForm.Vector, $"the vector {variable.Name} stands in the thread form");
        scope.Declare(variable, mutable);
        declared.Add(variable);
    }

    private void Given(Var variable, Expr value)
    {
        expressions.Check(value);
        scope.Require(
            variable.Type == value.Type && variable.IsVector == value.IsVector,
            $"{variable.Name} is {Describe(variable)} and is given {Describe(value)}");
    }

    private void Loop(For loop)
    {
        expressions.Index(loop.From, "a loop's start");
        expressions.Index(loop.To, "a loop's end");
        expressions.Index(loop.Step, "a loop's step");
        scope.Require(loop.Index is { Type: DType.I32, IsVector: false }, $"the loop counter {loop.Index.Name} is {Describe(loop.Index)}");
        var declared = new List<Var>();
        Declare(loop.Index, false, declared);
        Check(loop.Body, declared);
        scope.Forget(declared);
    }

    private void Matrices(params Matrix[] matrices)
    {
        scope.Require(scope.Form == CodeForm.Vector, "a statement over matrices stands in the thread form");
        foreach (Matrix matrix in matrices)
        {
            if (matrix is BufferMatrix held)
            {
                scope.Use(held.Buffer);
                scope.Require(held.Buffer.Type == DType.F32, $"{held.Buffer.Name} is a matrix of {IrText.Word(held.Buffer.Type)}, not of f32");
                Places(held);
                continue;
            }

            var part = (ViewMatrix)matrix;
            Parameter view = expressions.Indexed(part.View, part.Start, isVector: false);
            scope.Require(view.Element.Kind == ElementKind.F32, $"{view.Name} is a matrix of {view.Element.Name}, not of float");
            scope.Require(part.RowAxis >= 0 && part.RowAxis < view.Rank - 1, $"rows of {view.Name} run along axis {IrText.Int(part.RowAxis)}");
        }
    }

    private void Quantize(QuantizeRows quantize)
    {
        Matrices(quantize.Source, quantize.Scales);
        Matrices(DType.I32, quantize.Codes);
        Extents(quantize.Rows, quantize.Length);
        bool fits = quantize.Run > 0 && quantize.Run % QuantizedRow.Packed == 0 && quantize.Group > 0 && quantize.Group % quantize.Run == 0;
        scope.Require(fits, $"groups of {IrText.Int(quantize.Group)} do not divide into runs of {IrText.Int(quantize.Run)}, a multiple of four");
        if (quantize.Sums is not { } sums)
            return;
        scope.Use(sums);
        scope.Require(sums.Type is DType.I32 or DType.F32, $"{sums.Name} holds sums as {IrText.Word(sums.Type)}");
    }

    private void Contract(ContractBytes product)
    {
        Matrices(DType.F32, product.ScalesA, product.ScalesB, product.Target);
        Matrices(DType.I32, product.A, product.B);
        Extents(product.M, product.N, product.Runs);
        scope.Require(product.Run > 0 && product.Run % QuantizedRow.Packed == 0, $"runs of {IrText.Int(product.Run)} codes are no multiple of four");
        scope.Require(product.Greatest is > 0 and < 256, $"{IrText.Int(product.Greatest)} is no byte");
        if (product.Sums is not { } sums)
            return;
        scope.Use(sums);
        scope.Require(sums.Type == DType.I32, $"{sums.Name} holds sums as {IrText.Word(sums.Type)}, not as i32");
    }

    private void Matrices(DType type, params BufferMatrix[] matrices)
    {
        scope.Require(scope.Form == CodeForm.Vector, "a statement over matrices stands in the thread form");
        foreach (BufferMatrix matrix in matrices)
        {
            scope.Use(matrix.Buffer);
            scope.Require(matrix.Buffer.Type == type, $"{matrix.Buffer.Name} is a matrix of {IrText.Word(matrix.Buffer.Type)}, not of {IrText.Word(type)}");
            Places(matrix);
        }
    }

    private void Places(BufferMatrix matrix)
    {
        expressions.Index(matrix.RowStride, "the distance between rows");
        if (matrix.First is { } first)
            expressions.Index(first, "the beginning of a matrix");
    }

    private void Floats(params LocalBuffer[] buffers)
    {
        scope.Require(scope.Form == CodeForm.Vector, "a statement over rows stands in the thread form");
        foreach (LocalBuffer buffer in buffers)
        {
            scope.Use(buffer);
            scope.Require(buffer.Type == DType.F32, $"{buffer.Name} is a row of {IrText.Word(buffer.Type)}, not of f32");
        }
    }

    private void Extents(params Expr[] extents)
    {
        foreach (Expr extent in extents)
            expressions.Index(extent, "an extent");
    }

    private void Store(StoreView store)
    {
        Parameter view = expressions.Indexed(store.View, store.Indices, store.Value.IsVector);
        scope.Require(store.Element == view.Element, $"{view.Name} holds {view.Element.Name} and is stored as {store.Element.Name}");
        expressions.Check(store.Value);
        bool fits = view.Element.Kind switch
        {
            ElementKind.F32 or ElementKind.F16 or ElementKind.BF16 => store.Value.Type == DType.F32,
            ElementKind.I32 or ElementKind.I8 or ElementKind.U8 => store.Value.Type is DType.I32 or DType.I8,
            _ => false,
        };
        scope.Require(fits, $"{Describe(store.Value)} cannot be stored as {view.Element.Name} in {view.Name}");
        expressions.Count(store.Count, store.Value.IsVector);
        expressions.Guard(store.Guard, store.Value.IsVector);
        if (store.Next is not { } next)
            return;
        scope.RequireMutable(next);
        scope.Require(
            scope.Form == CodeForm.Vector && store.Indices.Length == 1 && Equals(store.Indices[0], next) && store.Value.IsVector && store.Guard is { IsVector: true },
            "lanes are stored one after another from a variable, under a mask, in the vector form");
    }

    private void Store(StoreLocal store)
    {
        scope.Use(store.Buffer);
        expressions.Index(store.Index, $"an index of {store.Buffer.Name}");
        expressions.Check(store.Value);
        scope.Require(store.Value.Type == store.Buffer.Type, $"{Describe(store.Value)} is stored in {store.Buffer.Name} of {IrText.Word(store.Buffer.Type)}");
    }
}
