using System.Runtime.CompilerServices;
using KernelFoundry.Compiler.Targets;

namespace KernelFoundry.Compiler.Tests.Targets;

/// <summary>The elementary functions of the runtime are what the compiler renders today.</summary>
public sealed class ElementaryTests
{
    [Fact]
    public void RuntimeHoldsWhatTheCompilerRenders()
    {
        string path = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "src", "Runtime", "Kernels", "Elementary.g.cs");
        string rendered = ElementaryTarget.Render();
        if (Environment.GetEnvironmentVariable("KF_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, rendered);
        Assert.Equal(rendered, File.ReadAllText(path));
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;
}
