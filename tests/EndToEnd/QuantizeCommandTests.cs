using System.Text.Json;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Models;
using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

public sealed class QuantizeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kf-quantize").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AModelIsWrittenInFewerBits()
    {
        using var model = new ModelFile();
        string output = Path.Combine(_folder, "out.gguf");
        Kf kf = Kf.Run("quantize", "--model", model.Path, "--type", "q8_0", "--out", output, "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        Assert.Equal(["out", "type", "bytes", "elements", "bits_per_weight", "seconds", "tensors"],
            kf.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(new FileInfo(output).Length, kf.Json.GetProperty("bytes").GetInt64());
        Assert.InRange(kf.Json.GetProperty("bits_per_weight").GetDouble(), 8.5, 9);
        JsonElement first = kf.Json.GetProperty("tensors")[0];
        Assert.Equal(("token_embd.weight", "F32", "Q8_0"),
            (first.GetProperty("name").GetString(), first.GetProperty("from").GetString(), first.GetProperty("to").GetString()));
        Assert.Equal(0, Kf.Run("generate", "--model", output, "--prompt", "the", "--max-tokens", "4", "--device", "cpu").ExitCode);

        Kf plain = Kf.Run("quantize", "--model", model.Path, "--type", "Q4_0", "--out", output, "--threads", "2");
        Assert.Equal((0, ""), (plain.ExitCode, plain.Error));
        Assert.Contains("bits a weight", plain.Output, StringComparison.Ordinal);
        Assert.Contains("Q4_0", plain.Output, StringComparison.Ordinal);
        Assert.Equal([output], Directory.GetFiles(_folder));
    }

    [Fact]
    public void WhatCannotBeIsRefused()
    {
        using ModelFile model = new(), quantized = new(new TinyModel { Type = GgmlType.Q8_0 });
        string output = Path.Combine(_folder, "out.gguf");
        CheckFailure(Quantize(model.Path, "Q9", output), 2, "'Q9'");
        CheckFailure(Quantize(model.Path, "Q8_0", model.Path), 2, "the model itself");
        CheckFailure(Quantize(model.Path, "Q8_0", _folder), 2, "a folder");
        CheckFailure(Quantize(model.Path, "Q8_0", Path.Combine(_folder, "none", "out.gguf")), 2, "no folder");
        CheckFailure(Quantize(model.Path, "Q8_0", output, "--threads", "0"), 2, "--threads");
        CheckFailure(Quantize(Path.Combine(_folder, "absent.gguf"), "Q8_0", output), 3, "absent.gguf");
        CheckFailure(Quantize(quantized.Path, "Q4_0", output), 3, "quantized twice");
        CheckFailure(Quantize(model.Path, "Q8_0", output, "--imatrix", quantized.Path), 3, "in_sum2");
        CheckFailure(Kf.Run("quantize", "--model", model.Path, "--out", output), 2, "--type");
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static Kf Quantize(string model, string type, string output, params string[] rest) =>
        Kf.Run(["quantize", "--model", model, "--type", type, "--out", output, .. rest]);
}
