using System.Runtime.Intrinsics;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Tests;

/// <summary>What is generated for a kernel.</summary>
public class GeneratedCodeTests
{
    [Theory]
    [InlineData("Softmax", "Samples.Attention.Softmax.Launch")]
    [InlineData("Softmax", "Samples.Attention.Softmax.Definition")]
    [InlineData("MatVec", "Samples.Linear.MatVec.Launch")]
    [InlineData("MatVec", "Samples.Linear.MatVec.Definition")]
    [InlineData("MatVec", "KernelFoundry.Registration")]
    [InlineData("FlashAttention", "Samples.Attention.FlashAttention.Launch")]
    [InlineData("FlashAttention", "Samples.Attention.FlashAttention.Definition")]
    public void The_code_is_the_one_on_file(string snippet, string file)
    {
        Golden.Check($"Generated/{file}", Sizeless(GeneratorRun.Of(snippet).File(file)));
    }

    [Theory]
    [InlineData("Softmax")]
    [InlineData("RmsNorm")]
    [InlineData("MatVec")]
    [InlineData("FlashAttention")]
    [InlineData("ControlFlow")]
    public void The_code_compiles(string snippet) => GeneratorRun.Of(snippet);

    [Theory]
    [InlineData(null, 512, 256, 128)]
    [InlineData("512,256,128", 512, 256, 128)]
    [InlineData("128, 512", 512, 128)]
    [InlineData("256", 256)]
    public void A_project_chooses_the_vector_widths(string? property, params int[] widths)
    {
        GeneratorRun run = new GeneratorRun(Snippet.Compile(("Softmax.cs", Snippet.Read("Softmax"))), property).RequireValid();
        string code = run.Result.GeneratedSources.First(s => s.HintName.EndsWith(".Cpu.g.cs", StringComparison.Ordinal)).SourceText.ToString();
        Assert.Equal(widths, new[] { 512, 256, 128 }.Where(w => code.Contains($" Run{w}(", StringComparison.Ordinal)));
    }

    [Fact]
    public void Native_is_the_widest_of_this_machine()
    {
        int best = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        A_project_chooses_the_vector_widths("native", best);
    }

    [Fact]
    public void The_same_source_gives_the_same_code()
    {
        string[] Run() =>
            [.. new GeneratorRun(Snippet.Compile(("FlashAttention.cs", Snippet.Read("FlashAttention")))).Result.GeneratedSources
            .Select(s => s.HintName + "\n" + s.SourceText)];
        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Every_variant_has_a_file_a_target()
    {
        GeneratorRun run = GeneratorRun.Of("MatVec");
        string[] expected =
        [
            .. from element in new[] { "float", "Q4_0", "Q5_1" }
               from functor in new[] { "BiasSilu", "Identity" }
               from target in new[] { "Cpu", "Cuda", "OpenCl" }
               select $"Samples.Linear.MatVec.{element}-{functor}.{target}.g.cs",
        ];
        string[] targets = ["Cpu.g.cs", "Cuda.g.cs", "OpenCl.g.cs"];
        Assert.Equal(expected.Order(),
            run.Result.GeneratedSources.Select(s => s.HintName).Where(n => targets.Any(t => n.EndsWith(t, StringComparison.Ordinal))).Order());
    }

    // Sizes change with every improvement of a target; they are not what these files are about.
    private static string Sizeless(string text) =>
        string.Join('\n', text.Split('\n').Where(l => !l.Contains("KernelFoundry.KernelSize", StringComparison.Ordinal)));
}
