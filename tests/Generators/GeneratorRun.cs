using System.Collections.Concurrent;
using KernelFoundry.Generators.Generation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelFoundry.Generators.Tests;

/// <summary>The generator run over a compilation.</summary>
internal sealed class GeneratorRun
{
    private GeneratorDriver _driver;

    private static readonly ConcurrentDictionary<string, Lazy<GeneratorRun>> Valid = new();

    public GeneratorRun(Compilation compilation, string? vectorBits = null, string? groupCode = null)
    {
        _driver = CSharpGeneratorDriver.Create(
            [new KernelGenerator().AsSourceGenerator()],
            parseOptions: Snippet.Options,
            optionsProvider: new ProjectProperties(vectorBits, groupCode),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        Update(compilation);
    }

    /// <summary>The run over a file of Snippets, which is valid; compiling what is rendered takes seconds, so it is done once.</summary>
    public static GeneratorRun Of(string snippet) => Valid.GetOrAdd(
        snippet, name => new(() => new GeneratorRun(Snippet.Compile(($"{name}.cs", Snippet.Read(name)))).RequireValid())).Value;

    public Compilation Output { get; private set; } = null!;

    public GeneratorRunResult Result { get; private set; }

    /// <summary>Runs again, over an edited compilation.</summary>
    public void Update(Compilation compilation)
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        Output = output;
        Result = _driver.GetRunResult().Results.Single();
        Assert.Null(Result.Exception);
    }

    /// <summary>The generated file of a name.</summary>
    public string File(string name) => Result.GeneratedSources.FirstOrDefault(s => s.HintName == name + ".g.cs").SourceText?.ToString()
        ?? throw new ArgumentException($"No file {name}; there are {string.Join(", ", Result.GeneratedSources.Select(s => s.HintName))}.");

    /// <summary>The generated code compiles, and no target failed.</summary>
    public GeneratorRun RequireValid()
    {
        string failures = string.Join("\n",
            Result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        Assert.True(failures.Length == 0, failures);
        Snippet.RequireValid(Output);
        return this;
    }

    private sealed class ProjectProperties(string? vectorBits, string? groupCode) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Properties(vectorBits, groupCode);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Properties(string? vectorBits, string? groupCode) : AnalyzerConfigOptions
    {
#pragma warning disable CS8765 // The attribute that says when the value is null exists twice among the references.
        public override bool TryGetValue(string key, out string? value)
#pragma warning restore CS8765
        {
            value = key switch
            {
                "build_property.KernelFoundryVectorBits" => vectorBits,
                "build_property.KernelFoundryGroupCode" => groupCode,
                _ => null,
            };
            return value is not null;
        }
    }
}
