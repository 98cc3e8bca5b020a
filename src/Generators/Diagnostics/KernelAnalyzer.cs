using System.Collections.Concurrent;
using System.Collections.Immutable;
using KernelFoundry.Generators.FrontEnd;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelFoundry.Generators.Diagnostics;

/// <summary>
/// Reports mistakes in kernels, functors and formats. It reads them as the generator does; being an analyzer, it reports while the code is
/// typed, and what it reports can be fixed from the editor.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KernelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Rules.OfSource];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            // A device function with a mistake is read for every kernel that calls it; the mistake is one.
            var reported = new ConcurrentDictionary<(string Id, Location Location), bool>();
            start.RegisterSymbolAction(context => Kernel(context, reported), SymbolKind.Method);
            start.RegisterSymbolAction(context => Type(context, reported), SymbolKind.NamedType);
        });
    }

    private static void Kernel(SymbolAnalysisContext context, ConcurrentDictionary<(string Id, Location Location), bool> reported)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (Language.Has(method, "Kernel"))
            Report(context, reported, KernelReader.Read(method, context.Compilation, context.CancellationToken).Mistakes);
    }

    private static void Type(SymbolAnalysisContext context, ConcurrentDictionary<(string Id, Location Location), bool> reported)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (Language.IsFunctorInterface(type))
            Report(context, reported, FunctorReader.ReadDefaults(type, context.Compilation, context.CancellationToken)?.Mistakes ?? []);
        if (type.TypeKind is not (TypeKind.Struct or TypeKind.Class))
            return;
        foreach (INamedTypeSymbol contract in FunctorReader.InterfacesOf(type))
            Report(context, reported, FunctorReader.Read(type, contract, context.Compilation, context.CancellationToken).Mistakes);
        if (Language.IsFormat(type))
            Report(context, reported, FormatReader.Read(type, context.Compilation, context.CancellationToken).Mistakes);
    }

    private static void Report(SymbolAnalysisContext context, ConcurrentDictionary<(string Id, Location Location), bool> reported,
        IEnumerable<Mistake> mistakes)
    {
        foreach (Mistake mistake in mistakes)
        {
            if (reported.TryAdd((mistake.Rule.Id, mistake.Location), true))
                context.ReportDiagnostic(mistake.ToDiagnostic());
        }
    }
}
