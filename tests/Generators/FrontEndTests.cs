using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.FrontEnd;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Tests;

/// <summary>Kernels, functors and formats as IR.</summary>
public class FrontEndTests
{
    [Theory]
    [InlineData("Softmax")]
    [InlineData("RmsNorm")]
    [InlineData("MatVec")]
    [InlineData("FlashAttention")]
    [InlineData("ControlFlow")]
    public void A_kernel_becomes_the_ir_on_file(string name)
    {
        Kernel kernel = ReadKernel(name);
        IrVerifier.Verify(kernel);
        Golden.Check($"Ir/{name}", IrPrinter.Print(kernel));
    }

    [Theory]
    [InlineData("FlashAttention", "SlidingWindow")]
    [InlineData("FlashAttention", "Alibi")]
    [InlineData("MatVec", "BiasSilu")]
    public void A_functor_becomes_the_ir_on_file(string snippet, string name)
    {
        Compilation compilation = Compile(snippet);
        INamedTypeSymbol type = Snippet.Type(compilation, name);
        FunctorReading reading = FunctorReader.Read(type, FunctorReader.InterfacesOf(type).Single(), compilation, default);
        RequireNone(reading.Mistakes);
        IrVerifier.Verify(reading.Ir!);
        Golden.Check($"Ir/{name}", IrPrinter.Print(reading.Ir!));
    }

    [Theory]
    [InlineData("MatVec", "Q4_0")]
    [InlineData("MatVec", "Q5_1")]
    [InlineData("MatVec", "Mx4")]
    [InlineData("Uneven", "Uneven")]
    public void A_format_becomes_the_ir_on_file(string snippet, string name)
    {
        Compilation compilation = Compile(snippet);
        FormatReading reading = FormatReader.Read(Snippet.Type(compilation, name), compilation, default);
        RequireNone(reading.Mistakes);
        IrVerifier.Verify(reading.Ir!);
        Golden.Check($"Ir/{name}", IrPrinter.Print(reading.Ir!));
    }

    private static Compilation Compile(string snippet)
    {
        Compilation compilation = Snippet.Compile(($"{snippet}.cs", Snippet.Read(snippet)));
        Snippet.RequireValid(compilation);
        return compilation;
    }

    private static Kernel ReadKernel(string name)
    {
        Compilation compilation = Compile(name);
        KernelReading reading = KernelReader.Read(Snippet.Method(compilation, name), compilation, default);
        RequireNone(reading.Mistakes);
        return reading.Ir!;
    }

    private static void RequireNone(IReadOnlyList<Mistake> mistakes) =>
        Assert.True(mistakes.Count == 0, string.Join("\n", mistakes.Select(m => m.ToDiagnostic().ToString())));
}
