using System.Runtime.CompilerServices;

namespace KernelFoundry.Compiler.Tests;

/// <summary>Compares text with a file of Golden. With KF_UPDATE_GOLDEN=1 in the environment the file is rewritten instead.</summary>
internal static class Golden
{
    public static void Check(string name, string actual, [CallerFilePath] string file = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(file)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("KF_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing; run with KF_UPDATE_GOLDEN=1 and review it.");
        Assert.Equal(File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal), actual);
    }
}
