using System.Runtime.InteropServices;
using System.Text.Json;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.EndToEnd.Tests;

public partial class GenerateCommandTests
{
    [Theory]
    [InlineData("cpu", "1")]
    [InlineData("cpu", "2")]
    [InlineData("cpu", "3")]
    [InlineData("opencl", "2")]
    public void JsonHasTheReferencesTokens(string device, string threads)
    {
        if (device == "opencl")
            Inference.Tests.TestDevices.Open(device).Dispose();
        (int[] prompt, int[] all) = Stories.Greedy();
        Kf kf = Kf.Run("generate", "--model", Stories.File("f32"), "--prompt", Stories.Prompt, "--max-tokens",
            $"{all.Length - prompt.Length}",
            "--temperature", "0", "--device", device, "--threads", threads, "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        JsonElement json = kf.Json;
        Assert.Equal(["prompt_tokens", "tokens", "text", "finish_reason", "device", "timings"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(prompt, Integers(json, "prompt_tokens"));
        Assert.Equal(all[prompt.Length..], Integers(json, "tokens"));
        Assert.Equal("length", json.GetProperty("finish_reason").GetString());
        Assert.Equal(device, json.GetProperty("device").GetString());
        string text = json.GetProperty("text").GetString()!;
        Assert.StartsWith(", there was a little girl named Lily. She loved to play outside in the park.", text, StringComparison.Ordinal);
        Assert.Contains("Her mom said, \"Don't worry, Lily. We can help you.", text, StringComparison.Ordinal);
        JsonElement timings = json.GetProperty("timings");
        Assert.Equal(["load_ms", "prefill_ms", "decode_ms", "prefill_tokens_per_second", "decode_tokens_per_second"],
            timings.EnumerateObject().Select(p => p.Name));
        Assert.All(timings.EnumerateObject(), t => Assert.True(t.Value.GetDouble() > 0, t.Name));
    }

    [Fact]
    public void TextGoesToOutputAndStatisticsToError()
    {
        using var model = new ModelFile();
        string[] args = ["generate", "--model", model.Path, "--prompt", "the ab", "--max-tokens", "30", "--device", "cpu",
            "--temperature", "1", "--seed", "3"];
        Kf json = Kf.Run([.. args, "--json"]);
        Kf plain = Kf.Run(args);
        Assert.Equal(0, plain.ExitCode);
        Assert.Equal(json.Json.GetProperty("text").GetString(), plain.Output);
        Assert.Contains($"generated {json.Json.GetProperty("tokens").GetArrayLength()} tokens", plain.Error, StringComparison.Ordinal);
        Assert.Contains($"finished: {json.Json.GetProperty("finish_reason").GetString()}", plain.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', plain.Error);
        Assert.Single(plain.Error.TrimEnd().Split('\n'));
        Assert.NotEqual(plain.Output, Kf.Run([.. args[..^1], "4"]).Output);
    }

    [Fact]
    public void TextStreamsAsItComes()
    {
        string[] args = ["generate", "--model", Stories.File("f32"), "--prompt", Stories.Prompt, "--max-tokens", "150",
            "--device", "reference"];
        bool isRunning = false;
        Kf kf = Kf.Run(args, process => isRunning = !process.HasExited);
        Assert.True(isRunning, "The first text came when everything had been generated.");
        Assert.Equal(0, kf.ExitCode);
        Assert.StartsWith(", there was a little girl", kf.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void StopTextsEndTheTextBeforeThem()
    {
        using var model = new ModelFile();
        string[] args = ["generate", "--model", model.Path, "--prompt", "the ab", "--max-tokens", "30", "--device", "cpu", "--temperature", "1", "--seed", "3", "--json"];
        string whole = Kf.Run(args).Json.GetProperty("text").GetString()!, stop = whole[6..8];
        JsonElement json = Kf.Run([.. args, "--stop", stop]).Json;
        Assert.Equal((whole[..whole.IndexOf(stop, StringComparison.Ordinal)], "stop"), (json.GetProperty("text").GetString(), json.GetProperty("finish_reason").GetString()));
        CheckFailure(Kf.Run([.. args, "--stop", "a", "--beams", "2"]), 2, "--stop");
    }

    [Fact]
    public void KeysAndValuesAreSavedAndTakenUpAgain()
    {
        using var model = new ModelFile();
        using var folder = new Inference.Tests.TemporaryFolder();
        string file = folder.File("text.kv");
        string[] args = ["generate", "--model", model.Path, "--max-tokens", "12", "--device", "cpu", "--json"];
        JsonElement first = Kf.Run([.. args, "--prompt", "the ab", "--save-cache", file]).Json;
        Assert.Equal(0, first.GetProperty("cached_tokens").GetInt32());
        JsonElement second = Kf.Run([.. args, "--prompt", "the ab", "--load-cache", file]).Json;
        Assert.Equal(Integers(first, "prompt_tokens").Length - 1, second.GetProperty("cached_tokens").GetInt32());
        Assert.Equal(Integers(first, "tokens"), Integers(second, "tokens"));
        Assert.Contains("kept", Kf.Run([.. args[..^1], "--prompt", "the ab", "--load-cache", file]).Error, StringComparison.Ordinal);
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^40] ^= 1;
        File.WriteAllBytes(file, bytes);
        CheckFailure(Kf.Run([.. args, "--prompt", "the ab", "--load-cache", file]), 2, "--load-cache: The saved sequence cannot be used");
        CheckFailure(Kf.Run([.. args, "--prompt", "the ab", "--load-cache", file + "x"]), 2, "--load-cache");
        CheckFailure(Kf.Run([.. args, "--prompt", "the ab", "--beams", "2", "--save-cache", file]), 2, "--save-cache");
    }

    [Fact]
    public void PromptsAreMeasuredTokenByToken()
    {
        using var model = new ModelFile();
        string[] args = ["generate", "--model", model.Path, "--prompt", "the ab", "--max-tokens", "1", "--device", "cpu", "--prompt-logprobs"];
        JsonElement json = Kf.Run([.. args, "--json", "--logprobs", "2"]).Json;
        Assert.Equal(Integers(json, "prompt_tokens")[1..], json.GetProperty("prompt_log_probabilities").EnumerateArray().Select(each => each.GetProperty("token").GetInt32()));
        Assert.All(json.GetProperty("prompt_log_probabilities").EnumerateArray(), each => Assert.InRange(each.GetProperty("log_probability").GetDouble(), -100, 0));
        Assert.Equal(2, json.GetProperty("log_probabilities")[0].GetProperty("top_before").GetArrayLength());
        CheckFailure(Kf.Run(args), 2, "--prompt-logprobs needs --json");
        CheckFailure(Kf.Run([.. args[..^1], "--logprobs", "2"]), 2, "--logprobs needs --json");
    }

    [Theory]
    [InlineData("--regex and --json-value", "--regex", "a", "--json-value")]
    [InlineData("--regex cannot be used: line 1, column 3", "--regex", "a(")]
    [InlineData("--top-k and --mirostat", "--temperature", "1", "--mirostat", "1", "--top-k", "4")]
    [InlineData("--logit-bias is '13'", "--logit-bias", "13")]
    [InlineData("--logit-bias", "--logit-bias", "400=1")]
    [InlineData("--rank is 'best'; it must be one of probability, mbr", "--rank", "best")]
    [InlineData("--results", "--results", "2")]
    [InlineData("--bad-word is ''; it must be texts that are not empty", "--bad-word=")]
    [InlineData("--allow-token is 'the ab'; it must be tokens", "--allow-token", "the ab")]
    [InlineData("--tools cannot be used: It is not JSON", "--tools", "TOOLS")]
    public void OptionsToBlameAreNamed(string named, params string[] options)
    {
        using var model = new ModelFile();
        using var folder = new Inference.Tests.TemporaryFolder();
        File.WriteAllText(folder.File("TOOLS"), "[");
        CheckFailure(Kf.Run(["generate", "--model", model.Path, "--prompt", "a", "--device", "cpu", .. options.Select(each => each == "TOOLS" ? folder.File(each) : each)]), 2, named);
    }

    [Fact]
    public void AFullContextAndNoTokensAreNoErrors()
    {
        using var model = new ModelFile(new TinyModel { Context = 12 });
        string[] args = ["generate", "--model", model.Path, "--prompt", "a", "--device", "cpu", "--json", "--temperature", "1",
            "--seed", "2", "--max-tokens"];
        Assert.Contains(Kf.Run([.. args, "100"]).Json.GetProperty("finish_reason").GetString(), new[] { "context", "stop" });
        Kf none = Kf.Run([.. args, "0"]);
        Assert.Equal(0, none.ExitCode);
        Assert.Equal(("", 0, "length"), (none.Json.GetProperty("text").GetString(), none.Json.GetProperty("tokens").GetArrayLength(),
            none.Json.GetProperty("finish_reason").GetString()));
    }

    [Fact]
    public void PromptsAreTakenAsTheyAre()
    {
        using var model = new ModelFile();
        foreach (string prompt in new[] { "@file", "-x", "--", "", " a", "日本🙂", "</s>" })
        {
            Kf kf = Kf.Run(["generate", "--model", model.Path, .. Value("--prompt", prompt), "--max-tokens", "1", "--device", "cpu",
                "--json"]);
            Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
            Kf tokens = Kf.Run(["tokenize", "--model", model.Path, .. Value("--text", prompt), "--json"]);
            Assert.Equal([1, .. Integers(tokens.Json, "tokens")], Integers(kf.Json, "prompt_tokens"));
        }
    }

    [Fact]
    public void AnEmptyPromptMayFollowAnEqualsSign()
    {
        using var model = new ModelFile();
        string[] rest = ["--max-tokens", "1", "--device", "cpu", "--json", "--model", model.Path];
        Assert.Equal([1], Integers(Kf.Run(["generate", "--prompt=", .. rest]).Json, "prompt_tokens"));
        Assert.Equal("\n", Kf.Run("tokenize", "--text=", "--model", model.Path).Output);
        CheckFailure(Kf.Run(["generate", "--prompt", "a", .. rest, "--seed="]), 2, "--seed");
        CheckFailure(Kf.Run(["generate", .. rest, "--prompt"]), 2, "--prompt");
    }

    [Theory]
    [InlineData("--max-tokens", "-1", "MaxTokens")]
    [InlineData("--max-tokens", "many", "many")]
    [InlineData("--temperature", "-1", "Temperature")]
    [InlineData("--temperature", "NaN", "Temperature")]
    [InlineData("--top-k", "-2", "TopK")]
    [InlineData("--top-p", "0", "TopP")]
    [InlineData("--min-p", "2", "MinP")]
    [InlineData("--seed", "-1", "-1")]
    [InlineData("--threads", "0", "--threads")]
    [InlineData("--device", "tpu", "tpu")]
    [InlineData("--colour", "red", "--colour")]
    public void WrongOptionsAreWrongUsage(string option, string value, string named)
    {
        using var model = new ModelFile();
        string[] device = option == "--device" ? [] : ["--device", "cpu"];
        CheckFailure(Kf.Run(["generate", "--model", model.Path, "--prompt", "a", .. device, option, value]), 2, named);
    }

    [Fact]
    public void WrongPromptsAreWrongUsage()
    {
        using var small = new ModelFile(new TinyModel { Context = 4 });
        CheckFailure(Kf.Run("generate", "--model", small.Path, "--prompt", "a long prompt", "--device", "cpu"), 2, "context holds 4");
        CheckFailure(Kf.Run("generate", "--prompt", "a"), 2, "--model");
        CheckFailure(Kf.Run("generate", "--model", small.Path), 2, "--prompts");
        CheckFailure(Kf.Run("generate", "--model", small.Path, "--prompt", "a", "--prompts", "b"), 2, "/b");
        CheckFailure(Kf.Run("write"), 2, "write");
        CheckFailure(Kf.Run(), 2, "kf --help");
    }

    [Fact]
    public void UnreadableModelsAreNamedOnOneParagraph()
    {
        CheckFailure(Kf.Run("generate", "--model", "/nowhere/model.gguf", "--prompt", "a", "--device", "cpu"), 3, "/nowhere/model.gguf");
        CheckFailure(Kf.Run("inspect", "/nowhere/model.gguf"), 3, "/nowhere/model.gguf");
        CheckFailure(Kf.Run("inspect", AppContext.BaseDirectory), 3, AppContext.BaseDirectory);
        using var broken = new ModelFile(new TinyModel { Change = t => t.Remove("blk.1.ffn_up.weight") });
        CheckFailure(Kf.Run("generate", "--model", broken.Path, "--prompt", "a", "--device", "cpu"), 3, "blk.1.ffn_up.weight");
        File.WriteAllBytes(broken.Path, [.. "GGUF"u8, 3, 0, 0, 0, 9]);
        CheckFailure(Kf.Run("generate", "--model", broken.Path, "--prompt", "a", "--device", "cpu"), 3, broken.Path);
        CheckFailure(Kf.Run("tokenize", "--model", broken.Path, "--text", "a"), 3, broken.Path);
    }

    [Fact]
    public void NaNWeightsAreNamedWithThePosition()
    {
        var tiny = new TinyModel { Change = t => BitConverter.TryWriteBytes(t["blk.0.attn_q.weight"].Bytes, float.NaN) };
        using var broken = new ModelFile(tiny);
        CheckFailure(Kf.Run("generate", "--model", broken.Path, "--prompt", "ab", "--device", "cpu"), 3, "logits for position");
    }

    [Fact]
    public void VerboseAddsTheStackTrace()
    {
        Kf kf = Kf.Run("inspect", "/nowhere/model.gguf", "--verbose");
        Assert.Equal(3, kf.ExitCode);
        Assert.Contains("   at KernelFoundry.", kf.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void InterruptingEndsCleanly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs signals.");
        string[] args = ["generate", "--model", Stories.File("f32"), "--prompt", Stories.Prompt, "--max-tokens", "500",
            "--device", "reference"];
        Kf kf = Kf.Run(args, process => Assert.Equal(0, Kill(process.Id, 2)));
        Assert.Equal(1, kf.ExitCode);
        Assert.Contains("finished: cancelled", kf.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", kf.Error, StringComparison.Ordinal);
    }

    internal static void CheckFailure(Kf kf, int code, string named)
    {
        Assert.Equal((code, ""), (kf.ExitCode, kf.Output));
        Assert.StartsWith("kf: ", kf.Error, StringComparison.Ordinal);
        Assert.Contains(named, kf.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", kf.Error, StringComparison.Ordinal);
        Assert.Single(kf.Error.TrimEnd().Split('\n'));
    }

    // A value that looks like an option is joined to its own; an empty one cannot be.
    private static string[] Value(string option, string value) => value.StartsWith('-') ? [$"{option}={value}"] : [option, value];

    private static int[] Integers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
