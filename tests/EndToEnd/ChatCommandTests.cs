using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary><c>kf chat</c> with lines from a pipe, as a script would use it.</summary>
public sealed partial class ChatCommandTests : IDisposable
{
    private readonly ModelFile _model = new(Tiny());
    private readonly string _saved = Path.Combine(Path.GetTempPath(), $"kf-test-{Guid.NewGuid():N}.json");

    public void Dispose()
    {
        _model.Dispose();
        File.Delete(_saved);
    }

    [Fact]
    public void AnswersGoToOutputAndTheConversationGoesOn()
    {
        Kf kf = Chat("the ab\n/stats\nhe\n/stats\n", "--max-tokens", "4");
        Assert.True(kf.ExitCode == 0, kf.Error);
        Assert.NotEqual("", kf.Output);
        string[] statistics = [.. kf.Error.Split('\n').Where(l => l.StartsWith("[prompt", StringComparison.Ordinal))];
        Assert.Equal(2, statistics.Length);
        Assert.Contains(" 0 kept", statistics[0], StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 kept", statistics[1], StringComparison.Ordinal);
    }

    [Fact]
    public void ASavedConversationIsGoneOnWith()
    {
        Kf kf = Chat($"/system Be kind.\nthe \\\nab\n\"\"\"\none\ntwo\n\"\"\"\n/save {_saved}\n", "--max-tokens", "2");
        Assert.True(kf.ExitCode == 0, kf.Error);
        JsonElement[] messages = [.. JsonDocument.Parse(File.ReadAllText(_saved)).RootElement.EnumerateArray()];
        Assert.Equal(["system", "user", "assistant", "user", "assistant"], messages.Select(m => m.GetProperty("role").GetString()));
        Assert.Equal("Be kind.", messages[0].GetProperty("content").GetString());
        Assert.Equal("the \nab", messages[1].GetProperty("content").GetString());
        Assert.Equal("one\ntwo", messages[3].GetProperty("content").GetString());
        Kf loaded = Chat($"/load {_saved}\n/reset\n/save {_saved}\n", "--max-tokens", "2");
        Assert.Contains("Loaded 5 messages.", loaded.Error, StringComparison.Ordinal);
        Assert.Equal("system", Assert.Single(JsonDocument.Parse(File.ReadAllText(_saved)).RootElement.EnumerateArray()).GetProperty("role").GetString());
        Assert.Equal(0, Chat("he\n", "--max-tokens", "1", "--load", _saved).ExitCode);
    }

    [Fact]
    public void OptionsOfGenerateAreItsOwn()
    {
        Kf kf = Chat("the ab\n", "--max-tokens", "20", "--choice", "abab", "--choice", "hehe");
        Assert.True(kf.ExitCode == 0, kf.Error);
        Assert.Contains(kf.Output.Trim(), new[] { "abab", "hehe" });
        string greedy = Chat("the ab\n", "--max-tokens", "6").Output;
        Assert.Equal(greedy, Chat("the ab\n", "--max-tokens", "6", "--draft-lookup", "3").Output);
        Assert.NotEqual(greedy, Chat("the ab\n", "--max-tokens", "6", "--no-repeat-ngram", "1", "--no-repeat-ngram-window", "4").Output);
        Kf wrong = Chat("the\n", "--top-k", "-3");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--top-k", wrong.Error, StringComparison.Ordinal);
        foreach (string flag in new[] { "--heal", "--include-special", "--logprobs" })
            Assert.Equal(2, Chat("the\n", flag).ExitCode);
        Kf help = Kf.Run("chat", "--help");
        Assert.Contains("--max-tokens N", help.Output, StringComparison.Ordinal);
        Assert.Contains("[default: 1024]", help.Output, StringComparison.Ordinal);
        Assert.Contains("Truncation, in this order:", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--logprobs", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void MistakesAreNamedAndTheConversationGoesOn()
    {
        Kf kf = Chat("/nosuch\n/save\n/load /nowhere/x.json\n/help\nthe\n/exit\nab\n", "--max-tokens", "2");
        Assert.Equal(1, kf.ExitCode);
        Assert.Contains("There is no command /nosuch", kf.Error, StringComparison.Ordinal);
        Assert.Contains("Name a file.", kf.Error, StringComparison.Ordinal);
        Assert.Contains("/nowhere/x.json", kf.Error, StringComparison.Ordinal);
        Assert.Contains("/system", kf.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", kf.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ATemplateThatRaisesLosesTheMessageOnly()
    {
        Kf kf = Chat("raise\nthe\n/save " + _saved + "\n", "--max-tokens", "1");
        Assert.Equal(1, kf.ExitCode);
        Assert.Contains("not that", kf.Error, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(File.ReadAllText(_saved)).RootElement.GetArrayLength());
    }

    [Fact]
    public void WithoutATemplateOneIsNamed()
    {
        using var bare = new ModelFile(new TinyModel());
        string[] args = ["chat", "--model", bare.Path, "--device", "cpu", "--max-tokens", "1"];
        Kf kf = Kf.RunWithInput("the\n", args);
        Assert.Equal(3, kf.ExitCode);
        Assert.Contains("chatml", kf.Error, StringComparison.Ordinal);
        Assert.Equal(0, Kf.RunWithInput("the\n", [.. args, "--template", "plain"]).ExitCode);
        Assert.Equal(2, Kf.RunWithInput("the\n", [.. args, "--template", "/nowhere/t.jinja"]).ExitCode);
        File.WriteAllText(_saved, "{% if");
        Assert.Equal(3, Kf.RunWithInput("the\n", [.. args, "--template", _saved]).ExitCode);
        File.WriteAllText(_saved, "{{ messages[0].content }}");
        Assert.Equal(0, Kf.RunWithInput("the\n", [.. args, "--template", _saved]).ExitCode);
    }

    [Fact]
    public void InterruptingEndsTheAnswerAndNotTheProgram()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs signals.");
        string[] args = ["chat", "--model", Stories.File("f32"), "--template", "plain", "--device", "reference", "--max-tokens", "400", "--temperature", "0"];

        // On a busy machine an answer may be over before the signal comes.
        Kf kf;
        int attempts = 0;
        do
            kf = Kf.RunWithInput("Once upon a time\n/stats\n", args, process => Assert.Equal(0, Kill(process.Id, 2)));
        while (kf.Error.Contains("reached --max-tokens", StringComparison.Ordinal) && ++attempts < 5);
        Assert.Equal(0, kf.ExitCode);
        Assert.Contains("[The answer was interrupted.]", kf.Error, StringComparison.Ordinal);
        Assert.Contains("[prompt ", kf.Error, StringComparison.Ordinal);
    }

    private static TinyModel Tiny()
    {
        var tiny = new TinyModel { Context = 300 };
        tiny.Metadata["tokenizer.chat_template"] = "{{ bos_token }}{% for m in messages %}{% if m.content == 'raise' %}{{ raise_exception('not that') }}{% endif %}{{ m.content }}{% endfor %}";
        return tiny;
    }

    private Kf Chat(string input, params string[] args) =>
        Kf.RunWithInput(input, ["chat", "--model", _model.Path, "--device", "cpu", "--temperature", "0", .. args]);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
