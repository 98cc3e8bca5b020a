using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>Weights in panels: what their addresses become, and products that take sixteen rows at a time.</summary>
public sealed class PanelTests
{
    [Fact]
    public void AReadThatPanelsTakeApartIsAnError()
    {
        IrException error = Assert.Throws<IrException>(() => Specialise(SampleKernels.Q4() with { LeadingBytes = 1 }));
        Assert.Contains("reads 2 bytes at offset 0", error.Reason, StringComparison.Ordinal);
        Assert.Contains("LeadingBytes", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void PanelsOfNumbersAreAnError()
    {
        Kernel kernel = Product(Element.Parameter("T"));
        var floats = new Specialization(new Dictionary<string, Element> { ["T"] = Element.F32 }, new Dictionary<string, Functor>(), new Dictionary<string, int?>(), new Dictionary<string, QuantFormat>());
        Assert.Contains("no quantization format", Assert.Throws<IrException>(() => Specializer.Specialize(kernel, floats, TargetKind.Cpu)).Reason, StringComparison.Ordinal);
        Kernel plain = Product(Element.F32);
        Assert.Contains("rows of quantized", Assert.Throws<IrException>(() => IrVerifier.Verify(plain)).Reason, StringComparison.Ordinal);
    }

    // No gather and no shuffle: four codes of sixteen rows are one load, their scales another.
    [Fact]
    public void AProductReadsSixteenRowsAtATime()
    {
        Program program = CSharpTarget.Lower(Specialise(SampleKernels.Q4()));
        DotBytes dot = Assert.Single(CodeWalk.All(program.Body).SelectMany(CodeWalk.Expressions).OfType<DotBytes>().Distinct());
        Assert.Equal((8, 15), (dot.Codes.Length, dot.Greatest));
        Assert.All(dot.Codes.SelectMany(Reads), read => Assert.True(read.IsRun));
        LoadView[] scales = [.. CodeWalk.All(program.Body).SelectMany(CodeWalk.Expressions).OfType<LoadView>().Where(load => load.View == "w")];
        Assert.NotEmpty(scales);
        Assert.All(scales, load => Assert.True(load is { IsVector: true, Raw: RawType.I16, ByteOffset: true } && load.Indices.AsEnumerable().All(i => !i.IsVector)));
    }

    [Fact]
    public void PanelsPrintAndParse()
    {
        string text = IrPrinter.Print(Product(Element.Quantized("Q4_0")));
        Assert.Contains("w: view quant Q4_0 2 panels", text, StringComparison.Ordinal);
        Assert.Equal(text, IrPrinter.Print(IrParser.ParseKernel(text)));
        string format = IrPrinter.Print(SampleKernels.Q4() with { LeadingBytes = 0 });
        Assert.Contains("leading 0", format, StringComparison.Ordinal);
        Assert.Equal(0, IrParser.ParseFormat(format).LeadingBytes);
        Assert.Equal(2, IrParser.ParseFormat(IrPrinter.Print(SampleKernels.Q4())).LeadingBytes);
    }

    // Sixteen rows are read at a time: not from a view that has fewer, nor with a scale that they do not share.
    [Theory]
    [InlineData(32, false)]
    [InlineData(16, false)]
    [InlineData(32, true)]
    public void AProductAddsToRowsOfAnyNumber(int group, bool changes)
    {
        QuantFormat format = changes ? ScaleOfTwo() : SampleKernels.Q4();
        var spec = new Specialization(
            new Dictionary<string, Element>(), new Dictionary<string, Functor>(), new Dictionary<string, int?>(), new Dictionary<string, QuantFormat> { ["Q4_0"] = format });
        Kernel kernel = Specializer.Specialize(Product(Element.Quantized("Q4_0"), group, true), spec, TargetKind.Cpu);
        foreach (int rows in new[] { 1, 17, 33 })
        {
            float[] expected = Run(memory => TileInterpreter.Run(kernel, memory, new Dictionary<string, Number>()), rows, format);
            float[] found = Run(memory => VectorInterpreter.Run(CSharpTarget.Lower(kernel), memory, new Dictionary<string, Number>()), rows, format);
            for (int row = 0; row < rows; row++)
                Assert.InRange(found[row], expected[row] - (1e-4f * (1 + Math.Abs(expected[row]))), expected[row] + (1e-4f * (1 + Math.Abs(expected[row]))));
        }
    }

    private static float[] Run(Action<InterpreterMemory> run, int rows, QuantFormat format)
    {
        const int Columns = 64;
        var random = new Random(5);
        var weights = new byte[(rows + 15) / 16 * 16 * Columns / format.BlockSize * format.BlockBytes];
        random.NextBytes(weights);
        if (format.BlockBytes == 18)
        {
            for (int i = 0; i < weights.Length; i += 18 * 16)
            {
                for (int row = 0; row < 16; row++)
                    BitConverter.TryWriteBytes(weights.AsSpan(i + (2 * row)), (Half)0.25f);
            }
        }

        byte[] Floats(int count) => [.. Enumerable.Range(0, count).SelectMany(_ => BitConverter.GetBytes((float)random.NextDouble() - 0.5f))];
        var memory = new InterpreterMemory();
        memory.Add(new InterpreterView("w", Element.Quantized("Q4_0"), weights, 0, [rows, Columns], null, format, true));
        memory.Add(new InterpreterView("x", Element.F32, Floats(Columns), 0, [Columns]));
        memory.Add(new InterpreterView("b", Element.F32, Floats(rows), 0, [rows]));
        memory.Add(new InterpreterView("y", Element.F32, new byte[4 * rows], 0, [rows]));
        run(memory);
        return [.. Enumerable.Range(0, rows).Select(row => BitConverter.ToSingle(memory.Views["y"].Buffer, 4 * row))];
    }

    // Eight codes after four scales, one for two elements.
    private static QuantFormat ScaleOfTwo()
    {
        var block = new Block();
        var b = new Builder(block);
        var i = new Value(ValueTypes.I32, "i");
        block.Arguments.Add(i);
        Value scale = b.Load(OpCode.RawLoad, new MemoryAccess("block"), DType.I32, b.Emit(OpCode.Div, null, i, b.Constant(2)));
        Value code = b.Load(OpCode.RawLoad, new MemoryAccess("block"), DType.I32, b.Emit(OpCode.Add, null, b.Constant(4), i));
        b.Leave(OpCode.Return, b.Emit(OpCode.Convert, DType.F32, scale), b.Emit(OpCode.And, null, code, b.Constant(15)), b.Constant(0f));
        return new QuantFormat("Q4_0", 8, 12, 8, new Function("Decode", block));
    }

    private static IEnumerable<ReadBytes> Reads(ByteTree tree) => tree switch
    {
        ReadBytes read => [read],
        ByteOp op => Reads(op.A).Concat(Reads(op.B)),
        _ => [],
    };

    private static Kernel Specialise(QuantFormat format)
    {
        var spec = new Specialization(
            new Dictionary<string, Element>(), new Dictionary<string, Functor>(), new Dictionary<string, int?>(), new Dictionary<string, QuantFormat> { ["Q4_0"] = format });
        Kernel kernel = Specializer.Specialize(Product(Element.Quantized("Q4_0")), spec, TargetKind.Cpu);
        IrVerifier.Verify(kernel);
        return kernel;
    }

    // y = w fakequantize(x), or b more, 32 rows a program.
    private static Kernel Product(Element element, int group = 32, bool adds = false) => SampleKernels.Build(
        "Product",
        [SampleKernels.View("w", 2, element) with { IsPanels = true }, SampleKernels.View("x", 1), SampleKernels.View("b", 1), SampleKernels.View("y", 1)],
        b =>
        {
            Value count = b.Extent("w", 0), columns = b.Extent("w", 1), block = b.Constant(32);
            Value programs = b.Emit(OpCode.Div, null, b.Emit(OpCode.Add, null, count, b.Constant(31)), block);
            Value start = b.Emit(OpCode.Mul, null, b.Emit(OpCode.ProgramId, 0, programs), block);
            Value left = b.Emit(OpCode.Max, null, b.Emit(OpCode.Min, null, block, b.Emit(OpCode.Sub, null, count, start)), b.Constant(0));
            Value rows = b.Emit(OpCode.Range, null, start, left), k = b.Range(0, columns);
            Value w = b.Load("w", b.Emit(OpCode.Expand, 1, rows), b.Emit(OpCode.Expand, 0, k));
            Value x = b.Emit(OpCode.FakeQuantize, null, b.Load("x", k), b.Constant(group));
            b.Store("y", adds ? b.Emit(OpCode.Dot, null, w, x, b.Load("b", rows)) : b.Emit(OpCode.Dot, null, w, x), rows);
        });
}
