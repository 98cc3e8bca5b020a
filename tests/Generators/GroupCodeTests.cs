using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Tests;

/// <summary>Group code, for ILGPU and the emulator of tests: only where a project asks for it.</summary>
public class GroupCodeTests
{
    private static readonly Compilation Both = Snippet.Compile(("Softmax.cs", Snippet.Read("Softmax")), ("MatVec.cs", Snippet.Read("MatVec")));

    [Fact]
    public void It_is_C_sharp_over_primitives()
    {
        GeneratorRun run = new GeneratorRun(Snippet.Compile(("Softmax.cs", Snippet.Read("Softmax"))), groupCode: "all").RequireValid();
        Golden.Check("Generated/Samples.Attention.Softmax.Group", run.File("Samples.Attention.Softmax.float.Group"));
        Golden.Check("Generated/KernelFoundry.GroupCode", run.File("KernelFoundry.GroupCode"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("none")]
    public void A_project_that_does_not_ask_gets_none(string? property) => Assert.Empty(Kernels(property));

    [Theory]
    [InlineData("all", "Samples.Attention.Softmax", "Samples.Linear.MatVec")]
    [InlineData("Softmax", "Samples.Attention.Softmax")]
    [InlineData("Samples.Linear.MatVec; Other", "Samples.Linear.MatVec")]
    public void A_project_names_kernels(string property, params string[] kernels) => Assert.Equal(kernels, Kernels(property));

    [Fact]
    public void Every_barrier_of_the_program_is_in_it()
    {
        // A loop over work-items between barriers is all that stands for them: one left out would show as a race in the emulator alone.
        GeneratorRun run = new(Both, groupCode: "all");
        foreach (string kernel in new[] { "Samples.Attention.Softmax.float", "Samples.Linear.MatVec.float" })
        {
            string[] group = Barriers(Files(run).First(file => file.Name.StartsWith(kernel, StringComparison.Ordinal) && file.Name.EndsWith(".Group.g.cs", StringComparison.Ordinal)).Text, "G.Barrier();");
            string[] openCl = Barriers(WithoutSubGroups(Files(run).First(file => file.Name.StartsWith(kernel, StringComparison.Ordinal) && file.Name.EndsWith(".OpenCl.g.cs", StringComparison.Ordinal)).Text), "kf_barrier();");
            Assert.NotEmpty(group);

            // A tree through memory has a barrier in its loop and one behind it; where work-items shuffle, the one behind what each warp came to is left.
            int shuffled = Regex.Count(Files(run).First(file => file.Name.StartsWith(kernel, StringComparison.Ordinal) && file.Name.EndsWith(".Group.g.cs", StringComparison.Ordinal)).Text, "ShuffleXor") / ShufflesOfTotal;
            Assert.Equal(openCl.Length - shuffled, group.Length);
        }
    }

    // Halves of 32.
    private const int ShufflesOfTotal = 5;

    private static string WithoutSubGroups(string text) =>
        string.Concat(text.Split("internal static unsafe class ").Where(code => !code.Split('\n')[0].EndsWith("SubGroups", StringComparison.Ordinal)));

    private static string[] Barriers(string text, string barrier) => [.. text.Split('\n').Where(line => line.Contains(barrier, StringComparison.Ordinal))];

    private static IEnumerable<(string Name, string Text)> Files(GeneratorRun run) =>
        run.Result.GeneratedSources.Select(source => (source.HintName, source.SourceText.ToString()));

    private static string[] Kernels(string? property) =>
    [
        .. new GeneratorRun(Both, groupCode: property).Result.GeneratedSources.Select(source => source.HintName)
            .Where(name => name.EndsWith(".Group.g.cs", StringComparison.Ordinal)).Select(name => string.Join('.', name.Split('.').Take(3))).Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
