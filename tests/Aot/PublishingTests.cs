using System.Runtime.InteropServices;
using System.Text.Json;
using KernelFoundry.EndToEnd.Tests;

namespace KernelFoundry.Aot.Tests;

/// <summary>The tool publishes in silence, and all of it is in the binary.</summary>
public class PublishingTests(PublishedTool tool)
{
    [Fact]
    public void PublishingWarnsOfNothing()
    {
        Publishing publishing = tool.Require();
        Assert.Empty(publishing.Complaints);
        Assert.Contains("Generating native code", publishing.Log, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{publishing.Framework}: {new FileInfo(publishing.Binary).Length / 1e6:F1} MB");
    }

    [Fact]
    public void DevicesAreFound()
    {
        Kf kf = tool.Run("devices", "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        JsonElement[] devices = [.. kf.Json.GetProperty("devices").EnumerateArray()];
        Assert.Equal(Names(Kf.Run("devices", "--json").Json), Names(kf.Json));
        JsonElement cpu = devices.Single(d => d.GetProperty("kind").GetString() == "cpu");

        // Instructions are chosen when publishing: x64 code has AVX2 unless it is told otherwise.
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            Assert.Equal(256, cpu.GetProperty("vector_bits").GetInt32());

        static string[] Names(JsonElement json) => [.. json.GetProperty("devices").EnumerateArray().Select(d => $"{d.GetProperty("kind")} {d.GetProperty("name")} {d.GetProperty("available")}")];
    }

    // What kf prints from the records, IR and sources its assemblies carry: reflection that trimming could break.
    [Theory]
    [InlineData("kernels list")]
    [InlineData("kernels list --json")]
    [InlineData("kernels show FlashAttention --stage source")]
    [InlineData("kernels show FlashAttention --stage ir --specialization headDim=96,T=Half,TScore=Causal")]
    [InlineData("kernels show MatVec --stage generated --device opencl --specialization TWeight=Q4_0,TEpilogue=NoEpilogue")]
    [InlineData("--help")]
    public void TheBinaryPrintsWhatTheRuntimePrints(string arguments)
    {
        string[] args = arguments.Split(' ');
        Kf expected = Kf.Run(args), actual = tool.Run(args);
        Assert.Equal((0, ""), (actual.ExitCode, actual.Error));
        Assert.Equal(expected.Output, actual.Output);
        Assert.NotEmpty(actual.Output);
    }

    [Fact]
    public void WhatIsNoModelIsReported()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "no model");
            Kf kf = tool.Run("generate", "--model", file, "--prompt", "a");
            Assert.Equal((3, ""), (kf.ExitCode, kf.Output));
            Assert.StartsWith("kf: ", kf.Error, StringComparison.Ordinal);
            Assert.Contains(file, kf.Error, StringComparison.Ordinal);
            Assert.Equal(Kf.Run("generate", "--model", file, "--prompt", "a").Error, kf.Error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void WrongUsageIsReported()
    {
        Kf kf = tool.Run("generate", "--no-such-option");
        Assert.Equal(2, kf.ExitCode);
        Assert.Equal(Kf.Run("generate", "--no-such-option").Error, kf.Error);
    }
}
