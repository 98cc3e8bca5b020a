using System.Text.Json;
using KernelFoundry.Inference.Tests.Models;
using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

public class BenchCommandTests
{
    private static readonly string[] s_small = ["--pp", "12", "--tg", "5", "--repetitions", "2", "--device", "cpu"];

    [Fact]
    public void JsonHasEveryTestOnEveryNumberOfThreads()
    {
        using var model = new ModelFile();
        Kf kf = Kf.Run(["bench", "--model", model.Path, .. s_small, "--threads", "1,2", "--depth", "20", "--json"]);
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        Assert.Equal(["model", "size_bytes", "parameters", "weight_bytes_per_token", "cache_type", "cache_bytes_per_position",
            "peak_resident_bytes", "tests", "roofs"], kf.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("f32", kf.Json.GetProperty("cache_type").GetString());
        JsonElement[] tests = [.. kf.Json.GetProperty("tests").EnumerateArray()];
        Assert.Equal(["1 pp12@d20", "1 tg5@d20", "2 pp12@d20", "2 tg5@d20"],
            tests.Select(test => $"{test.GetProperty("threads")} {test.GetProperty("test").GetString()}"));
        Assert.All(tests, test =>
        {
            Assert.Equal(2, test.GetProperty("samples").GetArrayLength());
            Assert.True(test.GetProperty("tokens_per_second").GetDouble() > 0);
            Assert.True(test.GetProperty("roof_share").GetDouble() > 0);
        });
        Assert.All(kf.Json.GetProperty("roofs").EnumerateArray(), roof =>
        {
            Assert.True(roof.GetProperty("read_bytes_per_second").GetDouble() > 0);
            Assert.True(roof.GetProperty("fma_operations_per_second").GetDouble() > 0);
        });
        Assert.True(kf.Json.GetProperty("peak_resident_bytes").GetInt64() > 1 << 20);
    }

    [Fact]
    public void BatchesAreDecodedThroughTheEngine()
    {
        using var model = new ModelFile();
        string[] args = ["bench", "--model", model.Path, "--pp", "0", "--tg", "20", "--repetitions", "2", "--device", "cpu", "--threads", "1", "--batch", "1,3", "--depth", "8"];
        Kf kf = Kf.Run([.. args, "--json"]);
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        JsonElement[] tests = [.. kf.Json.GetProperty("tests").EnumerateArray()];
        Assert.Equal(["tg20@d8", "tg20@d8@b1", "tg20@d8@b3"], tests.Select(test => test.GetProperty("test").GetString()));
        Assert.Equal([1, 1, 3], tests.Select(test => test.GetProperty("sequences").GetInt32()));
        Assert.All(tests, test =>
        {
            double all = test.GetProperty("tokens_per_second").GetDouble();
            Assert.True(all > 0 && test.GetProperty("roof_share").GetDouble() > 0);
            Assert.Equal(all, test.GetProperty("tokens_per_second_each").GetDouble() * test.GetProperty("sequences").GetInt32(), all * 1e-9);
        });
        Assert.Contains("| tg20@d8@b3 |", Kf.Run(args).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3,0", "20", "'0'")]
    [InlineData("4", "1", "--tg")]
    [InlineData("300", "20", "MaxSequences")]
    public void WrongBatchesAreWrongUsage(string batch, string decode, string named)
    {
        using var model = new ModelFile();
        CheckFailure(Kf.Run("bench", "--model", model.Path, "--pp", "0", "--tg", decode, "--device", "cpu", "--batch", batch), 2, named);
    }

    [Fact]
    public void TextIsATableAndTheRoof()
    {
        using var model = new ModelFile();
        Kf kf = Kf.Run(["bench", "--model", model.Path, .. s_small, "--threads", "1"]);
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        string[] lines = kf.Output.Split('\n');
        Assert.StartsWith("| model", lines[0], StringComparison.Ordinal);
        Assert.Contains("| pp12 |", lines[2], StringComparison.Ordinal);
        Assert.Contains("| tg5  |", lines[3], StringComparison.Ordinal);
        Assert.Single(lines[..4].Select(line => line.Length).Distinct());
        string[] parts = ["cpu, 1 thread: reads", "GFLOP/s", "managed bytes allocated a decoded token", "peak resident memory"];
        foreach (string part in parts)
            Assert.Contains(part, kf.Output, StringComparison.Ordinal);
    }

    // What the roof is computed from: a tied embedding is read whole, one of its own a row at a time.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WeightBytesAreThoseATokenReads(bool tied)
    {
        var tiny = new TinyModel { Tied = tied };
        using var model = new ModelFile(tiny);
        JsonElement json = Kf.Run(["bench", "--model", model.Path, .. s_small, "--json"]).Json;
        long all = tiny.Tensors.Values.Sum(tensor => (long)tensor.Bytes.Length);
        TensorData embedding = tiny.Tensors["token_embd.weight"];
        Assert.Equal(all, json.GetProperty("size_bytes").GetInt64());
        long read = tied ? all : all - embedding.Bytes.Length + (tiny.Embedding * sizeof(float));
        Assert.Equal(read, json.GetProperty("weight_bytes_per_token").GetInt64());
    }

    // 2 layers, keys and values, 2 heads of 64.
    [Theory]
    [InlineData("f32", 2048)]
    [InlineData("bf16", 1024)]
    [InlineData("q8_0", 544)]
    public void CacheBytesAreThoseOfTheCacheType(string type, int bytes)
    {
        using var model = new ModelFile(new TinyModel { HeadDim = 64, RotaryDims = 64 });
        JsonElement json = Kf.Run(["bench", "--model", model.Path, .. s_small, "--cache-type", type, "--json"]).Json;
        Assert.Equal(type, json.GetProperty("cache_type").GetString());
        Assert.Equal(bytes, json.GetProperty("cache_bytes_per_position").GetInt64());
    }

    [Fact]
    public void DecodingARealModelAllocatesNothingAndIsBelowTheRoof()
    {
        string[] args = ["--pp", "0", "--tg", "200", "--device", "cpu", "--threads", "1", "--json"];
        JsonElement json = Kf.Run(["bench", "--model", Stories.File("q8_0"), .. args]).Json;
        JsonElement test = Assert.Single(json.GetProperty("tests").EnumerateArray());
        Assert.Equal("tg200", test.GetProperty("test").GetString());
        Assert.Equal(0, test.GetProperty("allocated_bytes_per_token").GetDouble());
        Assert.InRange(test.GetProperty("roof_share").GetDouble(), 0, 1);
    }

    [Theory]
    [InlineData("--pp", "-1", "--pp")]
    [InlineData("--tg", "many", "many")]
    [InlineData("--depth", "45", "context holds 48")]
    [InlineData("--repetitions", "0", "--repetitions")]
    [InlineData("--threads", "1,0", "'0'")]
    [InlineData("--threads", ",", "--threads")]
    [InlineData("--device", "cpu,tpu", "'tpu'")]
    [InlineData("--cache-type", "q8_0", "head dim is 8")]
    [InlineData("--cache-type", "q5_0", "'q5_0'")]
    public void WrongOptionsAreWrongUsage(string option, string value, string named)
    {
        using var model = new ModelFile();
        string[] rest = option is "--device" or "--repetitions" ? [] : ["--device", "cpu"];
        string[] tests = option is "--pp" or "--tg" ? [] : ["--pp", "12", "--tg", "5"];
        CheckFailure(Kf.Run(["bench", "--model", model.Path, .. rest, .. tests, option, value]), 2, named);
    }

    [Fact]
    public void NothingToMeasureIsWrongUsage()
    {
        using var model = new ModelFile();
        CheckFailure(Kf.Run("bench", "--model", model.Path, "--pp", "0", "--tg", "0"), 2, "nothing to measure");
    }

    [Fact]
    public void AKernelIsMeasuredOnEveryDeviceNamed()
    {
        string[] args = ["bench", "--kernel", "RmsNorm", "--axis", "rows=3", "--axis", "cols=512", "--dtype", "f16", "--device", "cpu",
            "--threads", "1,2", "--repetitions", "2"];
        Kf kf = Kf.Run([.. args, "--json"]);
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        Assert.Equal(["kernel", "type_arguments", "axes", "bytes", "tests"], kf.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("Half", Assert.Single(kf.Json.GetProperty("type_arguments").EnumerateArray()).GetString());
        JsonElement axes = kf.Json.GetProperty("axes");
        Assert.Equal((3, 512), (axes.GetProperty("rows").GetInt32(), axes.GetProperty("cols").GetInt32()));

        // x and y in 16 bits, the weight in 32.
        Assert.Equal((2 * 3 * 512 * 2) + (512 * 4), kf.Json.GetProperty("bytes").GetInt64());
        JsonElement[] tests = [.. kf.Json.GetProperty("tests").EnumerateArray()];
        Assert.Equal([1, 2], tests.Select(test => test.GetProperty("threads").GetInt32()));
        Assert.All(tests, test => Assert.All(["seconds", "bytes_per_second", "read_bytes_per_second", "roof_share"],
            name => Assert.True(test.GetProperty(name).GetDouble() > 0, name)));

        Kf plain = Kf.Run(args);
        Assert.StartsWith("RmsNorm<Half> rows=3 cols=512", plain.Output, StringComparison.Ordinal);
        Assert.Equal(2, plain.Output.Split('\n').Count(line => line.StartsWith("| cpu", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Softmax", "--axis", "depth=4", "rows, cols")]
    [InlineData("Softmax", "--axis", "rows", "rows=1024")]
    [InlineData("MatVec", "--axis", "cols=31", "blocks of 32")]
    [InlineData("MatVec", "--dtype", "ResidualEpilogue", "<Q8_0, NoEpilogue>")]
    [InlineData("MatVec", "--device", "reference", "reference device")]
    [InlineData("Nothing", "--device", "cpu", "no kernel 'Nothing'")]
    public void KernelsAreMeasuredOnlyAsTheirRecordsAllow(string kernel, string option, string value, string named)
    {
        string[] device = option == "--device" ? [] : ["--device", "cpu"];
        string[] types = kernel == "MatVec" && option != "--dtype" ? ["--dtype", "q8_0"] : [];
        CheckFailure(Kf.Run(["bench", "--kernel", kernel, .. device, .. types, option, value]), 2, named);
    }

    [Fact]
    public void AModelOrAKernelIsMeasured()
    {
        CheckFailure(Kf.Run("bench"), 2, "one of the two");
        CheckFailure(Kf.Run("bench", "--kernel", "Softmax", "--model", "model.gguf"), 2, "one of the two");
    }

    [Fact]
    public void UnreadableModelsAreNamed() =>
        CheckFailure(Kf.Run("bench", "--model", "/nowhere/model.gguf"), 3, "/nowhere/model.gguf");
}
