using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Tests;

/// <summary>Finds the reference data that lies beside the repository; tests skip where it is absent.</summary>
internal static class ReferenceFiles
{
    private const string Variable = "KERNELFOUNDRY_REFERENCE";

    /// <summary>Path of a reference file, or the calling test is skipped.</summary>
    public static string Require(params string[] parts)
    {
        string? folder = Find();
        Assert.SkipWhen(folder is null, $"Needs the reference data: ../shared/reference beside the repository, or {Variable}.");
        string path = Path.Combine([folder!, .. parts]);
        Assert.SkipUnless(File.Exists(path), $"Needs {path}.");
        return path;
    }

    private static string? Find([CallerFilePath] string source = "")
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        foreach (string? start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(source) })
        {
            for (var folder = start is null ? null : new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "shared", "reference");
                if (Directory.Exists(candidate))
                    return candidate;
            }
        }

        return null;
    }
}
