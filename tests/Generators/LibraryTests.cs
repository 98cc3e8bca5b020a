using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.Generators.Tests;

/// <summary>Kernels of one assembly, functors and formats of another.</summary>
public class LibraryTests
{
    private const string User = """
        using KernelFoundry;
        using Samples;
        using static KernelFoundry.Ops;

        namespace User;

        public readonly record struct Clip(float Limit) : IEpilogue<Clip>
        {
            public static Tile<float> Apply(Clip self, Tile<float> value, Tile<int> rows) => Min(value, self.Limit);
        }

        public readonly struct Q6 : IQuantFormat
        {
            public static int BlockSize => 16;

            public static int BlockBytes => 18;

            public static Quantized Decode(Block b, int i) => new(b.Half(0), b.SByte(2 + i));
        }
        """;

    // As the compiler has it in an editor (a reference to the other project), and in a build (a reference to its assembly).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_users_functor_and_format_reach_the_kernels_of_a_library(bool isBuilt)
    {
        GeneratorRun run = new GeneratorRun(Snippet.Compile([Library("MatVec", isBuilt)], ("User.cs", User))).RequireValid();
        // MatVec takes float, Q4_0, Q5_1, and now Q6; Identity, BiasSilu, and now Clip. What involves neither is the library's own.
        Assert.Equal(
            ["Q4_0-Clip", "Q5_1-Clip", "Q6-BiasSilu", "Q6-Clip", "Q6-Identity", "float-Clip"],
            run.Result.GeneratedSources.Select(s => s.HintName).Where(n => n.EndsWith(".Cpu.g.cs", StringComparison.Ordinal))
                .Select(n => n["Samples.Linear.MatVec.".Length..^".Cpu.g.cs".Length]).Order(StringComparer.Ordinal));
        Golden.Check("Generated/Library.Registration", run.File("KernelFoundry.Registration"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_users_functor_gets_the_default_methods_of_a_librarys_interface(bool isBuilt)
    {
        const string Source = """
            using KernelFoundry;
            using Samples;

            public readonly struct Doubled : IScaled<Doubled>
            {
                public static Tile<float> Apply(Doubled self, Tile<float> value) => value * 2;
            }
            """;
        GeneratorRun run = new GeneratorRun(Snippet.Compile([Library("Scaled", isBuilt)], ("User.cs", Source))).RequireValid();
        // Gain is 3 by default.
        Assert.Contains("3.0f", run.File("Samples.Scaling.Scale.Doubled.Cpu"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_users_kernel_takes_the_functors_and_formats_of_a_library()
    {
        const string Source = """
            using KernelFoundry;
            using Samples;
            using static KernelFoundry.Ops;

            public static partial class Own
            {
                [Kernel]
                public static void Map<[Elements(typeof(Samples.Q5_1))] T, [Functors(typeof(Identity))] TOp>(View1<T> x, View1<float> y, TOp op)
                    where T : unmanaged
                    where TOp : struct, IEpilogue<TOp>
                {
                    var i = ProgramRange(0, x.Extent0, 64);
                    y.Store(i, TOp.Apply(op, x.Load(i), i));
                }
            }
            """;
        GeneratorRun run = new GeneratorRun(Snippet.Compile([Library("MatVec", true)], ("User.cs", Source))).RequireValid();
        Assert.Equal(["Own.Map.Q5_1-Identity.Cpu.g.cs"],
            run.Result.GeneratedSources.Select(s => s.HintName).Where(n => n.EndsWith(".Cpu.g.cs", StringComparison.Ordinal)));
    }

    // Pointwise ones ship as IR; Norm reduces, so its shape depends on the caller.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_users_kernel_calls_the_device_functions_of_a_library(bool isBuilt)
    {
        const string Source = """
            using KernelFoundry;
            using Samples;
            using static KernelFoundry.Ops;

            public static partial class Own
            {
                [Kernel]
                public static void Activate(View1<float> x, View1<float> y, int power)
                {
                    var i = ProgramRange(0, x.Extent0, 64);
                    y.Store(i, Scaling.Swish(x.Load(i), Scaling.Power(x.Load(0), power)));
                }

                [Kernel]
                public static void Normalize(View1<float> x) => x.Store(0, Scaling.Norm(x.Load(Range(0, x.Extent0))));
            }
            """;
        Compilation compilation = Snippet.Compile([Library("Scaled", isBuilt)], ("User.cs", Source));
        Diagnostic mistake = Assert.Single(await Analysis.Of(compilation));
        Assert.Equal(("KF0001", 14), (mistake.Id, mistake.Location.GetLineSpan().StartLinePosition.Line));
        KernelFoundry.Compiler.Ir.Kernel kernel = FrontEnd.KernelReader.Read(Snippet.Method(compilation, "Activate"), compilation,
            default).Ir!;
        KernelFoundry.Compiler.Ir.IrVerifier.Verify(kernel);
        Golden.Check("Ir/Library.Activate", KernelFoundry.Compiler.Ir.IrPrinter.Print(kernel));
    }

    [Fact]
    public void A_project_without_kernels_gets_nothing()
    {
        var run = new GeneratorRun(Snippet.Compile([Library("MatVec", true)], ("User.cs", "public static class Empty;")));
        Assert.Empty(run.Result.GeneratedSources);
    }

    private static MetadataReference Library(string snippet, bool isBuilt)
    {
        Compilation library = GeneratorRun.Of(snippet).Output.WithAssemblyName("Library");
        if (!isBuilt)
            return library.ToMetadataReference();
        using var image = new MemoryStream();
        Assert.True(library.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
