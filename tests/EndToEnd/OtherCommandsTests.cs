using System.Text.Json;
using KernelFoundry.Cli.Commands;
using KernelFoundry.Inference.Tests.Models;
using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

public class OtherCommandsTests
{
    [Fact]
    public void LogitsAreThoseOfThePapers()
    {
        var tiny = new TinyModel();
        using var model = new ModelFile(tiny);
        int[] tokens = [1, 262, 260, 268];
        Kf kf = Kf.Run("logits", "--model", model.Path, "--tokens", string.Join(",", tokens), "--device", "cpu", "--threads", "2",
            "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        Assert.Equal(["tokens", "vocabulary_size", "device", "logits"], kf.Json.EnumerateObject().Select(p => p.Name));
        float[][] logits = [.. kf.Json.GetProperty("logits").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(x => x.GetSingle()).ToArray())];
        Assert.InRange(Logits.Error(tiny.Oracle().Logits(tokens), logits), 0, 2e-5);

        Kf plain = Kf.Run("logits", "--model", model.Path, "--tokens", "1, 262", "--device", "cpu");
        Assert.Equal(2, plain.Output.TrimEnd().Split('\n').Length);
        Assert.StartsWith("after 1: ", plain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void HiddenStatesAndTheirLogitsArePrinted()
    {
        var tiny = new TinyModel();
        using var model = new ModelFile(tiny);
        string[] args = ["logits", "--model", model.Path, "--tokens", "1,262,260", "--device", "cpu"];
        JsonElement json = Kf.Run([.. args, "--states", "0,2", "--lens", "1,2", "--json"]).Json;
        Assert.Equal([0, 2], json.GetProperty("states").EnumerateArray().Select(each => each.GetProperty("layer").GetInt32()));
        Assert.All(json.GetProperty("states").EnumerateArray(), each => Assert.Equal([tiny.Embedding, tiny.Embedding, tiny.Embedding], each.GetProperty("rows").EnumerateArray().Select(row => row.GetArrayLength())));

        // After the last layer the lens sees what the model says.
        double[][] logits = Rows(json.GetProperty("logits")), lens = Rows(json.GetProperty("lens")[1].GetProperty("rows")), before = Rows(json.GetProperty("lens")[0].GetProperty("rows"));
        Assert.InRange(Logits.Error(logits, Singles(lens)), 0, 1e-5);
        Assert.True(Logits.Error(logits, Singles(before)) > 1e-2);
        Assert.Contains("after 1 layers:", Kf.Run([.. args, "--lens", "1"]).Output, StringComparison.Ordinal);
        CheckFailure(Kf.Run([.. args, "--states", "1"]), 2, "--states needs --json");
        CheckFailure(Kf.Run([.. args, "--lens", "3"]), 2, "2 layers");

        static double[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(x => x.GetDouble()).ToArray())];

        static float[][] Singles(double[][] rows) => [.. rows.Select(row => row.Select(x => (float)x).ToArray())];
    }

    [Fact]
    public void CacheTypesChangeLogitsALittle()
    {
        using var model = new ModelFile(new TinyModel { HeadDim = 64, RotaryDims = 64 });
        string[] types = ["f32", "f16", "bf16", "q8_0"];
        float[][][] logits = [.. types.Select(type => Kf.Run(
            "logits", "--model", model.Path, "--tokens", "1,262,260,268", "--device", "cpu", "--cache-type", type, "--json").Json
            .GetProperty("logits").EnumerateArray().Select(row => row.EnumerateArray().Select(x => x.GetSingle()).ToArray()).ToArray())];
        double[][] floats = [.. logits[0].Select(row => row.Select(x => (double)x).ToArray())];
        double[] errors = [.. logits[1..].Select(rows => Logits.Error(floats, rows))];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", errors.Select(error => error.ToString("e2"))));
        Assert.InRange(errors[0], 1e-4, 2.5e-3);
        Assert.InRange(errors[1], 1e-3, 1.8e-2);
        Assert.InRange(errors[2], 2e-3, 3.5e-2);
    }

    [Fact]
    public void AModelWhoseHeadsAreNoWholeBlocksIsNamedByItsHeadDim()
    {
        string[] args = ["generate", "--model", Stories.File("f32"), "--prompt", "Once", "--device", "cpu", "--cache-type", "q8_0"];
        CheckFailure(Kf.Run(args), 2, "the model's head dim is 8");
    }

    [Theory]
    [InlineData("1,x", "'x'")]
    [InlineData("", "no token")]
    [InlineData("1,99999", "99999")]
    [InlineData("1,-1", "-1")]
    [InlineData("1,1,1,1,1", "context holds 4")]
    public void WrongTokensAreWrongUsage(string tokens, string named)
    {
        using var model = new ModelFile(new TinyModel { Context = 4 });
        CheckFailure(Kf.Run("logits", "--model", model.Path, "--tokens", tokens, "--device", "cpu"), 2, named);
    }

    [Fact]
    public void TokenizeReadsTextsAndFiles()
    {
        using var model = new ModelFile();
        Kf text = Kf.Run("tokenize", "--model", model.Path, "--text", "the ab");
        Assert.Equal(0, text.ExitCode);
        string file = model.Path + ".txt";
        File.WriteAllText(file, "the ab");
        try
        {
            Assert.Equal(text.Output, Kf.Run("tokenize", "--model", model.Path, "--file", file).Output);
            CheckFailure(Kf.Run("tokenize", "--model", model.Path, "--file", file, "--text", "a"), 2, "one of the three");
        }
        finally
        {
            File.Delete(file);
        }

        JsonElement json = Kf.Run("tokenize", "--model", model.Path, "--text", "the ab", "--json").Json;
        Assert.Equal(text.Output.Trim(), string.Join(",", json.GetProperty("tokens").EnumerateArray()));
        Assert.Equal("▁the▁ab", string.Concat(json.GetProperty("pieces").EnumerateArray().Select(p => p.GetString())));
        CheckFailure(Kf.Run("tokenize", "--model", model.Path), 2, "--text");
        CheckFailure(Kf.Run("tokenize", "--model", model.Path, "--file", file), 2, file);
    }

    [Fact]
    public void InspectPrintsMetadataAndTensors()
    {
        var tiny = new TinyModel();
        using var model = new ModelFile(tiny);
        Kf plain = Kf.Run("inspect", model.Path);
        Assert.Contains("llama.block_count = 2", plain.Output, StringComparison.Ordinal);
        Assert.Contains("blk.1.attn_k.weight [32, 16] F32", plain.Output, StringComparison.Ordinal);
        JsonElement json = Kf.Run("inspect", model.Path, "--json").Json;
        Assert.Equal(2, json.GetProperty("metadata").GetProperty("llama.block_count").GetInt32());
        Assert.Equal("llama", json.GetProperty("metadata").GetProperty("general.architecture").GetString());
        Assert.Equal(271, json.GetProperty("metadata").GetProperty("tokenizer.ggml.tokens").GetProperty("count").GetInt32());
        Assert.Equal(tiny.Tensors.Count, json.GetProperty("tensors").GetArrayLength());
        JsonElement first = json.GetProperty("tensors")[0];
        Assert.Equal(("token_embd.weight", "F32", 32, 271), (first.GetProperty("name").GetString(), first.GetProperty("type").GetString(),
            first.GetProperty("shape")[0].GetInt32(), first.GetProperty("shape")[1].GetInt32()));
    }

    [Fact]
    public void DevicesNamesAllKinds()
    {
        Kf plain = Kf.Run("devices");
        Assert.Equal(0, plain.ExitCode);
        JsonElement json = Kf.Run("devices", "--json").Json;
        string[] kinds = [.. json.GetProperty("devices").EnumerateArray().Select(d => d.GetProperty("kind").GetString()!)];
        Assert.Contains("cpu", kinds);
        Assert.Contains("reference", kinds);
        Assert.Contains("opencl", kinds);
        Assert.Contains("cuda", kinds);
        Assert.All(json.GetProperty("devices").EnumerateArray(), d => Assert.True(
            d.GetProperty("available").GetBoolean() || d.GetProperty("unavailable").GetString()!.Length > 0));
    }

    [Fact]
    public void KernelsAreListed()
    {
        JsonElement kernels = Kf.Run("kernels", "list", "--json").Json.GetProperty("kernels");
        JsonElement flash = kernels.EnumerateArray().Single(
            k => k.GetProperty("name").GetString() == "KernelFoundry.Kernels.Attention.FlashAttention");
        Assert.StartsWith("Attention/FlashAttention.cs:", flash.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Contains("KernelFoundry.Kernels.CausalScore", flash.GetProperty("type_parameters")[1].GetProperty("choices")
            .EnumerateArray().Select(c => c.GetString()));
        Assert.True(flash.GetProperty("variants").GetInt32() > 0);
        JsonElement size = flash.GetProperty("size");
        Assert.Equal(flash.GetProperty("variants").GetInt32(), size.GetProperty("variants").GetInt32());
        Assert.True(size.GetProperty("c_sharp").GetInt32() > size.GetProperty("variants").GetInt32());
        Assert.True(size.GetProperty("open_cl").GetInt32() > size.GetProperty("variants").GetInt32());
        Assert.Equal(kernels.GetArrayLength(), Kf.Run("kernels", "list").Output.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void EveryStageOfAKernelIsShown()
    {
        string source = Kf.Run("kernels", "show", "RmsNorm", "--stage", "source").Output;
        Assert.Contains("public static void RmsNorm<", source, StringComparison.Ordinal);
        string ir = Kf.Run("kernels", "show", "RmsNorm", "--stage", "ir").Output;
        Assert.StartsWith("kernel \"KernelFoundry.Kernels.Normalization.RmsNorm\"", ir, StringComparison.Ordinal);
        Assert.Contains("type T", ir, StringComparison.Ordinal);
        string special = Kf.Run("kernels", "show", "rmsnorm", "--stage", "ir", "--specialization", "T=Half").Output;
        Assert.Contains("param x: view Half 2", special, StringComparison.Ordinal);
        string code = Kf.Run("kernels", "show", "RmsNorm", "--stage", "code", "--specialization", "T=Half").Output;
        Assert.StartsWith("program \"KernelFoundry.Kernels.Normalization.RmsNorm\"", code, StringComparison.Ordinal);
        Assert.Contains("param x: view Half 2", code, StringComparison.Ordinal);
        Assert.Contains("f32x16", code, StringComparison.Ordinal);
        string threads = Kf.Run("kernels", "show", "RmsNorm", "--stage", "code", "--device", "opencl").Output;
        Assert.Contains("barrier", threads, StringComparison.Ordinal);
        Assert.DoesNotContain("x16", threads, StringComparison.Ordinal);
        Assert.Contains("Vector", Kf.Run("kernels", "show", "Normalization.RmsNorm").Output, StringComparison.Ordinal);
        Assert.Contains("__kernel", Kf.Run("kernels", "show", "RmsNorm", "--device", "opencl").Output, StringComparison.Ordinal);
        string ptx = Kf.Run("kernels", "show", "FlashDecode", "--device", "cuda", "--specialization", "headDim=128").Output;
        Assert.Contains(".visible .entry FlashDecode(", ptx, StringComparison.Ordinal);
        Assert.Contains("(float, FullScore, headDim = 128)", ptx, StringComparison.Ordinal);
        Assert.Contains("shuffle<16>", Kf.Run("kernels", "show", "RmsNorm", "--stage", "code", "--device", "cuda").Output, StringComparison.Ordinal);
        string rounded = Kf.Run("kernels", "show", "MatMulInt8", "--stage", "code", "--specialization", "TWeight=Q4_0").Output;
        Assert.Matches(@"begins: bool = beginsrow\s", rounded);
        Assert.Matches(@"quantize codes from .* = x\[", rounded);
        string matrices = Kf.Run("kernels", "show", "MatMulHalf", "--device", "cuda-sm80").Output;
        Assert.Contains("(Half, NoEpilogue)", matrices, StringComparison.Ordinal);
        Assert.Contains(".target sm_80", matrices, StringComparison.Ordinal);
        Assert.Contains("matrices<half>", Kf.Run("kernels", "show", "MatMulHalf", "--stage", "code", "--device", "cuda-sm80").Output, StringComparison.Ordinal);
        Assert.Contains("No instructions on matrices", Kf.Run("kernels", "show", "RmsNorm", "--device", "cuda-sm80").Output, StringComparison.Ordinal);
        string warpgroups = Kf.Run("kernels", "show", "MatMulHalf", "--device", "cuda-sm90", "--specialization", "T=BFloat16").Output;
        Assert.Contains(".target sm_90a", warpgroups, StringComparison.Ordinal);
        Assert.Contains("wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16", warpgroups, StringComparison.Ordinal);
        Assert.Contains("warpgroup<half>", Kf.Run("kernels", "show", "MatMulHalf", "--stage", "code", "--device", "cuda-sm90").Output, StringComparison.Ordinal);
        Assert.Contains("No instructions of warpgroups", Kf.Run("kernels", "show", "FlashAttention", "--device", "cuda-sm90", "--specialization", "T=Half,headDim=128").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void SpecializationsBindTypesAndValues()
    {
        string[] show = ["kernels", "show", "FlashAttention", "--stage", "ir", "--specialization"];
        string ir = Kf.Run([.. show, "headDim=96,T=Half,TScore=SlidingWindow"]).Output;
        Assert.Contains("score_Window", ir, StringComparison.Ordinal);
        Assert.Contains("const 96", ir, StringComparison.Ordinal);
        Assert.DoesNotContain("call TScore", ir, StringComparison.Ordinal);
        Assert.DoesNotContain("const 96", Kf.Run([.. show, "T=Half"]).Output, StringComparison.Ordinal);
        Kf quantized = Kf.Run("kernels", "show", "MatVec", "--stage", "ir", "--specialization", "TWeight=Q4_0,TEpilogue=NoEpilogue");
        Assert.Contains("rawload", quantized.Output, StringComparison.Ordinal);
        CheckFailure(Kf.Run([.. show, "headDim=x"]), 2, "'x'");
        CheckFailure(Kf.Run([.. show, "T=Q4_0"]), 2, "float, Half, BFloat16");
        CheckFailure(Kf.Run([.. show, "TScore=S"]), 2, "SoftCapScore");
        CheckFailure(Kf.Run([.. show, "depth=3"]), 2, "headDim");
        CheckFailure(Kf.Run([.. show, "T"]), 2, "name=value");
        CheckFailure(Kf.Run([.. show, "T=Half,T=float"]), 2, "twice");
        CheckFailure(Kf.Run("kernels", "show", "NoSuchKernel"), 2, "FlashAttention");
        CheckFailure(Kf.Run("kernels", "show", "RmsNorm", "--stage", "binary"), 2, "binary");
    }

    // One that is found by another name than its own would be made with all others, and late.
    [Fact]
    public void CommandsAreFoundByTheirNames()
    {
        Assert.All(Tool.Commands, command => Assert.Equal(command.Name, command.Create().Name));
        string all = Kf.Run("--help").Output;
        Assert.All(Tool.Commands, command => Assert.Contains($"\n  {command.Name} ", all, StringComparison.Ordinal));
        Kf alone = Kf.Run("kernels", "--help");
        Assert.Equal((0, ""), (alone.ExitCode, alone.Error));
        Assert.Contains("kf kernels", alone.Output, StringComparison.Ordinal);
        Assert.Equal(alone.Output, Kf.Run("--verbose", "kernels", "--help").Output);
    }

    [Fact]
    public void EveryKernelRendersForEveryDevice()
    {
        // In one process each would take a start-up of the runtime: the names are few.
        foreach (JsonElement kernel in Kf.Run("kernels", "list", "--json").Json.GetProperty("kernels").EnumerateArray())
        {
            string name = kernel.GetProperty("name").GetString()!;
            foreach (string device in new[] { "cpu", "opencl" })
            {
                Kf kf = Kf.Run("kernels", "show", name, "--device", device);
                Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
                Assert.Contains(device == "cpu" ? "Run" : "__kernel", kf.Output, StringComparison.Ordinal);
            }

            // A derived kernel has no attributes of its own: it names the kernel it is the derivative of.
            string source = Kf.Run("kernels", "show", name, "--stage", "source").Output;
            Assert.Contains(name.EndsWith("Backward", StringComparison.Ordinal) && !source.Contains("[Kernel", StringComparison.Ordinal) ? "// Derived from " : "[Kernel",
                source, StringComparison.Ordinal);
        }
    }
}
