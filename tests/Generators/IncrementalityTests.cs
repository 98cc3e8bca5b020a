using KernelFoundry.Generators.Generation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.Generators.Tests;

/// <summary>What an edit runs again: only what depends on it.</summary>
public class IncrementalityTests
{
    private static readonly (string File, string Text)[] Sources =
    [
        ("MatVec.cs", Snippet.Read("MatVec")), ("RmsNorm.cs", Snippet.Read("RmsNorm")),
        ("Other.cs", "namespace Samples;\n\npublic static class Other\n{\n}\n"),
    ];

    // Everything after the models of kernels, functors and formats.
    private static readonly string[] AfterModels =
        [Steps.Surroundings, Steps.Families, Steps.Rendered, Steps.ForeignFamilies, Steps.ForeignRendered, Steps.Records,
            Steps.Registration];

    [Theory]
    [InlineData("RmsNorm.cs", "float scale", "// A comment.\n        float scale")]
    [InlineData("RmsNorm.cs", "    [Kernel]", "    // A comment above the kernel.\n    [Kernel]")]
    [InlineData("RmsNorm.cs", "v * scale * weight", "v\n            *   scale * weight")]
    [InlineData("MatVec.cs", "var biased", "\n\n        var biased")]
    [InlineData("MatVec.cs", "=> new(Scale:", "=> /* scale */ new(Scale:")]
    [InlineData("Other.cs", "{", "{\n    public static int Answer => 42;")]
    [InlineData("Other.cs", "{",
        "{\n    public record struct Plain(int A) : System.IComparable<int>\n    {\n        public int CompareTo(int b) => 0;\n    }")]
    public void An_edit_that_changes_no_kernel_runs_nothing_after_the_models(string file, string before, string after)
    {
        Compilation compilation = Snippet.Compile(Sources);
        var run = new GeneratorRun(compilation);
        string[] first = Texts(run);
        run.Update(Edit(compilation, file, before, after));
        Assert.All(Steps.All.Except(AfterModels),
            step => Assert.All(Reasons(run, step),
                r => Assert.True(r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {r}")));
        Assert.All(AfterModels,
            step => Assert.All(Reasons(run, step), r => Assert.True(r is IncrementalStepRunReason.Cached, $"{step}: {r}")));
        Assert.All(run.Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs),
            o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
        Assert.Equal(first, Texts(run));
    }

    [Fact]
    public void An_edit_of_a_kernel_renders_that_kernel_alone()
    {
        Compilation compilation = Snippet.Compile(Sources);
        var run = new GeneratorRun(compilation);
        run.Update(Edit(compilation, "RmsNorm.cs", "Sum(v * v)", "Sum(Abs(v))"));
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(run, Steps.Kernels).Where(IsNew));
        // float, Half and BFloat16 of RmsNorm; nothing of MatVec.
        Assert.Equal(3, Reasons(run, Steps.Rendered).Count(IsNew));
        Assert.DoesNotContain(Reasons(run, Steps.ForeignRendered), IsNew);
    }

    [Fact]
    public void An_edit_of_a_functor_renders_what_takes_it_alone()
    {
        Compilation compilation = Snippet.Compile(Sources);
        var run = new GeneratorRun(compilation);
        run.Update(Edit(compilation, "MatVec.cs", "x * Sigmoid(x)", "x * Tanh(x)"));
        Assert.DoesNotContain(Reasons(run, Steps.Kernels), IsNew);
        // float, Q4_0 and Q5_1 with BiasSilu; nothing with Identity.
        Assert.Equal(3, Reasons(run, Steps.Rendered).Count(IsNew));
    }

    [Fact]
    public void A_new_position_is_taken_up_with_the_next_change()
    {
        Compilation compilation = Snippet.Compile(Sources);
        var run = new GeneratorRun(compilation);
        Compilation moved = Edit(compilation, "RmsNorm.cs", "namespace Samples;", "namespace Samples;\n\n\n");
        run.Update(moved);
        Assert.Contains("SourceLine = 14,", run.File("Samples.Normalization.RmsNorm.Definition"), StringComparison.Ordinal);
        run.Update(Edit(moved, "RmsNorm.cs", "Sum(v * v)", "Sum(Abs(v))"));
        Assert.Contains("SourceLine = 17,", run.File("Samples.Normalization.RmsNorm.Definition"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_step_holds_symbols_or_syntax()
    {
        var run = new GeneratorRun(Snippet.Compile(Sources));
        foreach (string step in Steps.All.Where(run.Result.TrackedSteps.ContainsKey))
            Assert.All(run.Result.TrackedSteps[step].SelectMany(s => s.Outputs), o => RequirePlain(o.Value, [], step));
    }

    private static void RequirePlain(object? value, HashSet<object> seen, string step)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
            return;
        Assert.False(value is ISymbol or Compilation or SyntaxNode or SyntaxTree or SemanticModel or Location or IOperation,
            $"{step} holds {value.GetType()}.");
        if (value is System.Collections.IEnumerable items)
        {
            foreach (object? item in items)
                RequirePlain(item, seen, step);
        }

        const System.Reflection.BindingFlags Fields =
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public;
        for (Type? type = value.GetType(); type is not null
            && type.Namespace?.StartsWith("KernelFoundry", StringComparison.Ordinal) == true; type = type.BaseType)
        {
            foreach (System.Reflection.FieldInfo field in type.GetFields(Fields))
                RequirePlain(field.GetValue(value), seen, step);
        }
    }

    private static bool IsNew(IncrementalStepRunReason reason) =>
        reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified;

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRun run, string step) =>
        run.Result.TrackedSteps.TryGetValue(step, out var steps) ? steps.SelectMany(s => s.Outputs).Select(o => o.Reason) : [];

    private static string[] Texts(GeneratorRun run) => [.. run.Result.GeneratedSources.Select(s => s.HintName + "\n" + s.SourceText)];

    private static Compilation Edit(Compilation compilation, string file, string before, string after)
    {
        SyntaxTree old = compilation.SyntaxTrees.Single(t => t.FilePath == file);
        string text = old.ToString();
        Assert.Contains(before, text, StringComparison.Ordinal);
        int at = text.IndexOf(before, StringComparison.Ordinal);
        string edited = text[..at] + after + text[(at + before.Length)..];
        return compilation.ReplaceSyntaxTree(old, CSharpSyntaxTree.ParseText(edited, Snippet.Options, file));
    }
}
