using System.Globalization;
using System.Text.RegularExpressions;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.Generators.Tests;

/// <summary>Each rule has a page in docs/diagnostics, and what its examples show is so.</summary>
public partial class PageTests
{
    private static readonly string Pages = Path.Combine(Snippet.Folder(), "..", "..", "docs", "diagnostics");

    public static TheoryData<string> Ids() => [.. Rules.OfSource.Append(Rules.Target).Append(Rules.Size).Select(r => r.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_a_page(string id)
    {
        DiagnosticDescriptor rule = Rules.OfSource.Append(Rules.Target).Append(Rules.Size).Single(r => r.Id == id);
        Assert.StartsWith($"# {id}: {rule.Title.ToString(CultureInfo.InvariantCulture)}\n", Read(id), StringComparison.Ordinal);
        Assert.Equal($"docs/diagnostics/{id}.md", rule.HelpLinkUri);
        Assert.Contains($"[{id}]({id}.md) | {rule.Title.ToString(CultureInfo.InvariantCulture)} |", Read("README"),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_examples_show_what_the_page_says(string id)
    {
        string[] examples = [.. Example().Matches(Read(id)).Select(m => m.Groups[1].Value)];
        if (examples.Length == 0)
            return;
        Assert.Equal(2, examples.Length);
        Assert.Equal([id], await Reported(examples[0]));
        Assert.Equal([], await Reported(examples[1]));
        new GeneratorRun(Compile(examples[1])).RequireValid();
    }

    // Of the source, and, where that has no mistakes, of the targets.
    private static async Task<IEnumerable<string>> Reported(string example)
    {
        CSharpCompilation compilation = Compile(example);
        IEnumerable<Diagnostic> found = (await Analysis.Of(compilation))
            .Concat(new GeneratorRun(compilation).Result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        return found.Select(d => d.Id).Distinct();
    }

    private static CSharpCompilation Compile(string example) => Snippet.Compile(("Example.cs",
        "using System;\nusing KernelFoundry;\nusing static KernelFoundry.Ops;\n\npublic static partial class Examples\n{\n" + example
        + "}\n"));

    private static string Read(string page) =>
        File.ReadAllText(Path.Combine(Pages, page + ".md")).Replace("\r\n", "\n", StringComparison.Ordinal);

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
