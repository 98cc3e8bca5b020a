using System.Runtime.CompilerServices;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>The tile form, the thread form and the vector form of one kernel compute the same, and the thread form without a fault.</summary>
public sealed class LoweringTests
{
    private static readonly int[] Sizes = [1, 7, 8, 15, 16, 17, 31, 32, 33, 127];

    public static TheoryData<int, int> Shapes()
    {
        var data = new TheoryData<int, int>();
        foreach (int cols in Sizes)
            data.Add(3, cols);
        foreach (int rows in Sizes)
            data.Add(rows, 33);
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RmsNorm(int rows, int cols) => Forms.Agree(Kernel("RmsNorm"), Bindings(("T", Element.F32)), 1e-5,
        new() { ["x"] = [rows, cols], ["weight"] = [cols], ["y"] = [rows, cols] }, new() { ["epsilon"] = Number.Of(1e-5f) }, "y");

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RmsNormOfHalves(int rows, int cols) => Forms.Agree(Kernel("RmsNorm"), Bindings(("T", Element.F16)), 1e-3,
        new() { ["x"] = [rows, cols], ["weight"] = [cols], ["y"] = [rows, cols] }, new() { ["epsilon"] = Number.Of(1e-5f) }, "y");

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MatVecOfFloats(int rows, int cols) => MatVec(Element.F32, rows, cols);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MatVecOfBFloats(int rows, int cols) => MatVec(Element.BF16, rows, cols);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MatVecOfQuantized(int rows, int blocks) => MatVec(Element.Quantized("Samples.Q4_0"), rows, 32 * blocks);

    [Theory]
    [InlineData(1, 1, 1, 1, 8)]
    [InlineData(3, 5, 1, 1, 7)]
    [InlineData(9, 70, 4, 2, 16)]
    [InlineData(17, 33, 6, 2, 80)]
    [InlineData(8, 127, 3, 3, 33)]
    public void FlashAttention(int tokens, int keys, int heads, int kvHeads, int headDim)
    {
        foreach (int? specialised in new int?[] { null, headDim })
        {
            Specialization spec = Bindings(("T", Element.F16));
            ((Dictionary<string, int?>)spec.Values)["headDim"] = specialised;
            Forms.Agree(Kernel("FlashAttention"), spec, 2e-4,
                new() { ["q"] = [tokens, heads, headDim], ["k"] = [keys, kvHeads, headDim], ["v"] = [keys, kvHeads, headDim], ["o"] = [tokens, heads, headDim] },
                new() { ["headDim"] = Number.Of(headDim), ["start"] = Number.Of(Math.Max(0, keys - tokens)), ["scale"] = Number.Of(0.3f), ["score_Window"] = Number.Of(200) }, "o");
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 32)]
    [InlineData(9, 70, 4, 2, 64)]
    [InlineData(8, 127, 3, 3, 96)]
    public void FlashAttentionOnQuantized(int tokens, int keys, int heads, int kvHeads, int headDim)
    {
        foreach (int? specialised in new int?[] { null, headDim })
        {
            Forms.Agree(Kernel("FlashAttention"), QuantizedKeys(specialised), 2e-4,
                new() { ["q"] = [tokens, heads, headDim], ["k"] = [keys, kvHeads, headDim], ["v"] = [keys, kvHeads, headDim], ["o"] = [tokens, heads, headDim] },
                new() { ["headDim"] = Number.Of(headDim), ["start"] = Number.Of(Math.Max(0, keys - tokens)), ["scale"] = Number.Of(0.3f), ["score_Window"] = Number.Of(200) }, "o");
        }
    }

    // Where a block's bytes lie follows from the column: found where it is used, it needs no gather. The next block of keys is asked for ahead.
    [Fact]
    public void QuantizedKeysAreReadInARowAndAhead()
    {
        Kernel kernel = Specializer.Specialize(Kernel("FlashAttention"), QuantizedKeys(64), TargetKind.Cpu);
        LoadView[] reads = [.. CodeWalk.All(CSharpTarget.Lower(kernel).Body).SelectMany(CodeWalk.Expressions).OfType<LoadView>().Where(l => l.View is "k" or "v")];
        Assert.NotEmpty(reads);
        Assert.All(reads.SelectMany(read => read.Indices.AsEnumerable()), index => Assert.False(index.IsVector));
        foreach (int width in CSharpTarget.Widths)
        {
            string text = CSharpTarget.RenderWidth(kernel, width);
            foreach (string view in new[] { "k", "v" })
            {
                Assert.Matches($@"byte\* {view}__ahead(\d+) = {view}__row\1 \+ 64 \* {view}_b0;", text);
                Assert.Matches($@"Lanes\.Prefetch\({view}__ahead\d+ \+ .*\);", text);
            }
        }
    }

    private static Specialization QuantizedKeys(int? headDim)
    {
        Specialization spec = Bindings(("T", Element.Quantized("Samples.Q4_0")));
        ((Dictionary<string, int?>)spec.Values)["headDim"] = headDim;
        return spec;
    }

    // SiLU multiplies the relative error of a sum far below zero by the sum: all rows of a drawn case may be such.
    private static void MatVec(Element weights, int rows, int cols) => Forms.Agree(Kernel("MatVec"), Bindings(("W", weights)), 1e-4,
        new() { ["w"] = [rows, cols], ["x"] = [cols], ["y"] = [rows], ["epilogue_Bias"] = [rows] }, new() { ["epilogue_Slope"] = Number.Of(1.5f) }, "y");

    private static Specialization Bindings(params (string Parameter, Element Element)[] elements) => new(
        elements.ToDictionary(e => e.Parameter, e => e.Element),
        new Dictionary<string, Functor>
        {
            ["TScore"] = IrParser.ParseFunctor(Golden("SlidingWindow")),
            ["TEpilogue"] = IrParser.ParseFunctor(Golden("BiasSilu")),
        },
        new Dictionary<string, int?>(),
        new Dictionary<string, QuantFormat> { ["Samples.Q4_0"] = IrParser.ParseFormat(Golden("Q4_0")) });

    private static Kernel Kernel(string name) => IrParser.ParseKernel(Golden(name));

    private static string Golden(string name, [CallerFilePath] string file = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "Generators", "Golden", "Ir", name + ".golden"));
}
