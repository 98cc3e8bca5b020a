using KernelFoundry.Compiler.Differentiation;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Generators.FrontEnd;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Tests;

/// <summary>Kernels derived by the compiler: what they look like, and that their managed bodies say what their IR says.</summary>
public class GradientTests
{
    private const string Head = "using System;\nusing KernelFoundry;\nusing static KernelFoundry.Ops;\n\npublic static partial class Sample\n{\n";

    private const string RmsNorm = """
            [Kernel]
            [Differentiable(nameof(x), nameof(weight))]
            public static void Norm(View2<float> x, View1<float> weight, View2<float> y, float epsilon)
            {
                int row = ProgramId(0, x.Extent0);
                var cols = Range(0, x.Extent1);
                var v = x.Load(row, cols);
                float scale = Rsqrt((Sum(v * v) / x.Extent1) + epsilon);
                y.Store(row, cols, v * scale * weight.Load(cols));
            }

        """;

    private const string Elementwise = """
            [Kernel]
            [Differentiable(nameof(x), nameof(z))]
            public static void Mix(View2<float> x, View2<float> z, View2<float> y, [Schedule(Cpu = 64, OpenCl = 64)] int block)
            {
                int row = ProgramId(1, x.Extent0);
                var cols = ProgramRange(0, x.Extent1, block);
                var a = x.Load(row, cols);
                var b = z.Load(row, cols);
                y.Store(row, cols, Where(a > b, Exp(a) / (1f + (b * b)), Max(a, Sin(b)) - Sqrt(Abs(a))) * Tanh(b));
            }

        """;

    private const string Tiles = """
            [Kernel]
            [Differentiable(nameof(x))]
            public static void Softmax(View3<float> x, View3<float> y)
            {
                int i = ProgramId(0, x.Extent0);
                var rows = Range(0, x.Extent1);
                var cols = Range(0, x.Extent2);
                var v = x.Load(i, rows, cols);
                var e = Exp(v - Col(Max(v, axis: 1)));
                y.Store(i, rows, cols, e / Col(Sum(e, axis: 1)));
            }

        """;

    public static TheoryData<string> Kernels() => [RmsNorm, Elementwise, Tiles];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void TheManagedBodyIsTheIr(string source)
    {
        Kernel derived = Derive(source, out string name);
        string parameters = string.Join(", ", derived.Parameters.Select((p, i) => p.Kind switch
        {
            ParameterKind.View => $"View{p.Rank}<float> {p.Name}",
            ParameterKind.Schedule => $"[Schedule(Cpu = 64, OpenCl = 64)] int {p.Name}",
            _ => $"float {p.Name}",
        }));
        string method = $"    [Kernel]\n    public static void {name}Backward({parameters})\n    {{\n{KernelLanguageWriter.Body(derived)}    }}\n}}\n";
        Compilation compilation = Snippet.Compile(("Derived.cs", Head + method));
        KernelReading reading = KernelReader.Read(Snippet.Method(compilation, name + "Backward"), compilation, default);
        Assert.Empty(reading.Mistakes.Where(m => m.Rule.DefaultSeverity == DiagnosticSeverity.Error).Select(m => m.ToDiagnostic().ToString()));
        Assert.Equal(Canonical(derived), Canonical(reading.Ir!));
    }

    [Fact]
    public void AGradientIsAKernelLikeAnyOther()
    {
        GeneratorRun run = new GeneratorRun(Snippet.Compile(("Norm.cs", Head + RmsNorm + "}\n"))).RequireValid();
        string launch = run.File("Sample.NormBackward.Launch");
        Assert.Contains(
            "public static void NormBackward(global::KernelFoundry.Device device, global::KernelFoundry.View2<float> x, global::KernelFoundry.View1<float> weight, "
            + "global::KernelFoundry.View2<float> dy, global::KernelFoundry.View2<float> dx, global::KernelFoundry.View2<float> dWeightPartials, float epsilon)",
            launch, StringComparison.Ordinal);
        Assert.Contains("dWeightPartials.Store(part, ", launch, StringComparison.Ordinal);
        Golden.Check("NormBackward", launch);
    }

    // The printed form does not keep names of values, nor in which order pure ops stand.
    private static string Canonical(Kernel kernel)
    {
        var texts = new List<string>();
        Collect(kernel.Body, texts, []);
        return string.Join("\n", texts);
    }

    private static void Collect(KernelFoundry.Compiler.Ir.Block block, List<string> effects, Dictionary<Value, string> names)
    {
        foreach (Op op in block.Ops)
        {
            if (op.Code == OpCode.For)
            {
                for (int i = 0; i < op.Regions[0].Arguments.Count; i++)
                    names[op.Regions[0].Arguments[i]] = $"a{effects.Count}.{i}";
                effects.Add($"for {string.Join(", ", op.Operands.Select(o => Text(o, names)))}");
                int loop = effects.Count;
                Collect(op.Regions[0], effects, names);
                effects.Add($"yield {string.Join(", ", op.Regions[0].Terminator.Operands.Select(o => Text(o, names)))}");
                for (int i = 0; i < op.Results.Length; i++)
                    names[op.Results[i]] = $"r{loop}.{i}";
            }
            else if (op.Code == OpCode.Store)
            {
                effects.Add($"store {op.Attribute} {string.Join(", ", op.Operands.Select(o => Text(o, names)))}");
            }
        }
    }

    private static string Text(Value value, Dictionary<Value, string> names) => names.TryGetValue(value, out string? name)
        ? name
        : $"{value.Definition!.Code}[{value.Definition.Attribute}]({string.Join(", ", value.Definition.Operands.Select(o => Text(o, names)))})";

    private static Kernel Derive(string source, out string name)
    {
        Compilation compilation = Snippet.Compile(("Forward.cs", Head + source + "}\n"));
        name = source.Contains("void Norm", StringComparison.Ordinal) ? "Norm" : source.Contains("void Mix", StringComparison.Ordinal) ? "Mix" : "Softmax";
        IMethodSymbol method = Snippet.Method(compilation, name);
        string[] inputs = [.. Language.Strings(Language.Attribute(method, "Differentiable"))];
        return ReverseMode.Derive(KernelReader.Read(method, compilation, default).Ir!, inputs, name + "Backward").Kernel;
    }
}
