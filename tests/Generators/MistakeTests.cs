using System.Collections.Immutable;
using System.Globalization;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Tests;

/// <summary>
/// One file of Mistakes for each thing a user can get wrong. Its first lines say what is reported and where: "// KF0005 12:13". Nothing
/// else may be.
/// </summary>
public class MistakeTests
{
    public static TheoryData<string> Files() => [.. Names()];

    private static IEnumerable<string> Names() =>
        [.. Directory.GetFiles(Path.Combine(Snippet.Folder(), "Mistakes"), "*.cs").Select(f => Path.GetFileNameWithoutExtension(f))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_mistake_is_reported_where_it_is(string name)
    {
        string text = File.ReadAllText(Path.Combine(Snippet.Folder(), "Mistakes", name + ".cs"));
        string[] expected =
            [.. text.Split('\n').TakeWhile(l => l.StartsWith("// KF", StringComparison.Ordinal)).Select(l => l[3..].TrimEnd())];
        ImmutableArray<Diagnostic> reported = await Analysis.Of(Snippet.Compile(($"{name}.cs", text)));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Order(StringComparer.Ordinal), reported.Select(Place).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_messages_are_those_on_file()
    {
        var text = new System.Text.StringBuilder();
        foreach (string name in Names())
        {
            string source = File.ReadAllText(Path.Combine(Snippet.Folder(), "Mistakes", name + ".cs"));
            foreach (Diagnostic diagnostic in await Analysis.Of(Snippet.Compile(($"{name}.cs", source))))
            {
                string message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
                Assert.DoesNotMatch(@"%|\b(i32|f32|u32|i8)\b", message);
                text.Append(CultureInfo.InvariantCulture, $"{name}: {diagnostic.Severity} {diagnostic.Id}: {message}\n");
            }
        }

        Golden.Check("Messages", text.ToString());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_mistake_does_not_stop_the_generator(string name)
    {
        string text = File.ReadAllText(Path.Combine(Snippet.Folder(), "Mistakes", name + ".cs"));
        var run = new GeneratorRun(Snippet.Compile(($"{name}.cs", text)));
        Assert.DoesNotContain(run.Result.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("Softmax")]
    [InlineData("RmsNorm")]
    [InlineData("MatVec")]
    [InlineData("FlashAttention")]
    [InlineData("ControlFlow")]
    public async Task Code_without_mistakes_has_no_diagnostics(string name) =>
        Assert.Empty(await Analysis.Of(Snippet.Compile(($"{name}.cs", Snippet.Read(name)))));

    [Fact]
    public void Every_rule_has_a_file_with_its_mistake()
    {
        HashSet<string> shown = [.. Directory.GetFiles(Path.Combine(Snippet.Folder(), "Mistakes"), "*.cs").SelectMany(File.ReadLines)
            .Where(l => l.StartsWith("// KF", StringComparison.Ordinal)).Select(l => l.Substring(3, 6))];
        Assert.Equal([], Rules.OfSource.Select(r => r.Id).Where(id => !shown.Contains(id)));
    }

    private static string Place(Diagnostic diagnostic)
    {
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        return string.Create(CultureInfo.InvariantCulture,
            $"{diagnostic.Id} {span.StartLinePosition.Line + 1}:{span.StartLinePosition.Character + 1}");
    }
}
