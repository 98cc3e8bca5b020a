using System.Runtime.CompilerServices;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Compiler.Targets.Ilgpu;

namespace KernelFoundry.Compiler.Tests.Targets;

/// <summary>What the runtime holds of rendered code is what the compiler renders today.</summary>
public sealed class RuntimeCodeTests
{
    [Fact]
    public void ElementaryFunctions() => AssertHeld("Elementary.g.cs", ElementaryTarget.Render());

    [Fact]
    public void ElementaryFunctionsOfGroups() => AssertHeld("Groups/GroupElementary.g.cs", GroupElementaryTarget.Render());

    [Fact]
    public void Contractions() => AssertHeld("Contractions.g.cs", ContractionTarget.Render());

    [Fact]
    public void ByteContractions() => AssertHeld("ByteContractions.g.cs", ByteContractionTarget.Render());

    private static void AssertHeld(string file, string rendered)
    {
        string path = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "src", "Runtime", "Kernels", file);
        if (Environment.GetEnvironmentVariable("KF_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, rendered);
        Assert.Equal(rendered, File.ReadAllText(path));
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;
}
