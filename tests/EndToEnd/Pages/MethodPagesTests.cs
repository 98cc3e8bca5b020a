using System.CommandLine;
using KernelFoundry.Cli.Commands;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.EndToEnd.Tests.Pages;

/// <summary>Every option of the decoding stack has a page; pages say what there is to say, their commands run and their code compiles.</summary>
public sealed class MethodPagesTests
{
    private const int Tokens = 60;

    public static TheoryData<string> Names => [.. MethodPage.All.Select(page => page.Name)];

    [Fact]
    public void EveryOptionHasItsPageAndTheIndexHasAll()
    {
        Dictionary<string, MethodPage> pages = MethodPage.All.ToDictionary(page => page.Name);
        foreach (DecodingOption option in DecodingOptionTable.Options.Values)
        {
            Assert.True(pages.TryGetValue(option.Page, out MethodPage? page), $"{option.Name} has the page '{option.Page}', which is not there.");
            string way = option.ChatProperty is { } own ? $"`ChatOptions.{own}`" : option.NotInChat is not null ? "not in chats" : option.NotInRequests is not null ? "not in chat requests" : $"property `{option.Name}`";
            Assert.Contains($"- `{option.Flag}{(option.IsSwitch ? "" : " " + option.Value)}`, {way}: {option.Description}", page!.Text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        }

        Assert.All(pages.Keys, name => Assert.Contains($"(methods/{name}.md)", MethodPage.Index, StringComparison.Ordinal));
        Assert.All(DecodingOptionTable.Options.Values, option => Assert.Contains($"`{option.Flag}`", MethodPage.Index, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void APageSaysSourceAndCostAndHasExamples(string name)
    {
        MethodPage page = Page(name);
        Assert.StartsWith("# ", page.Text, StringComparison.Ordinal);
        Assert.Contains("\n**Source.** ", page.Text, StringComparison.Ordinal);
        Assert.Contains("\n**Cost.** ", page.Text, StringComparison.Ordinal);
        Assert.NotEmpty(page.Examples("csharp"));
        Assert.True(page.Examples("sh").Count > 0 || name == "callback", "Only code has no flag.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ItsCommandsRun(string name)
    {
        using var folder = new TemporaryFolder();
        string file = FoundryFiles.Require("foundry-0.3m-Q8_0.gguf");
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(file, device);
        int ran = 0;
        foreach (string line in Page(name).Examples("sh").SelectMany(example => example.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            string[] words = [.. MethodPage.Words(line).Select(word => word == "M" ? file : word)];
            if (words[0] == "echo")
            {
                Assert.Equal(">", words[2]);
                File.WriteAllText(Path.Combine(folder.Path, words[3]), words[1]);
                continue;
            }

            Assert.Equal(["kf", "generate"], words[..2]);
            ParseResult parsed = GenerateCommand.Create().Parse([.. words[2..].Select(word => File.Exists(Path.Combine(folder.Path, word)) ? Path.Combine(folder.Path, word) : word)]);
            Assert.Empty(parsed.Errors);
            DecodingRequest request = GenerateCommand.Flags.Read(parsed, new OptionSources(model) { Open = _ => model });
            request = request with { Generation = request.Generation with { MaxTokens = Math.Min(request.Generation.MaxTokens, Tokens) } };
            using var plan = new DecodingPlan(request, model);
            int[] prompt = new TextGenerator(model).Encode("Once there lived");
            if (plan.Searches)
            {
                Assert.NotEmpty(plan.Search(prompt, TestContext.Current.CancellationToken));
            }
            else
            {
                (int[] taken, GenerationOptions options) = plan.For(prompt);
                GenerationChunk last = new TextGenerator(model).Generate(taken, options, TestContext.Current.CancellationToken).Last();
                Assert.InRange(last.Statistics!.GeneratedTokens, 1, Tokens);
            }

            ran++;
        }

        Assert.True(ran > 0 || name == "callback");
    }

    [Fact]
    public void AllCodeCompiles()
    {
        var examples = MethodPage.All.Append(new MethodPage("README", MethodPage.Index)).SelectMany(page => page.Examples("csharp").Select((code, i) => (page.Name, Code: code, Number: i))).ToArray();
        SyntaxTree[] trees = [.. examples.Select(each => CSharpSyntaxTree.ParseText(Wrap(each.Code, $"{each.Name.Replace('-', '_')}_{each.Number}"), path: each.Name))];
        MetadataReference[] references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll" || name.StartsWith("KernelFoundry.", StringComparison.Ordinal)))
            .Select(path => MetadataReference.CreateFromFile(path))];
        var compilation = CSharpCompilation.Create("Examples", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(compilation.GetDiagnostics().Where(each => each.Severity == DiagnosticSeverity.Error).Select(each => each.ToString()));
        Assert.True(trees.Length > MethodPage.All.Count);
    }

    // Flags and their help are made of the table; the help is as wide as it says.
    [Fact]
    public void HelpHasEveryOptionInItsGroup()
    {
        Kf help = Kf.Run("generate", "--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        string[] lines = help.Output.Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 120));
        foreach (DecodingOptionGroup group in DecodingOptionTable.Groups)
        {
            int at = Array.IndexOf(lines, group.Title + ":");
            Assert.True(at > 0, group.Title);
            string[] own = [.. lines.Skip(at + 1).TakeWhile(line => line.Length > 0)];
            Assert.All(group.Options, option => Assert.Contains(own, line => line.StartsWith($"  {option.Flag} ", StringComparison.Ordinal)));
        }
    }

    private static MethodPage Page(string name) => MethodPage.All.Single(page => page.Name == name);

    private static string Wrap(string code, string name) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Text.Json;
        using System.Threading.Tasks;
        using KernelFoundry.Inference.Decoding;
        using KernelFoundry.Inference.Generation;
        using KernelFoundry.Inference.Models;

        public static class {{name}}
        {
            public static async Task Run(LanguageModel model, LanguageModel amateur, TextGenerator generator, int[] prompt, int eos)
            {
                await Task.Yield();
        {{code}}
            }
        }
        """;
}
