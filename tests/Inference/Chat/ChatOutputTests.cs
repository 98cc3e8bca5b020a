using System.Text.Json;
using KernelFoundry.Inference.Chat;

namespace KernelFoundry.Inference.Tests.Chat;

public class ChatOutputTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, OutputCase.All.Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnswersMeanTheSameHoweverTheyAreCut(int index)
    {
        OutputCase expected = OutputCase.All[index];
        ChatFormat format = ChatFormats.Get(expected.Format);
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int piece = 1; piece <= expected.Answer.Length + 20; piece++)
        {
            ChatOutputParser parser = format.CreateParser();
            var deltas = new List<ChatDelta>();
            for (int at = 0, length; at < expected.Answer.Length; at += length)
            {
                length = Math.Min(piece <= expected.Answer.Length ? piece : random.Next(1, 9), expected.Answer.Length - at);
                deltas.AddRange(parser.Append(expected.Answer.Substring(at, length)));
            }

            deltas.AddRange(parser.Flush());
            string message = $"pieces of {piece}, seed {seed}";
            Assert.True(expected.Text == string.Concat(deltas.Select(d => d.Text)), $"{message}: {string.Join("|", deltas)}");
            Assert.True(expected.Reasoning == string.Concat(deltas.Select(d => d.Reasoning)), $"{message}: {string.Join("|", deltas)}");
            Assert.Equal(expected.Calls, deltas.Where(d => d.ToolCall is not null).Select(d => $"{d.ToolCall!.Name} {d.ToolCall.Arguments}"));
            Assert.All(deltas, d => Assert.True(d.Text?.Length > 0 || d.Reasoning?.Length > 0 || d.ToolCall is not null));
            Assert.All(deltas.Where(d => d.ToolCall is not null), d => Assert.NotEqual("", d.ToolCall!.Id));
        }
    }

    [Fact]
    public void EveryFamilyHasAnAnswer() =>
        Assert.Equal(
            ChatFormats.All.Append(ChatFormats.Plain).Select(f => f.Name).Order(StringComparer.Ordinal),
            OutputCase.All.Select(c => c.Format).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void TextIsHandedOutAsSoonAsItIsCertain()
    {
        ChatOutputParser parser = ChatFormats.Get("hermes").CreateParser();
        Assert.Equal("Hello", Assert.Single(parser.Append("Hello <too")).Text);
        Assert.Equal(" <toot", Assert.Single(parser.Append("t")).Text);
        Assert.Empty(parser.Append(" <tool_call>{\"name\": \"a\""));
        Assert.Equal("a", Assert.Single(parser.Append(", \"arguments\": {}}</tool_call>")).ToolCall!.Name);
        Assert.Empty(parser.Flush());
    }

    [Fact]
    public void ThoughtsThatThePromptBeganAreThoughts()
    {
        ChatOutputParser parser = ChatFormats.Plain.CreateParser("<|assistant|><think>\n");
        ChatDelta[] deltas = [.. parser.Append("hm, "), .. parser.Append("yes\n</think>\n\nHello"), .. parser.Flush()];
        Assert.Equal("hm, yes", string.Concat(deltas.Select(d => d.Reasoning)));
        Assert.Equal("Hello", string.Concat(deltas.Select(d => d.Text)));
    }

    [Fact]
    public void IdsAreTheModelsOrCountOn()
    {
        ChatOutputParser parser = ChatFormats.Get("mistral").CreateParser("", firstCall: 3);
        _ = parser.Append("[TOOL_CALLS] [{\"name\": \"a\", \"arguments\": {}, \"id\": \"abcdefghi\"}, {\"name\": \"b\", \"arguments\": {}}]");
        Assert.Equal(["abcdefghi", "call00004"], parser.Flush().Select(d => d.ToolCall!.Id));
    }

    [Fact]
    public void ShippedTemplatesAreOfTheirFamilies()
    {
        Dictionary<string, string> families = new()
        {
            ["Apertus-8B-Instruct"] = "apertus",
            ["Bielik-11B-v3.0-Instruct"] = "hermes",
            ["GLM-4.6"] = "glm",
            ["HuggingFaceTB-SmolLM3-3B"] = "plain",
            ["Kimi-K2-Instruct"] = "kimi",
            ["LFM2-8B-A1B"] = "lfm",
            ["MiniMax-M2"] = "minimax",
            ["NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use"] = "hermes",
            ["Qwen-Qwen2.5-7B-Instruct"] = "hermes",
            ["Qwen-Qwen3-0.6B"] = "hermes",
            ["Qwen3-Coder"] = "qwen-coder",
            ["deepseek-ai-DeepSeek-R1-Distill-Qwen-32B"] = "deepseek",
            ["deepseek-ai-DeepSeek-V3.1"] = "deepseek",
            ["google-gemma-2-2b-it"] = "gemma",
            ["ibm-granite-granite-3.3-2B-Instruct"] = "granite",
            ["meta-llama-Llama-3.1-8B-Instruct"] = "llama",
            ["meta-llama-Llama-3.2-3B-Instruct"] = "llama",
            ["microsoft-Phi-3.5-mini-instruct"] = "plain",
            ["mistralai-Mistral-Nemo-Instruct-2407"] = "mistral",
            ["openai-gpt-oss-120b"] = "harmony",
        };
        foreach ((string name, string family) in families)
            Assert.Equal((name, family), (name, ChatFormats.Detect(File.ReadAllText(ReferenceFiles.Require("templates", name + ".jinja"))).Name));
    }

    [Fact]
    public void HostileAnswersEndAsText()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        string[] pieces = ["<tool_call>", "</tool_call>", "{", "}", "[", "]", "\"name\"", ":", "\"a\"", "<think>", "</think>", "<|channel|>", "<|message|>",
            "<|end|>", "x", " ", "\n", "<function=", ">", "<arg_key>", "(", ")", ",", "=", "```", "[TOOL_CALLS]", "<|python_tag|>", new string('[', 200)];
        for (int round = 0; round < 2000; round++)
        {
            ChatFormat format = ChatFormats.All[random.Next(ChatFormats.All.Count)];
            ChatOutputParser parser = format.CreateParser();
            for (int i = random.Next(12); i > 0; i--)
                Check(parser.Append(pieces[random.Next(pieces.Length)]));
            Check(parser.Flush());
        }

        void Check(IReadOnlyList<ChatDelta> deltas)
        {
            foreach (ChatDelta delta in deltas.Where(d => d.ToolCall is not null))
                Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(delta.ToolCall!.Arguments).RootElement.ValueKind);
        }
    }
}
