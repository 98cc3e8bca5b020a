using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KernelFoundry.Generators.Tests;

/// <summary>C# source compiled in memory against the kernel language.</summary>
internal static class Snippet
{
    /// <summary>The parse options of every snippet: the language version the project itself is built with.</summary>
    public static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    private static readonly MetadataReference[] Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(Device).Assembly.Location),
    ];

    /// <summary>The folder this file is in.</summary>
    public static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    /// <summary>The text of a file of Snippets.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder(), "Snippets", name + ".cs"));

    public static CSharpCompilation Compile(params (string File, string Text)[] sources) => Compile([], sources);

    public static CSharpCompilation Compile(IEnumerable<MetadataReference> references, params (string File, string Text)[] sources) =>
        CSharpCompilation.Create(
        "Snippet",
        sources.Select(s => CSharpSyntaxTree.ParseText(s.Text, Options, s.File)),
        [.. Platform, .. references],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Fails unless the C# compiler accepts the code: a test of ours says nothing about code that is none.</summary>
    public static void RequireValid(Compilation compilation)
    {
        Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
        Assert.True(errors.Length == 0, string.Join("\n", errors.Select(e => e.ToString())));
    }

    public static IMethodSymbol Method(Compilation compilation, string name) =>
        compilation.GetSymbolsWithName(name, SymbolFilter.Member).OfType<IMethodSymbol>().First();

    public static INamedTypeSymbol Type(Compilation compilation, string name) =>
        compilation.GetSymbolsWithName(name, SymbolFilter.Type).OfType<INamedTypeSymbol>().First();
}
