using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace KernelFoundry.Aot.Tests;

/// <summary>One run of <c>dotnet publish</c> on the tool, as docs/native-aot.md has it.</summary>
/// <param name="Framework">The framework compiled for.</param>
/// <param name="ExitCode">Of dotnet.</param>
/// <param name="Log">All it printed.</param>
/// <param name="Binary">Where the binary lies if it succeeded.</param>
internal sealed partial record Publishing(string Framework, int ExitCode, string Log, string Binary)
{
    /// <summary>What the package source or the machine lacks, in the tools' own words; null if that is not why it failed.</summary>
    public string? Missing => ExitCode == 0 ? null : MissingTool().Match(Log) is { Success: true } match ? match.Value.Trim() : null;

    /// <summary>Every line that warns or reports an error.</summary>
    public string[] Complaints => [.. Log.Split('\n').Where(line => Complaint().IsMatch(line))];

    public static async Task<Publishing> RunAsync(string framework, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Artifacts, framework), output = Path.Combine(folder, "kf");
        string[] arguments =
        [
            "publish", Path.Combine("src", "Cli"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-p:KernelFoundryAot=true",
            $"-p:KernelFoundryFramework={framework}", "--artifacts-path", folder, "-o", output, "-nodeReuse:false",
        ];

        // Native code is compiled anew, so that what it warns of is seen; assemblies are compiled when their sources have changed.
        string native = Path.Combine(folder, "obj", "KernelFoundry.Cli", $"release_{RuntimeInformation.RuntimeIdentifier}", "native");
        if (Directory.Exists(native))
            Directory.Delete(native, recursive: true);
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Root(), RedirectStandardOutput = true, RedirectStandardError = true };
        // The test host's own settings must not leak into the build.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        Task<string> printed = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        string binary = Path.Combine(output, OperatingSystem.IsWindows() ? "kf.exe" : "kf");
        return new Publishing(framework, process.ExitCode, await printed + await error, binary);
    }

    private static string Artifacts => typeof(Publishing).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "Artifacts").Value!;

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    // A package that the source has not, or no source to be reached; then the linker, in the words of either system.
    [GeneratedRegex("(NU1101|NU1102|NU1103|NU1301)[^\n]*|Platform linker[^\n]*not found[^\n]*|requested linker[^\n]*", RegexOptions.IgnoreCase)]
    private static partial Regex MissingTool();

    [GeneratedRegex(@"\b(warning|error)( [A-Z]+[0-9]+)?\s*:", RegexOptions.IgnoreCase)]
    private static partial Regex Complaint();
}
