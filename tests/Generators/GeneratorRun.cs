using System.Collections.Concurrent;
using KernelFoundry.Generators.Generation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.Generators.Tests;

/// <summary>The generator run over a compilation.</summary>
internal sealed class GeneratorRun
{
    private GeneratorDriver _driver = CSharpGeneratorDriver.Create(
        [new KernelGenerator().AsSourceGenerator()],
        parseOptions: Snippet.Options,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static readonly ConcurrentDictionary<string, Lazy<GeneratorRun>> Valid = new();

    public GeneratorRun(Compilation compilation) => Update(compilation);

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
}
