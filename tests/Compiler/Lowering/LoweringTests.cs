using System.Runtime.CompilerServices;
using KernelFoundry.Compiler.Interpreter;
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
    public void RmsNorm(int rows, int cols) => AllForms("RmsNorm", Bindings(("T", Element.F32)), 1e-5,
        new() { ["x"] = [rows, cols], ["weight"] = [cols], ["y"] = [rows, cols] }, new() { ["epsilon"] = Number.Of(1e-5f) }, "y");

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RmsNormOfHalves(int rows, int cols) => AllForms("RmsNorm", Bindings(("T", Element.F16)), 1e-3,
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
            AllForms("FlashAttention", spec, 2e-4,
                new() { ["q"] = [tokens, heads, headDim], ["k"] = [keys, kvHeads, headDim], ["v"] = [keys, kvHeads, headDim], ["o"] = [tokens, heads, headDim] },
                new() { ["headDim"] = Number.Of(headDim), ["start"] = Number.Of(Math.Max(0, keys - tokens)), ["scale"] = Number.Of(0.3f), ["score_Window"] = Number.Of(200) }, "o");
        }
    }

    private static void MatVec(Element weights, int rows, int cols) => AllForms("MatVec", Bindings(("W", weights)), 1e-5,
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

    private static void AllForms(
        string name, Specialization spec, double tolerance, Dictionary<string, int[]> shapes, Dictionary<string, Number> arguments, string output)
    {
        Kernel kernel = IrParser.ParseKernel(Golden(name));
        int seed = Environment.TickCount;
        float[] expected = Run(kernel, spec, TargetKind.Cpu, shapes, seed, output, (k, memory) => TileInterpreter.Run(k, memory, arguments));
        float[] vector = Run(kernel, spec, TargetKind.Cpu, shapes, seed, output, (k, memory) => VectorInterpreter.Run(CSharpTarget.Lower(k), memory, arguments));
        float[] thread = Run(kernel, spec, TargetKind.OpenCl, shapes, seed, output, (k, memory) => ThreadInterpreter.Run(OpenClTarget.Lower(k), memory, arguments));
        AssertClose(expected, vector, tolerance, $"{name} as vectors, seed {seed}");
        AssertClose(expected, thread, tolerance, $"{name} as threads, seed {seed}");
    }

    private static float[] Run(
        Kernel kernel, Specialization spec, TargetKind target, Dictionary<string, int[]> shapes, int seed, string output, Action<Kernel, InterpreterMemory> run)
    {
        Kernel specialised = Specializer.Specialize(kernel, spec, target);
        IrVerifier.Verify(specialised);
        var random = new Random(seed);
        var memory = new InterpreterMemory();
        foreach (Parameter view in specialised.Parameters.Where(p => p.Kind == ParameterKind.View))
            memory.Add(View(view, shapes[view.Name], random, spec, view.Name == output));
        run(specialised, memory);
        InterpreterView result = memory.Views[output];
        int count = result.Extents.Aggregate(1, (a, b) => a * b);
        return [.. Enumerable.Range(0, count).Select(i => result.Element.Kind == ElementKind.F16
            ? (float)BitConverter.ToHalf(result.Buffer, 2 * i)
            : BitConverter.ToSingle(result.Buffer, 4 * i))];
    }

    private static InterpreterView View(Parameter view, int[] shape, Random random, Specialization spec, bool uninitialised)
    {
        int count = shape.Aggregate(1, (a, b) => a * b);
        Element element = view.Element;
        QuantFormat? format = element.Kind == ElementKind.Quantized ? spec.Formats[element.Name] : null;
        byte[] bytes = new byte[format is null ? count * element.Bytes : count / format.BlockSize * format.BlockBytes];
        if (format is not null)
        {
            random.NextBytes(bytes);
            for (int block = 0; block < bytes.Length; block += format.BlockBytes)
                BitConverter.TryWriteBytes(bytes.AsSpan(block), (Half)(float)(random.NextDouble() - 0.5));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                float value = (float)((random.NextDouble() * 2) - 1);
                if (element.Kind == ElementKind.F32)
                    BitConverter.TryWriteBytes(bytes.AsSpan(4 * i), value);
                else if (element.Kind == ElementKind.F16)
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (Half)value);
                else
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
            }
        }

        return new InterpreterView(view.Name, element, bytes, 0, shape, null, format) { Uninitialized = uninitialised };
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance, string what)
    {
        double error = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.False(float.IsNaN(actual[i]) && !float.IsNaN(expected[i]), $"{what}: element {i} is NaN");
            error += Math.Pow(expected[i] - actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        Assert.True(Math.Sqrt(error) <= tolerance * Math.Sqrt(norm) + 1e-12, $"{what}: relative error {Math.Sqrt(error / norm):G3}");
    }

    private static string Golden(string name, [CallerFilePath] string file = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "Generators", "Golden", "Ir", name + ".golden"));
}
