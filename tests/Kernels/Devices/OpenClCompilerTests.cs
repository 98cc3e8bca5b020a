using System.Diagnostics;

namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// What a compiler of OpenCL C with the extensions makes of the texts that use them: Clang, for SPIR, which PoCL is built on. It says what is called and what is added; nothing is run.
/// </summary>
public sealed class OpenClCompilerTests
{
    private static readonly string[] Names = ["clang", "clang-15", "clang-14", "clang-16", "clang-17", "clang-18", "clang-19"];

    [Fact]
    public void Halves_are_added_as_halves()
    {
        string source = OpenClTexts.Variants("Elementwise.ResidualAdd").Single(each => each.Variant.TypeKey == "Half").Variant.OpenCl!.Source;
        string inHalves = Compiled(source, "-cl-std=CL1.2", "-D", "KF_HALF=half");
        Assert.Contains("fadd half", inHalves, StringComparison.Ordinal);
        Assert.DoesNotContain("vload_half", inHalves, StringComparison.Ordinal);
        string inFloats = Compiled(source, "-cl-std=CL1.2");
        Assert.Contains("fadd float", inFloats, StringComparison.Ordinal);
        Assert.DoesNotContain("fadd half", inFloats, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_are_multiplied_by_the_integer_dot_product()
    {
        string source = OpenClTexts.Variants("Linear.MatVecInt8").First().Variant.OpenCl!.Source;
        Assert.Contains("dot_4x8packed_us_int", Compiled(source, "-cl-std=CL3.0"), StringComparison.Ordinal);
        Assert.DoesNotContain("dot_4x8packed_us_int", Compiled(source, "-cl-std=CL1.2"), StringComparison.Ordinal);
    }

    private static string Compiled(string source, params string[] options)
    {
        string? clang = Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), (name, folder) => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (clang is null)
        {
            if (Environment.GetEnvironmentVariable("KERNELFOUNDRY_REQUIRE_OPENCL") == "1")
                Assert.Fail("There is no Clang, which Debian's PoCL depends on.");
            Assert.Skip("There is no Clang.");
        }

        var start = new ProcessStartInfo(clang)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] always = ["-x", "cl", "-target", "spir64", "-Xclang", "-finclude-default-header", "-Xclang", "-cl-ext=+cl_khr_fp16", "-Wall", "-Wno-unused", "-S", "-emit-llvm", "-O1", "-o", "-", "-"];
        foreach (string option in options.Concat(always))
            start.ArgumentList.Add(option);
        using Process process = Process.Start(start)!;
        Task<string> text = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(source);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, log.Result);
        return text.Result;
    }
}
