using KernelFoundry.Compiler.Ir;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Tests.Ir;

public class BuilderTests
{
    private readonly Block _body = new();
    private readonly Builder _b;

    public BuilderTests() => _b = new Builder(_body);

    [Fact]
    public void Constants_fold()
    {
        Value seven = _b.Emit(OpCode.Add, null, _b.Constant(3), _b.Constant(4));
        Assert.Equal(Number.Of(7), seven.Definition!.Attr<Number>());
        Value root = _b.Emit(OpCode.Sqrt, null, _b.Emit(OpCode.Convert, DType.F32, _b.Constant(9)));
        Assert.Equal(Number.Of(3f), root.Definition!.Attr<Number>());
        Value choice = _b.Emit(OpCode.Select, null, _b.Emit(OpCode.Lt, null, _b.Constant(1), _b.Constant(2)), seven, _b.Param("n", DType.I32));
        Assert.Same(seven, choice);
    }

    [Fact]
    public void Division_by_a_zero_constant_does_not_fold()
    {
        Value quotient = _b.Emit(OpCode.Div, null, _b.Constant(1), _b.Constant(0));
        Assert.Equal(OpCode.Div, quotient.Definition!.Code);
        Assert.Equal(Number.Of(float.PositiveInfinity), _b.Emit(OpCode.Div, null, _b.Constant(1f), _b.Constant(0f)).Definition!.Attr<Number>());
    }

    [Fact]
    public void Integer_identities_fold()
    {
        Value n = _b.Param("n", DType.I32), zero = _b.Constant(0), one = _b.Constant(1);
        Assert.Same(n, _b.Emit(OpCode.Add, null, n, zero));
        Assert.Same(n, _b.Emit(OpCode.Add, null, zero, n));
        Assert.Same(n, _b.Emit(OpCode.Mul, null, n, one));
        Assert.Same(n, _b.Emit(OpCode.Div, null, n, one));
        Assert.Same(n, _b.Emit(OpCode.Shl, null, n, zero));
        Assert.Same(zero, _b.Emit(OpCode.Mul, null, n, zero));
        Assert.Same(zero, _b.Emit(OpCode.Sub, null, n, n));
        Assert.Same(zero, _b.Emit(OpCode.Rem, null, n, one));
        Assert.Same(n, _b.Emit(OpCode.Min, null, n, n));
        Value extent = _b.Extent("x", 0);
        Assert.Same(extent, _b.Emit(OpCode.Max, null, extent, zero));
        Assert.NotSame(n, _b.Emit(OpCode.Max, null, n, zero));
        Assert.NotSame(n, _b.Emit(OpCode.Sub, null, zero, n));
    }

    // x + 0 turns -0 into 0, x * 0 hides NaN, x - x hides infinity: only what changes nothing folds.
    [Fact]
    public void Float_identities_that_change_a_result_do_not_fold()
    {
        Value x = _b.Param("x", DType.F32), zero = _b.Constant(0f), one = _b.Constant(1f);
        Assert.Same(x, _b.Emit(OpCode.Mul, null, x, one));
        Assert.Same(x, _b.Emit(OpCode.Mul, null, one, x));
        Assert.Same(x, _b.Emit(OpCode.Div, null, x, one));
        Assert.Equal(OpCode.Add, _b.Emit(OpCode.Add, null, x, zero).Definition!.Code);
        Assert.Equal(OpCode.Mul, _b.Emit(OpCode.Mul, null, x, zero).Definition!.Code);
        Assert.Equal(OpCode.Sub, _b.Emit(OpCode.Sub, null, x, x).Definition!.Code);
        Assert.Equal(OpCode.Min, _b.Emit(OpCode.Min, null, x, _b.Param("y", DType.F32)).Definition!.Code);
    }

    [Fact]
    public void A_fold_keeps_the_broadcast_shape()
    {
        Value tile = _b.Range(0, _b.Constant(4)), n = _b.Param("n", DType.I32);
        Assert.Same(tile, _b.Emit(OpCode.Add, null, tile, _b.Constant(0)));
        Value product = _b.Emit(OpCode.Mul, null, tile, _b.Constant(0));
        Assert.Equal("i32[4]", product.Type.ToString());
        Assert.Equal("i32[4]", _b.Emit(OpCode.Sub, null, tile, tile).Type.ToString());
        Value column = _b.Emit(OpCode.Expand, 1, tile), one = _b.Emit(OpCode.Splat, null, _b.Constant(1), _b.Constant(1), _b.Constant(3));
        Assert.Equal("i32[4, 3]", _b.Emit(OpCode.Mul, null, column, one).Type.ToString());
        Value choice = _b.Emit(OpCode.Select, null, _b.Constant(Number.Of(true)), n, tile);
        Assert.Equal((OpCode.Select, "i32[4]"), (choice.Definition!.Code, choice.Type.ToString()));
    }

    [Fact]
    public void Equal_ops_are_one_value()
    {
        Value x = _b.Param("x", DType.F32);
        Assert.Same(x, _b.Param("x", DType.F32));
        Assert.Same(_b.Emit(OpCode.Exp, null, x), _b.Emit(OpCode.Exp, null, x));
        Assert.NotSame(_b.Emit(OpCode.Exp, null, x), _b.Emit(OpCode.Log, null, x));
        Value tile = _b.Range(0, _b.Constant(4));
        Assert.NotSame(_b.Reduce(ReduceKind.Max, tile), _b.Reduce(ReduceKind.Min, tile));
        Assert.NotSame(_b.Emit(OpCode.Expand, 0, tile), _b.Emit(OpCode.Expand, 1, tile));
        Assert.NotSame(_b.Constant(0f), _b.Constant(-0f));
        Assert.NotSame(_b.Constant(0), _b.Constant(0f));
    }

