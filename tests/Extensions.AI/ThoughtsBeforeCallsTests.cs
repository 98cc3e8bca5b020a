using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;
using KernelFoundry.Inference.Tests.Tokenizers;
using Microsoft.Extensions.AI;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;

namespace KernelFoundry.Extensions.AI.Tests;

/// <summary>Models that think do so before a call that is required, and others call at once. The model takes the tokens of a script wherever it may.</summary>
public class ThoughtsBeforeCallsTests
{
    private const int Stop = 2;
    private const string Thoughts = "he </thi</ <tool_call> </think ab";
    private const string Hermes = "{{ bos_token }}{% if tools %}<tool_call>{% endif %}{{ messages[0].content }}";
    private const string Thinks = Hermes + "{# <think> #}";
    private static readonly AIMessage[] s_messages = [new(ChatRole.User, "the ab")];

    public static TheoryData<string> Families => [.. ChatFormats.All.Where(format => format.CanRequireCall && format.Reasoning is not null).Select(format => format.Name)];

    [Theory]
    [InlineData(Thinks, "<think>")]
    [InlineData(Hermes + "<think>\n", "")]
    [InlineData(Hermes + "{{ '<think>' }}", "")]
    public async Task ThoughtsComeBeforeTheCall(string template, string begin)
    {
        foreach (string? control in new[] { null, "<think>", "</think>" })
        {
            ChatResponse response = await Answer(template, $"{begin}{Thoughts}</think>\n\nhe", control);
            IList<AIContent> contents = Assert.Single(response.Messages).Contents;
            Assert.Equal(Thoughts, string.Concat(contents.OfType<TextReasoningContent>().Select(each => each.Text)));
            Assert.Equal("lamp", Assert.Single(contents.OfType<FunctionCallContent>()).Name);
            Assert.Equal(("", ChatFinishReason.ToolCalls), (response.Text, response.FinishReason));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task EveryFamilyThinksInItsOwnMarkers(string family)
    {
        ChatFormat format = ChatFormats.Get(family);
        string template = $"{{{{ bos_token }}}}{{# {string.Join(' ', format.TemplateMarkers)} {format.Reasoning!.Begin} #}}{{{{ messages[0].content }}}}";
        ChatResponse response = await Answer(template, $"{format.Reasoning.Begin}he ab{format.Reasoning.End}\n");
        IList<AIContent> contents = Assert.Single(response.Messages).Contents;
        Assert.Equal("he ab", string.Concat(contents.OfType<TextReasoningContent>().Select(each => each.Text)));
        Assert.Equal("lamp", Assert.Single(contents.OfType<FunctionCallContent>()).Name);
        Assert.Equal(("", ChatFinishReason.ToolCalls), (response.Text, response.FinishReason));
    }

    [Theory]
    [InlineData(Thinks, "<tool_call>")]
    [InlineData(Hermes, "<think>he</think>")]
    [InlineData(Hermes + "<think>\n\n</think>\n\n", "<think>he</think>")]
    public async Task ACallWithoutThoughtsComesAtOnce(string template, string script)
    {
        ChatResponse response = await Answer(template, script);
        IList<AIContent> contents = Assert.Single(response.Messages).Contents;
        Assert.Empty(contents.OfType<TextReasoningContent>());
        Assert.Equal("lamp", Assert.Single(contents.OfType<FunctionCallContent>()).Name);
        Assert.Equal(("", ChatFinishReason.ToolCalls), (response.Text, response.FinishReason));
    }

    [Theory]
    [InlineData(Thinks, "<think>")]
    [InlineData(Hermes + "<think>\n", "")]
    public async Task ThoughtsWithoutEndLeaveNoCall(string template, string begin)
    {
        // The token that ends turns is not taken inside thoughts.
        ChatResponse response = await Answer(template, $"{begin}{string.Concat(Enumerable.Repeat("ab\0", 40))}", tokens: 100);
        IList<AIContent> contents = Assert.Single(response.Messages).Contents;
        Assert.Equal(100, response.Usage!.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.StartsWith("ab", string.Concat(contents.OfType<TextReasoningContent>().Select(each => each.Text)), StringComparison.Ordinal);
        Assert.Empty(contents.OfType<FunctionCallContent>());
        Assert.Equal("", response.Text);
    }

    // A control token is its marker; \0 is the token that ends turns; the rest is bytes.
    private static async Task<ChatResponse> Answer(string template, string script, string? control = null, int tokens = 300)
    {
        TinyModel tiny = ChatClientTests.Tiny(template);
        foreach (string marker in new[] { "<think>", "</think>" })
            tiny.Vocabulary.Add(marker, type: Inference.Tokenizers.TokenType.Control);
        using LanguageModel model = tiny.Open(Device.Reference);
        var wanted = new List<int>();
        for (int i = 0; i < script.Length; i++)
        {
            bool isControl = control is not null && string.CompareOrdinal(script, i, control, 0, control.Length) == 0;
            wanted.Add(isControl ? tiny.Vocabulary.Tokens.IndexOf(control!) : script[i] == '\0' ? Stop : TestVocabulary.FirstByte + script[i]);
            i += isControl ? control!.Length - 1 : 0;
        }

        var follow = new Callback(context =>
        {
            if (context.Generated < wanted.Count)
                context.Edit(wanted[context.Generated], 1, 10_000);
        });
        using var client = new KernelFoundryChatClient(model, new ChatSettings
        {
            Generation = new GenerationOptions { MaxTokens = tokens, StopTokens = [Stop], Decoding = new DecodingOptions { Processors = [follow] } },
        });
        AIFunction lamp = AIFunctionFactory.Create((bool on) => on, "lamp");
        return await client.GetResponseAsync(s_messages, new ChatOptions { Tools = [lamp], ToolMode = ChatToolMode.RequireAny });
    }
}
