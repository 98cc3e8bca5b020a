using System.Collections.Immutable;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelFoundry.Generators.Tests;

/// <summary>The analyzer run over a compilation.</summary>
internal static class Analysis
{
    public static async Task<ImmutableArray<Diagnostic>> Of(Compilation compilation)
    {
        ImmutableArray<Diagnostic> all = await compilation.WithAnalyzers([new KernelAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        Assert.DoesNotContain(all, d => d.Id.StartsWith("AD", StringComparison.Ordinal));
        return [.. all.OrderBy(d => d.Location.SourceSpan.Start)];
    }
}
