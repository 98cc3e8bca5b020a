using System.Runtime.InteropServices;
using System.Text.Json;
using KernelFoundry.Inference.Tests;
using KernelFoundry.Inference.Tests.Models;
using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary><c>kf generate --prompts</c>: many texts through the batch engine, what else looks at several texts or passes, and attention from the tool.</summary>
public sealed partial class PromptsCommandTests : IDisposable
{
    private static readonly string s_model = FoundryFiles.Require("foundry-0.3m-Q8_0.gguf");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The weights are Q8_0, whose kernels for one token and for many add up in one order: what comes of a line is what comes of it alone.
    [Fact]
    public void EveryLineGetsWhatItGetsAloneInTheFilesOrder()
    {
        string path = Write("prompts.jsonl", """{"prompt":"Once there lived","max_tokens":25}""", "", "\"One day, a curious boy\"", """{"prompt":"The dog\n"}""", "\"A\"");
        string[] options = ["--temperature", "0.9", "--seed", "5", "--device", "cpu", "--json"];
        Kf kf = Kf.Run(["generate", "--model", s_model, "--prompts", path, "--batch-size", "2", "--max-tokens", "12", .. options]);
        Assert.Equal(0, kf.ExitCode);
        JsonElement[] lines = [.. kf.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([1, 3, 4, 5], lines.Select(line => line.GetProperty("line").GetInt32()));
        Assert.Contains("4 of 4 prompts finished, 2 at once", kf.Error, StringComparison.Ordinal);
        foreach ((int i, (string prompt, string most)) in new[] { ("Once there lived", "25"), ("One day, a curious boy", "12"), ("The dog\n", "12"), ("A", "12") }.Index())
        {
            JsonElement alone = Kf.Run(["generate", "--model", s_model, "--prompt", prompt, .. options, "--max-tokens", most]).Json;
            foreach (string name in new[] { "prompt_tokens", "tokens", "text", "finish_reason" })
                Assert.Equal(alone.GetProperty(name).GetRawText(), lines[i].GetProperty(name).GetRawText());
        }
    }

    [Fact]
    public void PlainTextIsAPromptALine()
    {
        string path = Write("prompts.txt", "Once there lived", "The dog");
        Kf kf = Kf.Run("generate", "--model", s_model, "--prompts", path, "--max-tokens", "5", "--device", "cpu", "--regex", "[a-z ]+");
        Assert.Equal(0, kf.ExitCode);
        string[] lines = kf.Output.TrimEnd().Split('\n');
        Assert.Equal(("==> 1: Once there lived <==", "==> 2: The dog <=="), (lines[0], lines[2]));
        Assert.All([lines[1], lines[3]], text => Assert.Matches("^[a-z ]+$", text));
    }

    [Theory]
    [InlineData("p.txt", "", "no prompts")]
    [InlineData("p.jsonl", "\"a\"\n{\"text\":\"b\"}", "line 2", "\"text\"")]
    [InlineData("p.jsonl", "{\"prompt\":3}", "no text")]
    [InlineData("p.jsonl", "{\"prompt\":\"a\",\"max_tokens\":-1}", "max_tokens")]
    [InlineData("p.jsonl", "[1]", "neither")]
    [InlineData("p.jsonl", "\"a\"\n{", "line 2", "not JSON")]
    public void WrongFilesAreWrongUsage(string name, string content, params string[] named)
    {
        Kf kf = Kf.Run("generate", "--model", s_model, "--prompts", Write(name, content), "--device", "cpu");
        foreach (string part in named)
            CheckFailure(kf, 2, part);
    }

    [Fact]
    public void WhatDoesNotGoTogetherIsWrongUsage()
    {
        string path = Write("p.txt", "a", string.Concat(Enumerable.Repeat("a long prompt ", 400)));
        string[] args = ["generate", "--model", s_model, "--prompts", path, "--device", "cpu"];
        CheckFailure(Kf.Run(args), 2, "line 2");
        CheckFailure(Kf.Run([.. args, "--beams", "2"]), 2, "--prompts");
        CheckFailure(Kf.Run([.. args, "--draft-lookup", "4"]), 2, "--prompts");
        CheckFailure(Kf.Run([.. args, "--guidance", "1", "--negative-prompt", "b"]), 2, "--prompts");
        CheckFailure(Kf.Run([.. args, "--batch-size", "0"]), 2, "--batch-size");
        CheckFailure(Kf.Run("generate", "--model", s_model, "--prompts", path + "x", "--device", "cpu"), 2, path + "x");
        CheckFailure(Kf.Run("generate", "--model", s_model, "--prompt", "a", "--device", "cpu", "--guidance", "1"), 2, "negative prompt");
        CheckFailure(Kf.Run("generate", "--model", s_model, "--prompt", "a", "--device", "cpu", "--plausibility", "0.1"), 2, "--plausibility: Plausibility needs guidance");
    }

    // The first line is short and done when the interrupt comes, which is when it is printed; the second would take very long.
    [Fact]
    public void AnInterruptKeepsWhatIsFinished()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs signals.");
        string path = Write("p.jsonl", """{"prompt":"The dog","max_tokens":2}""", """{"prompt":"Once there lived","max_tokens":400}""");
        string[] args = ["generate", "--model", s_model, "--prompts", path, "--device", "reference", "--json"];

        // On a busy machine the interrupt may come after the end; then it comes again.
        Kf kf;
        int tries = 0;
        do
            kf = Kf.Run(args, process => _ = Kill(process.Id, 2));
        while (kf.ExitCode == 0 && ++tries < 5);
        Assert.Equal(1, kf.ExitCode);
        Assert.Contains("1 of 2 prompts finished", kf.Error, StringComparison.Ordinal);
        JsonElement[] lines = [.. kf.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal((1, "length"), (lines[0].GetProperty("line").GetInt32(), lines[0].GetProperty("finish_reason").GetString()));
        Assert.All(lines[1..], line => Assert.Equal("cancelled", line.GetProperty("finish_reason").GetString()));
    }

    [Fact]
    public void ErrorsAreSaidOfEachLine()
    {
        string path = Write("p.txt", "ab", "the");
        using var broken = new ModelFile(new TinyModel { Change = t => BitConverter.TryWriteBytes(t["blk.0.attn_q.weight"].Bytes, float.NaN) });
        Kf kf = Kf.Run("generate", "--model", broken.Path, "--prompts", path, "--max-tokens", "3", "--device", "cpu", "--json");
        Assert.Equal(3, kf.ExitCode);
        JsonElement[] lines = [.. kf.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([1, 2], lines.Select(line => line.GetProperty("line").GetInt32()));
        Assert.All(lines, line => Assert.Contains("logits for position", line.GetProperty("error").GetString(), StringComparison.Ordinal));
        Assert.Contains("kf: line 2: ", kf.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ContrastiveSearchAndGuidanceWriteOtherTexts()
    {
        string[] args = ["generate", "--model", s_model, "--prompt", "Once there lived", "--max-tokens", "30", "--device", "cpu"];
        string plain = Kf.Run(args).Output;
        Kf contrastive = Kf.Run([.. args, "--contrastive", "4"]), guided = Kf.Run([.. args, "--guidance", "0.8", "--negative-prompt", "The dog"]);
        Assert.Equal((0, 0), (contrastive.ExitCode, guided.ExitCode));
        Assert.NotEqual(plain, contrastive.Output.TrimEnd('\n'));
        Assert.NotEqual(plain, guided.Output);
        Assert.Equal(plain, Kf.Run([.. args, "--contrastive", "4", "--degeneration-penalty", "0"]).Output.TrimEnd('\n'));
    }

    [Fact]
    public void LogitsTellWhatHeadsLookAt()
    {
        string[] args = ["logits", "--model", s_model, "--tokens", "1,100,200", "--device", "cpu", "--attention", "0,1"];
        JsonElement[] maps = [.. Kf.Run([.. args, "--heads", "1", "--json"]).Json.GetProperty("attention").EnumerateArray()];
        Assert.Equal(["0 1", "1 1"], maps.Select(map => $"{map.GetProperty("layer")} {map.GetProperty("head")}"));
        Assert.All(maps, map => Assert.All(map.GetProperty("weights").EnumerateArray(), row =>
        {
            Assert.Equal(3, row.GetArrayLength());
            Assert.Equal(1, row.EnumerateArray().Sum(weight => weight.GetDouble()), 1e-5);
        }));
        Assert.Contains("layer 1, head 0, position 2 (200) looks at", Kf.Run(args).Output, StringComparison.Ordinal);
        CheckFailure(Kf.Run("logits", "--model", s_model, "--tokens", "1", "--device", "cpu", "--attention", "9"), 2, "9");
        CheckFailure(Kf.Run("logits", "--model", s_model, "--tokens", "1", "--device", "cpu", "--heads", "0"), 2, "--attention");
    }

    private string Write(string name, params string[] lines)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
