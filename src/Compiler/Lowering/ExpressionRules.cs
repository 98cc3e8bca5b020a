using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.CodeScope;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The rules of expressions: types by the table of operations, scalars and vectors, and what they read.</summary>
internal sealed class ExpressionRules(CodeScope scope)
{
    /// <summary>Grid and buffer sizes are of arguments, extents and constants only.</summary>
    public void CheckLaunch(Program program)
    {
        scope.Require(program.Grid.Count == 3, $"the grid has {IrText.Int(program.Grid.Count)} axes, not 3");
        foreach (Expr extent in program.Grid.Concat(program.Buffers.Select(b => b.Size)))
        {
            Index(extent, "an extent of the launch");
            scope.Require(IsKnownAtLaunch(extent), $"{CodePrinter.Text(extent)} is not known at launch");
        }
    }

    public void Index(Expr expression, string what) => Scalar(expression, DType.I32, what);

    public void Scalar(Expr expression, DType type, string what)
    {
        Check(expression);
        scope.Require(expression.Type == type && !expression.IsVector, $"{what} is {Describe(expression)}, not {IrText.Word(type)}");
    }

    /// <summary>The view of an access whose indices fit it; a scalar access takes scalar indices.</summary>
    public Parameter Indexed(string name, Exprs indices, bool isVector)
    {
        Parameter view = scope.View(name);
        scope.Require(
            indices.Length == view.Rank, $"{name} has {IrText.Int(view.Rank)} axes and is given {IrText.Int(indices.Length)} indices");
        foreach (Expr index in indices.AsEnumerable())
        {
            Check(index);
            bool fits = index.Type == DType.I32 && (isVector || !index.IsVector);
            scope.Require(fits, $"an index of {name} is {Describe(index)}, not i32");
        }

        return view;
    }

    public void Count(Expr? count, bool isVector)
    {
        if (count is null)
            return;
        scope.Require(isVector, "a count limits a scalar access");
        Index(count, "a count");
    }

    public void Guard(Expr? guard, bool isVector)
    {
        if (guard is not null)
            Operand(guard, DType.Bool, isVector, "a mask");
    }

    public void Check(Expr expression)
    {
        scope.Require(!expression.IsVector || scope.Form == CodeForm.Vector, "a vector stands in the thread form");
        switch (expression)
        {
            case Literal:
                break;
            case Var variable:
                scope.Use(variable);
                break;
            case Argument argument:
                bool isScalar = scope.Find(argument.Name) is { } known && known.DType == argument.Type
                    && (known.Kind is ParameterKind.Scalar or ParameterKind.Specialized || known.IsTunable);
                scope.Require(isScalar, $"there is no {IrText.Word(argument.Type)} argument {argument.Name}");
                break;
            case ExtentOf extent:
                int rank = scope.View(extent.View).Rank;
                scope.Require(
                    extent.Axis >= 0 && extent.Axis < rank, $"{extent.View} has {IrText.Int(rank)} axes and no axis {IrText.Int(extent.Axis)}");
                break;
            case ProgramIndex program:
                scope.Require(program.Axis is >= 0 and < 3, $"the grid has no axis {IrText.Int(program.Axis)}");
                break;
            case BeginsRow:
                scope.Require(scope.Form == CodeForm.Vector, "the question whether a row begins stands in the thread form");
                break;
            case ThreadIndex:
                scope.Require(scope.Form == CodeForm.Thread, "the index of a work-item stands in the vector form");
                break;
            case GroupSize:
                scope.Require(scope.Form == CodeForm.Thread, "the size of a group stands in the vector form");
                break;
            case Apply apply:
                Op(apply);
                break;
            case Broadcast broadcast:
                Scalar(broadcast.Scalar, broadcast.Type, "the operand of a splat");
                break;
            case LaneIndex lanes:
                Index(lanes.First, "the first lane's index");
                break;
            case ReduceLanes reduce:
                Check(reduce.Vector);
                bool isNumbers = reduce.Vector is { IsVector: true, Type: not DType.Bool };
                scope.Require(isNumbers, $"a reduction of lanes takes lanes of numbers, not {Describe(reduce.Vector)}");
                break;
            case PrefixLanes prefix:
                Check(prefix.Vector);
                bool isInteger = prefix.Vector is { IsVector: true, Type: DType.I32 or DType.U32 };
                scope.Require(isInteger, $"sums of the lanes up to each take lanes of integers, not {Describe(prefix.Vector)}");
                break;
            case LoadLocal load:
                Load(load);
                break;
            case LoadView load:
                Load(load);
                break;
            case MultiplyAddPairs pairs:
                Check(pairs.Accumulator);
                scope.Require(pairs.Accumulator is { Type: DType.I32, IsVector: true }, $"an accumulator of pairs is {Describe(pairs.Accumulator)}");
                Pair(pairs.A);
                Pair(pairs.B);
                break;
            case Spread spread:
                int scalars = spread.Scalars.Length;
                scope.Require(scalars is > 0 and <= Lanes.Count && (scalars & (scalars - 1)) == 0, $"{IrText.Int(scalars)} scalars do not fill lanes evenly");
                foreach (Expr scalar in spread.Scalars.AsEnumerable())
                    Scalar(scalar, spread.Type, "a scalar of lanes");
                break;
            case DotBytes dot:
                Dot(dot);
                break;
            case PackedCodes packed:
                Codes(packed.View, packed.Start);
                break;
            case DotFour dot:
                OfThread(DType.I32, "a dot of four", dot.Codes, dot.Other, dot.Accumulator);
                break;
            case PermuteBytes permute:
                OfThread(DType.I32, "a permutation of bytes", permute.Low, permute.High, permute.Selector);
                break;
            case PackPair pack:
                OfThread(DType.F32, "a pair of halves", pack.Low, pack.High);
                scope.Require(pack.Raw is RawType.F16 or RawType.BF16, $"a pair of {IrText.Word(pack.Raw)} is no word of halves");
                break;
            case IsAligned aligned:
                OfThread(DType.I32, "an alignment");
                scope.Require(scope.View(aligned.View).Element.Bytes > 0, $"{aligned.View} holds quantized data");
                scope.Require(aligned.Bytes is 2 or 4 or 8 or 16, $"no vector has {IrText.Int(aligned.Bytes)} bytes");
                break;
            default:
                throw new IrException($"no expression of this form: {expression}", scope.Location);
        }
    }

