using System.Collections.Immutable;
using KernelFoundry.Generators.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace KernelFoundry.Generators.Tests;

/// <summary>What the fixes make of code.</summary>
public class CodeFixTests
{
    private const string Usings = "using KernelFoundry;\nusing static KernelFoundry.Ops;\n\n";

    [Theory]
    [InlineData("public static class Fills", "public static partial class Fills")]
    [InlineData("// Fills.\nclass Fills", "// Fills.\npartial class Fills")]
    public async Task Partial_is_added_to_the_class(string before, string after)
    {
        const string Body = "\n{\n    [Kernel]\n    public static void Clear(View1<float> y) => y.Store(0, 0f);\n}\n";
        Assert.Equal([Usings + after + Body], await Fix(new AddPartialFix(), "KF0012", Usings + before + Body));
    }

    [Fact]
    public async Task The_attribute_is_added_to_the_method_called()
    {
        const string Kernel = Usings + """
            public static partial class Fills
            {
                [Kernel]
                public static void Fill(View1<float> y) => y.Store(0, Other.Twice(y.Load(0)));
            }

            """;
        const string Before = "public static class Other\n{\n    // Doubles.\n    public static float Twice(float a) => a * 2;\n}\n";
        string[] after = await Fix(new AddDeviceFunctionFix(), "KF0018", Kernel, "using KernelFoundry;\n\n" + Before);
        Assert.Equal(Kernel, after[0]);
        string expected = Before.Replace("// Doubles.\n", "// Doubles.\n    [DeviceFunction]\n", StringComparison.Ordinal);
        Assert.Equal("using KernelFoundry;\n\n" + expected, after[1]);
    }

    [Theory]
    [InlineData("for (int i = 0; i < n + 1; i += 32)\n            x.Store(Range(i, 32), Zeros(Range(0, 32)));", "Range(i, 32)",
        "Range(i, 32, n + 1)")]
    [InlineData("var i = Range(ProgramId(0, CeilDiv(x.Extent0, 64)) * 64, 64);\n        x.Store(i, x.Load(i));", "* 64, 64)",
        "* 64, 64, x.Extent0)")]
    public async Task The_end_is_added_to_the_range(string body, string before, string after)
    {
        string source = Usings + "public static partial class Fills\n{\n    [Kernel]\n    public static void Clear(View1<float> x, int n)\n"
            + $"    {{\n        {body}\n    }}\n}}\n";
        Assert.Equal([source.Replace(before, after, StringComparison.Ordinal)], await Fix(new AddRangeEndFix(), "KF0007", source));
    }

    [Fact]
    public async Task No_end_is_offered_where_the_code_does_not_say_it()
    {
        const string Source = Usings + """
            public static partial class Fills
            {
                [Kernel]
                public static void Clear(View1<float> x, int n)
                {
                    var i = Range(ProgramId(0, n) * 64, 64);
                    x.Store(i, x.Load(i));
                }
            }

            """;
        Assert.Equal([Source], await Fix(new AddRangeEndFix(), "KF0007", Source));
    }

    // The texts after the first fix offered for the first diagnostic of an id.
    private static async Task<string[]> Fix(CodeFixProvider provider, string id, params string[] sources)
    {
        using var workspace = new AdhocWorkspace();
        Project project = workspace.AddProject("Fixes", LanguageNames.CSharp)
            .WithParseOptions(Snippet.Options)
            .WithCompilationOptions(Snippet.Compile().Options)
            .WithMetadataReferences(Snippet.Compile().References);
        var ids = new List<DocumentId>();
        for (int i = 0; i < sources.Length; i++)
        {
            Document document = project.AddDocument($"File{i}.cs", SourceText.From(sources[i]), filePath: $"File{i}.cs");
            project = document.Project;
            ids.Add(document.Id);
        }

        Compilation compilation = (await project.GetCompilationAsync())!;
        Diagnostic diagnostic = (await Analysis.Of(compilation)).First(d => d.Id == id);
        Assert.Contains(id, provider.FixableDiagnosticIds);
        var actions = new List<CodeAction>();
        Document reported = project.GetDocument(diagnostic.Location.SourceTree)!;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(reported, diagnostic, (action, _) => actions.Add(action), default));
        Solution solution = project.Solution;
        foreach (CodeAction action in actions.Take(1))
        {
            ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(default);
            solution = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        }

        var texts = new List<string>();
        foreach (DocumentId document in ids)
            texts.Add((await solution.GetDocument(document)!.GetTextAsync()).ToString());
        return [.. texts];
    }
}
