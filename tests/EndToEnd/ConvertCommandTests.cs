using System.Text.Json;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests;
using KernelFoundry.Inference.Tests.Adapters;
using KernelFoundry.Inference.Tests.HuggingFace;
using KernelFoundry.Inference.Tests.Models;
using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>Folders of safetensors, adapters, embeddings and cards, by the command line.</summary>
public sealed class ConvertCommandTests
{
    private static readonly string[] s_prompt = ["--prompt", "the quick", "--max-tokens", "6", "--temperature", "0", "--device", "cpu", "--threads", "1", "--json"];

    [Fact]
    public void AFolderRunsAsItIsAndConvertsToTheSame()
    {
        using var folder = new TinyFolder(GgmlType.BF16);
        using var results = new TemporaryFolder();
        Kf direct = Kf.Run(["generate", "--model", folder.Path, .. s_prompt]);
        Assert.Equal((0, ""), (direct.ExitCode, direct.Error));

        string output = results.File("out.gguf");
        Kf converted = Kf.Run("convert", "--model", folder.Path, "--out", output, "--json");
        Assert.Equal((0, ""), (converted.ExitCode, converted.Error));
        Assert.Equal("BF16", converted.Json.GetProperty("type").GetString());
        Kf fromFile = Kf.Run(["generate", "--model", output, .. s_prompt]);
        Assert.Equal(Tokens(direct), Tokens(fromFile));

        Assert.Equal(0, Kf.Run("convert", "--model", folder.Path, "--type", "Q8_0", "--out", output).ExitCode);
        Assert.Equal(0, Kf.Run(["generate", "--model", output, .. s_prompt]).ExitCode);
        CheckFailure(Kf.Run("convert", "--model", folder.Path, "--type", "Q9", "--out", output), 2, "'Q9'");
        CheckFailure(Kf.Run("convert", "--model", results.File("absent"), "--out", output), 3, "absent");
        File.Delete(folder.FilePath("config.json"));
        CheckFailure(Kf.Run("convert", "--model", folder.Path, "--out", output), 3, "config.json");
    }

    [Fact]
    public void AdaptersAreAddedBesideTheWeightsOrToThem()
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyModel { Tied = false };
        string model = folder.File("model.gguf"), adapter = folder.File("adapter.gguf");
        File.WriteAllBytes(model, tiny.Build());
        File.WriteAllBytes(adapter, new DrawnAdapter(tiny, 1, 4, 16, "blk.0.attn_v.weight", "blk.1.ffn_down.weight").Gguf());
        double[] plain = Logits(), beside = Logits("--lora", adapter), merged = Logits("--lora", adapter, "--merge-lora"), half = Logits("--lora", adapter + "=0.5");

        Assert.True(plain.Zip(beside, (x, y) => Math.Abs(x - y)).Max() > 0.1);
        Assert.True(half.Zip(beside, (x, y) => Math.Abs(x - y)).Max() > 0.01);
        Assert.True(merged.Zip(beside, (x, y) => Math.Abs(x - y)).Max() < 1e-4);
        Assert.Equal(plain, Logits("--lora", adapter + "=0"));
        CheckFailure(Kf.Run("logits", "--model", model, "--tokens", "5", "--lora", folder.File("absent.gguf")), 3, "absent.gguf");

        double[] Logits(params string[] more)
        {
            Kf kf = Kf.Run(["logits", "--model", model, "--tokens", "5,7", "--device", "cpu", "--json", .. more]);
            Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
            return [.. kf.Json.GetProperty("logits")[1].EnumerateArray().Select(x => x.GetDouble())];
        }
    }

    [Fact]
    public void TextsBecomeVectors()
    {
        using var model = new ModelFile();
        Kf kf = Kf.Run("embed", "--model", model.Path, "--text", "the ab", "--text", "the ab", "--text", "c", "--pooling", "mean", "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        Assert.Equal(32, kf.Json.GetProperty("vectors")[0].GetArrayLength());
        Assert.Equal(1, kf.Json.GetProperty("cosines")[0][1].GetDouble(), 1e-6);
        Assert.InRange(kf.Json.GetProperty("cosines")[0][2].GetDouble(), -1, 0.999);
        CheckFailure(Kf.Run("embed", "--model", model.Path, "--text", "a", "--pooling", "sum"), 2, "sum");
    }

    [Fact]
    public void TheCardSaysWhatAModelIsAndNeeds()
    {
        using var folder = new TinyFolder(GgmlType.BF16);
        Kf plain = Kf.Run("inspect", folder.Path, "--context", "16");
        Assert.Equal((0, ""), (plain.ExitCode, plain.Error));
        Assert.Contains("Name = llama", plain.Output, StringComparison.Ordinal);
        Assert.Contains("MatVec<BF16>", plain.Output, StringComparison.Ordinal);
        Assert.Contains("byte-level BPE (llama-bpe)", plain.Output.Replace("llama3", "llama-bpe", StringComparison.Ordinal), StringComparison.Ordinal);

        JsonElement card = Kf.Run("inspect", folder.Path, "--context", "16", "--cache-type", "f16", "--json").Json.GetProperty("card");

        // A cache is whole blocks of 64 positions.
        Assert.Equal(2L * 2 * 2 * 8 * 64 * sizeof(ushort), card.GetProperty("cache_bytes").GetInt64());
        Assert.Equal(271, card.GetProperty("vocabulary_size").GetInt32());
        CheckFailure(Kf.Run("inspect", folder.Path, "--context", "49"), 2, "48");
        CheckFailure(Kf.Run("inspect", folder.Path, "--context", "0"), 2, "--context");
    }

    private static int[] Tokens(Kf kf) => [.. kf.Json.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32())];
}