    private void OfThread(DType type, string what, params Expr[] operands)
    {
        scope.Require(scope.Form == CodeForm.Thread, $"{what} stands in the vector form");
        foreach (Expr operand in operands)
            Scalar(operand, type, $"an operand of {what}");
    }

    private void Dot(DotBytes dot)
    {
        Codes(dot.View, dot.Start);
        scope.Require(dot.Codes.Length > 0 && dot.Greatest is >= 0 and <= byte.MaxValue, $"{IrText.Int(dot.Codes.Length)} steps of bytes up to {IrText.Int(dot.Greatest)}");
        scope.Use(dot.Other);
        scope.Require(dot.Other.Type == DType.I32, $"{dot.Other.Name} holds codes as {IrText.Word(dot.Other.Type)}, not as i32");
        Index(dot.Index, $"an index of {dot.Other.Name}");
        if (dot.Accumulator is not { } accumulator)
            return;
        Check(accumulator);
        scope.Require(accumulator is { Type: DType.I32, IsVector: true }, $"an accumulator of bytes is {Describe(accumulator)}");
    }

    private void Codes(string name, Exprs start)
    {
        Parameter view = Indexed(name, start, isVector: false);
        scope.Require(view.Element.Kind == ElementKind.Quantized, $"{view.Name} holds {view.Element.Name}, which has no bytes to take apart");
    }

    private static bool IsKnownAtLaunch(Expr expression) => expression switch
    {
        Literal or Argument or ExtentOf => true,
        Apply apply => apply.Operands.AsEnumerable().All(IsKnownAtLaunch),
        _ => false,
    };

    private void Op(Apply apply)
    {
        OpInfo info = OpTable.Of(apply.Code);
        scope.Require(
            info.IsElementwise && apply.Operands.Length == info.Arity, $"{apply.Code} of {IrText.Int(apply.Operands.Length)} operands is no expression");
        Expr[] operands = [.. apply.Operands.AsEnumerable()];
        bool isShift = apply.Code is OpCode.Shl or OpCode.Shr;
        for (int i = 0; i < operands.Length; i++)
        {
            Check(operands[i]);
            bool fits = operands[i].IsVector == apply.IsVector || (isShift && i == 1 && apply.IsVector);
            scope.Require(fits, $"{apply.Code} {(apply.IsVector ? "of lanes" : "of scalars")} takes {Describe(operands[i])}");
        }

        Value[] values = [.. operands.Select(o => new Value(ValueType.Scalar(o.Type)))];
        DType type = TypeRules.Infer(apply.Code, apply.Attribute, values, scope.Location).DType;
        scope.Require(type == apply.Type, $"{apply.Code} gives {IrText.Word(type)}, not {IrText.Word(apply.Type)}");
    }

    private void Load(LoadLocal load)
    {
        scope.Use(load.Buffer);
        Check(load.Index);
        bool fits = load.Index.Type == DType.I32 && (load.IsVector || !load.Index.IsVector);
        scope.Require(fits, $"an index of {load.Buffer.Name} is {Describe(load.Index)}, not i32");
        Count(load.Count, load.IsVector);
    }

    private void Load(LoadView load)
    {
        Parameter view = Indexed(load.View, load.Indices, load.IsVector);
        int bytes = view.Element.Bytes;
        bool lies = load.ByteOffset ? bytes == 0 : bytes == StoredElement.Bytes(load.Raw);
        scope.Require(lies, $"{view.Name} holds {view.Element.Name} and is read as {IrText.Word(load.Raw)}{(load.ByteOffset ? " at a byte offset" : "")}");
        bool isReal = load.Raw is RawType.F32 or RawType.F16 or RawType.BF16;
        bool fits = load.Type == DType.F32 || (!isReal && load.Type is DType.I32 or DType.I8);
        scope.Require(fits, $"reading {IrText.Word(load.Raw)} does not give {IrText.Word(load.Type)}");
        Count(load.Count, load.IsVector);
        Guard(load.Guard, load.IsVector);
        scope.Require(load.Guard is null == load.Other is null, "a mask and the value where it is false stand together");
        if (load.Other is { } other)
            Operand(other, load.Type, load.IsVector, "the value where the mask is false");
    }

    private void Pair(LoadView load)
    {
        Check(load);
        bool fits = load is { Raw: RawType.I8, IsVector: false, Guard: null };
        scope.Require(fits, "pairs are of consecutive signed bytes, given by the first");
    }

    // A scalar operand of a vector access counts for every lane.
    private void Operand(Expr operand, DType type, bool isVector, string what)
    {
        Check(operand);
        bool fits = operand.Type == type && (isVector || !operand.IsVector);
        scope.Require(fits, $"{what} is {Describe(operand)}, not {IrText.Word(type)}");
    }
}
