using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>
/// The same files in llama.cpp, which <c>bench/peers/architectures.sh</c> fetches and points <c>KERNELFOUNDRY_LLAMA</c> at: its program for logits and the folder of
/// its libraries.
/// </summary>
public class PeerTests
{
    // Other orders of summation, and GELU read from a table of halves.
    private const double Tolerance = 1e-3;

    public static TheoryData<string> Names => [.. Definitions.All.Keys];

    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public void LogitsAreThoseOfLlamaCpp(string name)
    {
        string peer = Environment.GetEnvironmentVariable("KERNELFOUNDRY_LLAMA") ?? throw new InvalidOperationException("Needs llama.cpp: run bench/peers/architectures.sh.");
        Assert.SkipWhen(Definitions.NotInLlamaCpp.TryGetValue(name, out string? why), $"{why}");
        Definition definition = Definitions.All[name];
        var drawn = new DrawnModel(definition);
        int[] tokens = ArchitectureTests.Tokens(drawn, 41);
        byte[] bytes = drawn.Build();
        double[][] theirs = [.. Run(peer.Split('|'), bytes, definition, tokens).Chunk(definition.Encoder ? definition.Embedding : drawn.Vocabulary).Select(row => row.Select(x => (double)x).ToArray())];
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(new GgufFile(bytes, name), device);
        double error = Logits.Error(theirs, ArchitectureTests.Run(model, tokens, tokens.Length));
        Assert.Equal(tokens.Length, theirs.Length);
        PeerErrors.Record(name, error);
        Assert.InRange(error, 0, Tolerance);
    }

    private static float[] Run(string[] peer, byte[] file, Definition definition, int[] tokens)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            var start = new ProcessStartInfo(peer[0])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList = { peer[1], path, definition.Context.ToString(CultureInfo.InvariantCulture), definition.Encoder ? "tokens" : "logits", string.Join(',', tokens) },
                Environment = { ["LD_LIBRARY_PATH"] = peer[1] },
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors.Result);
            return MemoryMarshal.Cast<byte, float>(output.ToArray()).ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