    [Fact]
    public void Loads_merge_until_something_is_stored()
    {
        Value i = _b.Constant(0);
        Value first = _b.Load("x", i);
        Assert.Same(first, _b.Load("x", i));
        Assert.NotSame(first, _b.Load("y", i));
        _b.Store("z", first, i);
        Assert.NotSame(first, _b.Load("x", i));
    }

    [Fact]
    public void Loads_in_a_region_stay_there_and_do_not_merge_across_it()
    {
        Value i = _b.Constant(0), before = _b.Load("x", i);
        Block loop = _b.Enter(true, new Value(ValueTypes.I32));
        Value inside = _b.Load("x", i);
        _b.Store("x", inside, i);
        _b.Leave(OpCode.Yield);
        Assert.NotSame(before, inside);
        Assert.Contains(inside.Definition!, loop.Ops);
        Assert.NotSame(before, _b.Load("x", i));
    }

    [Fact]
    public void Invariant_work_leaves_its_loop()
    {
        Value n = _b.Param("n", DType.I32), x = _b.Param("x", DType.F32);
        var index = new Value(ValueTypes.I32);
        Block loop = _b.Enter(true, index);
        Value invariant = _b.Emit(OpCode.Exp, null, x), tile = _b.Range(0, n), sum = _b.Sum(tile), varying = _b.Emit(OpCode.Add, null, index, n);
        Assert.All(new[] { invariant, tile, sum }, v => Assert.Contains(v.Definition!, _body.Ops));
        Assert.Contains(varying.Definition!, loop.Ops);
        Assert.Same(invariant, _b.Emit(OpCode.Exp, null, x));
    }

    [Fact]
    public void What_depends_on_a_loop_stays_in_it_but_leaves_the_loops_within()
    {
        var outerIndex = new Value(ValueTypes.I32);
        Block outer = _b.Enter(true, outerIndex);
        _b.Enter(true, new Value(ValueTypes.I32));
        Value square = _b.Emit(OpCode.Mul, null, outerIndex, outerIndex);
        Assert.Contains(square.Definition!, outer.Ops);
    }

    // A branch may never run: what could trap or costs much stays in it.
    [Fact]
    public void Branches_keep_traps_and_reductions()
    {
        Value n = _b.Param("n", DType.I32), m = _b.Param("m", DType.I32), tile = _b.Range(0, n);
        Block branch = _b.Enter(false);
        Value quotient = _b.Emit(OpCode.Div, null, n, m), sum = _b.Sum(tile), cheap = _b.Emit(OpCode.Add, null, n, m), safe = _b.Emit(OpCode.Div, null, n, _b.Constant(3));
        Assert.Contains(quotient.Definition!, branch.Ops);
        Assert.Contains(sum.Definition!, branch.Ops);
        Assert.Contains(cheap.Definition!, _body.Ops);
        Assert.Contains(safe.Definition!, _body.Ops);
        Value real = _b.Emit(OpCode.Div, null, _b.Param("a", DType.F32), _b.Param("b", DType.F32));
        Assert.Contains(real.Definition!, _body.Ops);
    }

    [Fact]
    public void A_trap_in_a_loop_that_may_not_run_stays_in_it()
    {
        Value n = _b.Param("n", DType.I32), m = _b.Param("m", DType.I32);
        Block loop = _b.Enter(true, new Value(ValueTypes.I32));
        Assert.Contains(_b.Emit(OpCode.Rem, null, n, m).Definition!, loop.Ops);
    }

    [Fact]
    public void Rebuilding_a_built_kernel_changes_nothing()
    {
        foreach (Kernel kernel in new[] { SampleKernels.RmsNorm(), SampleKernels.BlockedSum(), SampleKernels.Halvings() })
        {
            string text = IrPrinter.Print(kernel);
            Kernel copy = KernelFoundry.Compiler.Passes.Specializer.Specialize(kernel, KernelFoundry.Compiler.Passes.Specialization.None, TargetKind.Cpu);
            Assert.Equal(Ops(IrParser.ParseKernel(text).Body), Ops(copy.Body));
        }

        static IEnumerable<OpCode> Ops(Block block) => block.Ops.SelectMany(op => op.Regions.SelectMany(Ops).Prepend(op.Code));
    }

    [Theory]
    [InlineData("tile extents differ in axis 0: 4 and 8")]
    public void Tiles_that_do_not_fit_are_refused(string message)
    {
        _b.Location = new SourceLocation("K.cs", 3, 7);
        Value four = _b.Range(0, _b.Constant(4)), eight = _b.Range(0, _b.Constant(8));
        IrException error = Assert.Throws<IrException>(() => _b.Emit(OpCode.Add, null, four, eight));
        Assert.Equal((message, _b.Location), (error.Reason, error.Location));
        Assert.Throws<IrException>(() => _b.Emit(OpCode.Add, null, four, _b.Emit(OpCode.Expand, 0, four)));
        Assert.Throws<IrException>(() => _b.Emit(OpCode.Add, null, four, _b.Constant(1f)));
        Assert.Throws<IrException>(() => _b.Emit(OpCode.Dot, null, _b.Emit(OpCode.Expand, 1, four), four));
        Assert.Throws<IrException>(() => _b.Emit(OpCode.Exp, null, four));
        Assert.Equal(new ValueType(DType.I32, 4, 8).ToString(), _b.Emit(OpCode.Add, null, _b.Emit(OpCode.Expand, 1, four), _b.Emit(OpCode.Expand, 0, eight)).Type.ToString());
    }
}
