using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Tests;

/// <summary>Finds the models of our own in the repository, where a test needs a real distribution. models/README.md says what they can do.</summary>
internal static class FoundryFiles
{
    /// <summary>Path of a model, such as <c>foundry-0.3m-Q8_0.gguf</c>.</summary>
    public static string Require(string name, [CallerFilePath] string source = "")
    {
        foreach (string? start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(source) })
        {
            for (var folder = start is null ? null : new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "models", name);
                if (File.Exists(candidate))
                    return candidate;
            }
        }

        throw new FileNotFoundException($"models/{name} is a part of the repository.");
    }
}
