using System.ComponentModel;
using System.Text.Json;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests;
using KernelFoundry.Inference.Tests.Models;
using Microsoft.Extensions.AI;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;

namespace KernelFoundry.Extensions.AI.Tests;

public class ChatClientTests
{
    private const string Echo = "{{ bos_token }}{% for m in messages %}{{ m.role }} {{ m.content }}{% for c in m.tool_calls or [] %} {{ c.function.name }} {{ c.function.arguments|tojson }}{% endfor %} {% endfor %}";
    private static readonly AIMessage[] s_messages = [new(ChatRole.User, "the ab")];

    [Fact]
    public async Task StreamsTheAnswerWithUsage()
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, Settings(8));
        var updates = new List<ChatResponseUpdate>();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(s_messages))
            updates.Add(update);
        Assert.True(updates.Count > 2, "The answer came in one piece.");
        Assert.All(updates, u => Assert.Equal(ChatRole.Assistant, u.Role));
        Assert.Single(updates.Select(u => u.ResponseId).Distinct());
        ChatResponse response = await client.GetResponseAsync(s_messages);
        Assert.Equal(string.Concat(updates.Select(u => u.Text)), response.Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal("tiny", response.ModelId);
        Assert.Equal(8, response.Usage!.OutputTokenCount);
        Assert.Equal(response.Usage.InputTokenCount + 8, response.Usage.TotalTokenCount);

        // The second time, the prompt was kept but for its last token.
        Assert.Equal(response.Usage.InputTokenCount - 1, response.Usage.CachedInputTokenCount);
    }

    [Fact]
    public async Task TellsTheReferencesStory()
    {
        string file = ReferenceFiles.Require("models", "stories260k-f32.gguf");
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(file, device);
        ChatTemplate template = ChatTemplate.Parse("{{ bos_token }}{{ messages[-1].content }}", "story", ChatTokens.Of(model.Tokenizer));
        using var client = new KernelFoundryChatClient(model, Settings(60) with { Template = template });
        ChatResponse response = await client.GetResponseAsync("Once upon a time", new ChatOptions { Temperature = 0 });
        Assert.StartsWith(", there was a little girl named Lily. She loved to play outside in the park.", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OptionsAreHonoured()
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, Settings(8));
        var options = new ChatOptions { MaxOutputTokens = 5, Temperature = 1, Seed = 3, TopK = 40, TopP = 0.99f };
        ChatResponse first = await client.GetResponseAsync(s_messages, options);
        Assert.Equal(5, first.Usage!.OutputTokenCount);
        Assert.Equal(first.Text, (await client.GetResponseAsync(s_messages, options)).Text);
        ChatResponse other = await client.GetResponseAsync(s_messages, new ChatOptions { MaxOutputTokens = 5, Temperature = 1, Seed = 4 });
        Assert.NotEqual(first.Text, other.Text);
        string stop = first.Text[2..4];
        ChatResponse stopped = await client.GetResponseAsync(s_messages, new ChatOptions { MaxOutputTokens = 5, Temperature = 1, Seed = 3, TopK = 40, TopP = 0.99f, StopSequences = [stop] });
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
        Assert.Equal(first.Text[..first.Text.IndexOf(stop, StringComparison.Ordinal)].TrimEnd(), stopped.Text.TrimEnd());
    }

    public static TheoryData<string, ChatOptions> Impossible => new()
    {
        { "ChatOptions.Temperature", new ChatOptions { Temperature = -1 } },
        { "ChatOptions.TopP", new ChatOptions { TopP = 0 } },
        { "ChatOptions.TopK", new ChatOptions { TopK = -1 } },
        { "ChatOptions.Seed", new ChatOptions { Seed = -1 } },
        { "ChatOptions.MaxOutputTokens", new ChatOptions { MaxOutputTokens = 0 } },
        { "ChatOptions.StopSequences", new ChatOptions { StopSequences = [""] } },
        { "ChatOptions.FrequencyPenalty", new ChatOptions { FrequencyPenalty = float.NaN } },
        { "ChatOptions.PresencePenalty", new ChatOptions { PresencePenalty = float.PositiveInfinity } },
        { "ChatOptions.ResponseFormat cannot be used: #/type", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("{\"type\":\"colour\"}").RootElement) } },
        { "both say what the text is", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, AdditionalProperties = new() { ["regex"] = "a" } } },
        { "ChatOptions.AdditionalProperties[\"regex\"] cannot be used: line 1, column 3", new ChatOptions { AdditionalProperties = new() { ["regex"] = "a(" } } },
        { "must be a list of texts", new ChatOptions { AdditionalProperties = new() { ["choices"] = 4 } } },
        { "ChatOptions.AdditionalProperties[\"mirostat\"]", new ChatOptions { Temperature = 1, AdditionalProperties = new() { ["mirostat"] = 1.5 } } },
        { "ChatOptions.AdditionalProperties[\"typical\"]", new ChatOptions { AdditionalProperties = new() { ["typical"] = "many" } } },
        { "Mirostat", new ChatOptions { Temperature = 1, TopK = 4, AdditionalProperties = new() { ["mirostat"] = 1 } } },
        { "ChatOptions.ToolMode", new ChatOptions { ToolMode = ChatToolMode.RequireAny } },
        { "ChatOptions.ToolMode requires 'x'", new ChatOptions { ToolMode = ChatToolMode.RequireSpecific("x") } },
        { "set ChatOptions.Temperature", new ChatOptions { AdditionalProperties = new() { ["temperature"] = 1 } } },
        { "is not for requests: requests name no files", new ChatOptions { AdditionalProperties = new() { ["draft_model"] = "x.gguf" } } },
        { "ChatOptions.StopSequences and ChatOptions.AdditionalProperties[\"beams\"]", new ChatOptions { StopSequences = ["x"], AdditionalProperties = new() { ["beams"] = 2 } } },
        { "ChatOptions.ConversationId", new ChatOptions { ConversationId = "x" } },
        { "ChatOptions.ModelId", new ChatOptions { ModelId = "other" } },
        { "ChatOptions.Tools", new ChatOptions { Tools = [new HostedWebSearchTool()] } },
        { "MinP", new ChatOptions { AdditionalProperties = new() { ["min_p"] = 2f } } },
        { "draft_lookup", new ChatOptions { AdditionalProperties = new() { ["draft_lookup"] = -1 } } },
        { "draft_recycling", new ChatOptions { AdditionalProperties = new() { ["draft_lookup"] = 4, ["draft_recycling"] = 4 } } },
        { "ChatOptions.AdditionalProperties[\"x\"]", new ChatOptions { AdditionalProperties = new() { ["x"] = new object() } } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void WhatCannotBeHonouredIsNamed(string named, ChatOptions options)
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model);
        var error = Assert.Throws<ArgumentException>(() => client.GetStreamingResponseAsync(s_messages, options));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellationThrowsAndTheClientGoesOn()
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, Settings(100));
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(s_messages, null, cancel.Token))
                await cancel.CancelAsync();
        });
        Assert.Equal(5, (await client.GetResponseAsync(s_messages, new ChatOptions { MaxOutputTokens = 5 })).Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task RequestsTakeTurns()
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, Settings(8));
        ChatResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.GetResponseAsync(s_messages)));
        Assert.Single(responses.Select(r => r.Text).Distinct());
    }

    [Theory]
    [InlineData("draft_lookup")]
    [InlineData("draft_recycling")]
    public async Task DraftsChangeNoAnswer(string name)
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, Settings(12));
        string plain = (await client.GetResponseAsync(s_messages)).Text;
        var options = new ChatOptions { AdditionalProperties = new() { [name] = 6 } };
        for (int i = 0; i < 2; i++)
            Assert.Equal(plain, (await client.GetResponseAsync(s_messages, options)).Text);
        Assert.Equal(plain, (await client.GetResponseAsync(s_messages)).Text);
    }

    [Fact]
    public async Task AnswersAreWhatTheRequestSays()
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, new ChatSettings { Generation = new GenerationOptions { MaxTokens = 60 } });
        var schema = JsonDocument.Parse("{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[\"ab\",\"the\"]}},\"required\":[\"a\"]}").RootElement;
        (ChatOptions Options, string Expected)[] all =
        [
            (new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) }, "\\A\\s*\\{\\s*\"a\"\\s*:\\s*\"(ab|the)\"\\s*\\}\\s*\\z"),
            (new() { ResponseFormat = ChatResponseFormat.Json }, "\\A\\s*\\{"),
            (new() { Temperature = 2, Seed = 1, AdditionalProperties = new() { ["regex"] = "[ab]{4}" } }, "\\A[ab]{4}\\z"),
            (new() { AdditionalProperties = new() { ["choices"] = new[] { "the", "ab" } } }, "\\A(the|ab)\\z"),
            (new() { AdditionalProperties = new() { ["choices"] = JsonDocument.Parse("[\"he\"]").RootElement } }, "\\Ahe\\z"),
            (new() { AdditionalProperties = new() { ["grammar"] = "root ::= \"c\" \"e\"" } }, "\\Ace\\z"),
            (new() { AdditionalProperties = new() { ["lark"] = "start: \"t\"" } }, "\\At\\z"),
        ];
        foreach ((ChatOptions options, string expected) in all)
        {
            for (int i = 0; i < 2; i++)
                Assert.Matches(expected, (await client.GetResponseAsync(s_messages, options)).Text);
        }
    }

    // Penalties are felt; RequestPropertiesTests has all of them.
    [Fact]
    public async Task SamplingIsWhatTheRequestSays()
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, Settings(30));
        string plain = (await client.GetResponseAsync(s_messages)).Text;
        Assert.NotEqual(plain, (await client.GetResponseAsync(s_messages, new ChatOptions { FrequencyPenalty = 2 })).Text);
        Assert.NotEqual(plain, (await client.GetResponseAsync(s_messages, new ChatOptions { PresencePenalty = 5 })).Text);
        Assert.NotEqual(plain, (await client.GetResponseAsync(s_messages, new ChatOptions { AdditionalProperties = new() { ["repetition_penalty"] = 3.0 } })).Text);
        Assert.Equal(plain, (await client.GetResponseAsync(s_messages, new ChatOptions { Temperature = 0, AdditionalProperties = new() { ["penalty_window"] = 4 } })).Text);
        using var fixedClient = new KernelFoundryChatClient(model, new ChatSettings { Generation = new GenerationOptions { Pipeline = Inference.Decoding.DecodingPipeline.Logits.Greedy() } });
        Assert.Throws<ArgumentException>(() => fixedClient.GetStreamingResponseAsync(s_messages, new ChatOptions { Temperature = 1 }));
    }

    [Fact]
    public void CallsAndResultsBecomeMessages()
    {
        AIMessage[] messages =
        [
            new(ChatRole.User, "Weather?"),
            new(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("I look."), new FunctionCallContent("1", "weather", new Dictionary<string, object?> { ["city"] = "Oslo", ["days"] = 2 })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "rain"), new FunctionResultContent("2", JsonDocument.Parse("{\"t\":1}").RootElement)]),
        ];
        IReadOnlyList<Inference.Chat.ChatMessage> converted = RequestMessages.Convert(messages, "Be kind.");
        Assert.Equal(["system", "user", "assistant", "tool", "tool"], converted.Select(m => m.Role));
        Assert.Equal(["Be kind.", "Weather?", "I look.", "rain", "{\"t\":1}"], converted.Select(m => m.Content));
        Assert.Equal("hm", converted[2].Reasoning);
        Assert.Equal(new ChatToolCall("1", "weather", "{\"city\":\"Oslo\",\"days\":2}"), Assert.Single(converted[2].ToolCalls));
        Assert.Equal(("1", "weather"), (converted[3].ToolCallId, converted[3].Name));
        var error = Assert.Throws<ArgumentException>(() => RequestMessages.Convert([new(ChatRole.User, [new DataContent("data:image/png;base64,AAAA")])], null));
        Assert.Contains("DataContent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACallBecomesContent()
    {
        var message = new Inference.Chat.ChatMessage("assistant", "") { ToolCalls = [new ChatToolCall("1", "f", "{}")] };
        var call = new ChatToolCall("call00001", "f", "{\"x\":[1],\"y\":\"z\"}");
        var content = (FunctionCallContent)Assert.Single(ResponseUpdates.Of(new ChatAnswer(new ChatDelta(ToolCall: call))).Contents);
        Assert.Equal(("call00001", "f"), (content.CallId, content.Name));
        Assert.Equal("[1]", ((JsonElement)content.Arguments!["x"]!).GetRawText());
        var statistics = new GenerationStatistics { PromptTokens = 5, GeneratedTokens = 2, PrefillTime = default, DecodeTime = default };
        Assert.Equal(ChatFinishReason.ToolCalls, ResponseUpdates.Of(new ChatAnswer(default, message, FinishReason.Stop, statistics)).FinishReason);
    }

    [Fact]
    public async Task ToolsReachTheTemplate()
    {
        TinyModel tiny = Tiny("{{ bos_token }}{% for t in tools or [] %}{{ raise_exception(t|tojson ~ enable_thinking) }}{% endfor %}{{ messages[0].content }}");
        using LanguageModel model = tiny.Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, Settings(1));
        AIFunction function = AIFunctionFactory.Create(Weather, "weather");
        var options = new ChatOptions { Tools = [function], AdditionalProperties = new() { ["enable_thinking"] = false } };
        var error = await Assert.ThrowsAsync<Inference.Templates.TemplateException>(() => client.GetResponseAsync(s_messages, options));
        Assert.Contains("\"name\": \"weather\"", error.Reason, StringComparison.Ordinal);
        Assert.Contains("\"city\": {", error.Reason, StringComparison.Ordinal);
        Assert.EndsWith("False", error.Reason, StringComparison.Ordinal);
        options.ToolMode = ChatToolMode.None;
        Assert.NotNull(await client.GetResponseAsync(s_messages, options));
    }

    [Fact]
    public void ServicesAreFoundByType()
    {
        using LanguageModel model = Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model);
        Assert.Same(client, client.GetService(typeof(IChatClient)));
        Assert.Same(model, client.GetService(typeof(LanguageModel)));
        Assert.Equal("tiny", ((ChatClientMetadata)client.GetService(typeof(ChatClientMetadata))!).DefaultModelId);
        Assert.Null(client.GetService(typeof(string)));
        Assert.Null(client.GetService(typeof(IChatClient), "key"));
    }

    internal static TinyModel Tiny(string template = Echo)
    {
        var tiny = new TinyModel { Context = 400 };
        tiny.Metadata["tokenizer.chat_template"] = template;
        return tiny;
    }

    [Description("The weather of a city.")]
    private static string Weather(string city) => "rain in " + city;

    internal static ChatSettings Settings(int tokens) => new() { Generation = new GenerationOptions { MaxTokens = tokens, StopTokens = [] } };
}
