using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using static KernelFoundry.Compiler.Tests.SampleKernels;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>Each way to combine elements, in a kernel of its own, over sizes around the lane count and the work-group size.</summary>
public sealed class OperationTests
{
    public static TheoryData<int> Sizes => [1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 200];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void DotOfBytes(int n) => Agree("DotOfBytes", [View("a", 1, Element.I8), View("b", 1, Element.I8), View("y", 1, Element.I32)], b =>
    {
        Value k = b.Range(0, b.Extent("a", 0));
        b.Store("y", b.Emit(OpCode.Dot, null, b.Load(OpCode.Load, new MemoryAccess("a"), DType.I8, k), b.Load(OpCode.Load, new MemoryAccess("b"), DType.I8, k)), b.Constant(0));
    }, new() { ["a"] = [n], ["b"] = [n], ["y"] = [1] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ArgMaxOfRepeatedValues(int n) => Agree("ArgMax", [View("x", 1), View("y", 1, Element.I32)], b =>
    {
        Value x = b.Load("x", b.Range(0, b.Extent("x", 0)));
        Value coarse = b.Emit(OpCode.Floor, null, b.Emit(OpCode.Mul, null, x, b.Constant(3f)));
        b.Store("y", b.Emit(OpCode.ArgReduce, new Reduction(ReduceKind.Max, -1), coarse), b.Constant(0));
    }, new() { ["x"] = [n], ["y"] = [1] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Scan(int n) => Agree("Scan", [View("x", 1), View("y", 1)], b =>
    {
        Value i = b.Range(0, b.Extent("x", 0));
        b.Store("y", b.Emit(OpCode.Scan, new Reduction(ReduceKind.Sum, -1), b.Load("x", i)), i);
    }, new() { ["x"] = [n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ColumnSumsAndTransposedRowMaxima(int n) => Agree("Columns", [View("x", 2), View("y", 1)], b =>
    {
        Value rows = b.Range(0, b.Extent("x", 0)), cols = b.Range(0, b.Extent("x", 1));
        Value x = b.Load("x", b.Emit(OpCode.Expand, 1, rows), b.Emit(OpCode.Expand, 0, cols));
        Value sums = b.Emit(OpCode.Reduce, new Reduction(ReduceKind.Sum, 0), b.Emit(OpCode.Exp, null, x));
        Value maxima = b.Emit(OpCode.Reduce, new Reduction(ReduceKind.Max, 1), b.Emit(OpCode.Transpose, null, x));
        b.Store("y", b.Emit(OpCode.Sub, null, sums, maxima), cols);
    }, new() { ["x"] = [5, n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void GatherOfAComputedTile(int n) => Agree("Gather", [View("x", 1), View("index", 1, Element.I32), View("y", 1)], b =>
    {
        Value i = b.Range(0, b.Extent("x", 0));
        Value tile = b.Emit(OpCode.Sigmoid, null, b.Load("x", i));
        b.Store("y", b.Emit(OpCode.Gather, null, tile, b.Load(OpCode.Load, new MemoryAccess("index"), DType.I32, i)), i);
    }, new() { ["x"] = [n], ["index"] = [n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void LookupOfComputedIndices(int n) => Agree("Lookup", [View("x", 1), View("y", 1)], b =>
    {
        Value i = b.Range(0, b.Extent("x", 0));
        Value index = b.Emit(OpCode.Convert, DType.I32, b.Emit(OpCode.Mul, null, b.Load("x", i), b.Constant(40f)));
        var table = LookupTable.Of([-128, 3, 1, -4, 1, -5, 9, -2, 6, 5, -3, 5, 8, -9, 7, 127]);
        b.Store("y", b.Emit(OpCode.Convert, DType.F32, b.Emit(OpCode.Lookup, table, index)), i);
    }, new() { ["x"] = [n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void MaskedReadAndWrite(int n) => Agree("Masked", [View("x", 1), View("y", 1)], b =>
    {
        Value i = b.Range(0, b.Extent("x", 0));
        Value odd = b.Emit(OpCode.Eq, null, b.Emit(OpCode.And, null, i, b.Constant(1)), b.Constant(1));
        b.Store("y", b.Constant(0f) is var zero ? b.Emit(OpCode.Splat, null, zero, b.Extent("x", 0)) : zero, i);
        Value x = b.Load(OpCode.Load, new MemoryAccess("x", Masked: true), DType.F32, i, odd, b.Constant(7f));
        Value small = b.Emit(OpCode.Lt, null, x, b.Constant(0.5f));
        b.Store(new MemoryAccess("y", Masked: true), i, x, small);
    }, new() { ["x"] = [n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void CarriedTilesThatSwap(int n) => Agree("Swap", [View("x", 1), View("y", 1)], b =>
    {
        Value i = b.Range(0, b.Extent("x", 0));
        Value first = b.Load("x", i), second = b.Emit(OpCode.Neg, null, first);
        Value step = new(ValueTypes.I32, "step"), p = new(first.Type, "p"), q = new(first.Type, "q");
        Block body = b.Enter(true, step, p, q);
        b.Leave(OpCode.Yield, b.Emit(OpCode.Add, null, q, b.Constant(1f)), p);
        Value[] results = b.Control(OpCode.For, [b.Constant(0), b.Constant(5), b.Constant(1), first, second], [body], first.Type, first.Type);
        b.Store("y", b.Emit(OpCode.Sub, null, results[0], b.Emit(OpCode.Mul, null, results[1], b.Constant(3f))), i);
    }, new() { ["x"] = [n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void BranchThatGivesATile(int n) => Agree("Branch", [View("x", 1), View("y", 1)], b =>
    {
        Value i = b.Range(0, b.Extent("x", 0));
        Value x = b.Load("x", i);
        Value positive = b.Emit(OpCode.Gt, null, b.Sum(x), b.Constant(0f));
        Block then = b.Enter(false);
        b.Leave(OpCode.Yield, b.Emit(OpCode.Tanh, null, x));
        Block otherwise = b.Enter(false);
        b.Leave(OpCode.Yield, b.Emit(OpCode.Mul, null, x, x));
        b.Store("y", b.Control(OpCode.If, [positive], [then, otherwise], x.Type)[0], i);
    }, new() { ["x"] = [n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ElementaryFunctions(int n) => Agree("Functions", [View("x", 1), View("y", 1)], b =>
    {
        Value i = b.Range(0, b.Extent("x", 0));
        Value x = b.Emit(OpCode.Mul, null, b.Load("x", i), b.Constant(6f));
        Value sum = b.Emit(OpCode.Erf, null, x);
        foreach (OpCode code in new[] { OpCode.Tanh, OpCode.Sin, OpCode.Cos, OpCode.Sigmoid })
            sum = b.Emit(OpCode.Add, null, sum, b.Emit(code, null, x));
        b.Store("y", b.Emit(OpCode.Fma, null, sum, b.Constant(2f), b.Emit(OpCode.Log, null, b.Emit(OpCode.Exp, null, x))), i);
    }, new() { ["x"] = [n], ["y"] = [n] });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ProductOfMatrices(int n) => Agree("Product", [View("a", 2), View("b", 2), View("y", 2)], b =>
    {
        Value m = b.Range(0, b.Extent("a", 0)), k = b.Range(0, b.Extent("a", 1)), columns = b.Range(0, b.Extent("b", 1));
        Value a = b.Load("a", b.Emit(OpCode.Expand, 1, m), b.Emit(OpCode.Expand, 0, k));
        Value inner = b.Range(0, b.Extent("a", 1));
        Value right = b.Load("b", b.Emit(OpCode.Expand, 1, inner), b.Emit(OpCode.Expand, 0, columns));
        b.Store("y", b.Emit(OpCode.Dot, null, a, right), b.Emit(OpCode.Expand, 1, m), b.Emit(OpCode.Expand, 0, columns));
    }, new() { ["a"] = [11, 5], ["b"] = [5, n], ["y"] = [11, n] });

    private static void Agree(string name, Parameter[] parameters, Action<Builder> body, Dictionary<string, int[]> shapes)
    {
        Kernel kernel = Build(name, parameters, b =>
        {
            b.Emit(OpCode.ProgramId, 0, b.Constant(1));
            body(b);
        });
        Forms.Agree(kernel, Specialization.None, 2e-6, shapes, [], "y");
    }
}
