using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace KernelFoundry.Package.Tests;

/// <summary>Packs the packages as a release does and builds and runs a project that knows nothing but them.</summary>
public sealed class ConsumerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelfoundry-package-").FullName;

    [Fact]
    public async Task OnePackageReferenceCompilesKernelsAndFusesFunctors()
    {
        string root = Path.GetFullPath(Path.Combine(ThisFolder(), "..", ".."));
        string packages = Path.Combine(_folder, "packages"), version = $"0.0.0-test.{Guid.NewGuid():N}";
        foreach (string project in new[] { "Compiler", "Runtime", "Kernels" })
            await Dotnet(root, ["pack", Path.Combine("src", project), "--no-build", "-c", Metadata("Configuration"), "-o", packages, $"-p:Version={version}", .. Artifacts()]);

        string consumer = Path.Combine(_folder, "consumer");
        Directory.CreateDirectory(consumer);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(ThisFolder(), "Consumer")))
            File.Copy(file, Path.Combine(consumer, Path.GetFileName(file)));
        string[] build = ["-c", "Release", $"-p:KernelFoundryVersion={version}", $"-p:RestoreAdditionalProjectSources={packages}"];
        string log = await Dotnet(consumer, ["build", .. build, $"-p:RestorePackagesPath={Path.Combine(_folder, "restored")}", $"-p:RestoreFallbackFolders={NuGetFolder()}"]);
        Assert.Matches("kernel [^:]*Axpy: [1-9][0-9]* variants, [1-9][0-9]* characters of C#, [1-9][0-9]* of OpenCL C, [1-9][0-9]* of PTX", log);
        Assert.Matches("all kernels of Consumer: [1-9]", log);
        string output = await Dotnet(consumer, [Path.Combine(consumer, "bin", "Release", "net10.0", "Consumer.dll")]);

        Assert.Contains("Reference axpy 12 24 36 squared-relu 0 40 900", output, StringComparison.Ordinal);
        Assert.Contains("Cpu axpy 12 24 36 squared-relu 0 40 900", output, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("KERNELFOUNDRY_REQUIRE_OPENCL") == "1")
            Assert.Contains("OpenCl axpy 12 24 36 squared-relu 0 40 900", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string NuGetFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string[] Artifacts() => Metadata("Artifacts") is { Length: > 0 } path ? ["--artifacts-path", path] : [];

    private static string Metadata(string key) => typeof(ConsumerTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value ?? "";

    private static async Task<string> Dotnet(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // The test host's own settings must not leak into the build.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} failed:\n{await output}\n{await error}");
        return await output;
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
