using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;
using KernelFoundry.Inference.Tests.Requests;
using Microsoft.Extensions.AI;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;

namespace KernelFoundry.Extensions.AI.Tests;

/// <summary>Every option of the decoding stack has a way into a chat request, and what it measures has a way out.</summary>
public class RequestPropertiesTests
{
    private const string Hermes = "{{ bos_token }}{% if tools %}<tool_call>{% endif %}{% for m in messages %}{{ m.role }} {{ m.content }} {% endfor %}";
    private static readonly AIMessage[] s_messages = [new(ChatRole.User, "the ab")];

    public enum Sky
    {
        Clear,
        Grey,
    }

    public static TheoryData<string> Names => [.. DecodingOptionTable.Options.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task EveryOptionHasAWayIn(string name)
    {
        using LanguageModel model = ChatClientTests.Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, new ChatSettings { Generation = new() { MaxTokens = 8, StopTokens = name is "min_tokens" or "end_after" ? [2] : [] } });
        DecodingOption option = DecodingOptionTable.Options[name];
        var options = new ChatOptions { AdditionalProperties = new() { [name] = new object() } };
        string message = Assert.Throws<ArgumentException>(() => client.GetStreamingResponseAsync(s_messages, options)).Message;
        Assert.Contains($"ChatOptions.AdditionalProperties[\"{name}\"]", message, StringComparison.Ordinal);
        if ((option.NotInChat ?? option.NotInRequests) is { } why)
        {
            Assert.Contains(why, message, StringComparison.Ordinal);
            return;
        }

        if (option.ChatProperty is { } own)
        {
            Assert.Contains(own, RequestProperties.Own);
            Assert.Contains($"set ChatOptions.{own}", message, StringComparison.Ordinal);
            return;
        }

        options.AdditionalProperties.Clear();
        foreach ((DecodingOption needed, object value) in SampleOptions.Needed(option).Append((option, SampleOptions.With(option, model).Value)))
        {
            if (needed.Name == "temperature")
                options.Temperature = Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture);
            else
                options.AdditionalProperties[needed.Name] = value;
        }

        ChatResponse response = await client.GetResponseAsync(s_messages, options);
        Assert.InRange(response.Usage!.OutputTokenCount!.Value, 0, 8 * 8);
    }

    [Theory]
    [InlineData("topP", "ChatOptions.TopP")]
    [InlineData("temprature", "ChatOptions.Temperature")]
    [InlineData("min-p", "'min_p'")]
    [InlineData("repetiton_penality", "'repetition_penalty'")]
    [InlineData("json_scheam", "'json_schema'")]
    [InlineData("no_repeat_ngrams", "'no_repeat_ngram'")]
    public void ANameThatIsNearlyAnOptionsIsAMistake(string name, string meant)
    {
        using LanguageModel model = ChatClientTests.Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, ChatClientTests.Settings(2));
        var options = new ChatOptions { AdditionalProperties = new() { [name] = 1 } };
        string message = Assert.Throws<ArgumentException>(() => client.GetStreamingResponseAsync(s_messages, options)).Message;
        Assert.Contains($"ChatOptions.AdditionalProperties[\"{name}\"]", message, StringComparison.Ordinal);
        Assert.Contains(meant, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enable_thinking")]
    [InlineData("reasoning_effort")]
    [InlineData("documents")]
    [InlineData("date_string")]
    [InlineData("mit_p")]
    public async Task OtherNamesAreVariablesOfTheTemplate(string name)
    {
        using LanguageModel model = ChatClientTests.Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, ChatClientTests.Settings(2));
        Assert.Equal(2, (await client.GetResponseAsync(s_messages, new ChatOptions { AdditionalProperties = new() { [name] = 1 } })).Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task WhatTheTemplateReadsIsItsOwnHoweverNear()
    {
        using LanguageModel model = ChatClientTests.Tiny(Hermes + "{{ choice }}").Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, ChatClientTests.Settings(2));
        Assert.Equal(2, (await client.GetResponseAsync(s_messages, new ChatOptions { AdditionalProperties = new() { ["choice"] = "ab" } })).Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task TheResponseHasLogProbabilities()
    {
        using LanguageModel model = ChatClientTests.Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, ChatClientTests.Settings(5));
        Assert.Null((await client.GetResponseAsync(s_messages)).AdditionalProperties);
        ChatResponse response = await client.GetResponseAsync(s_messages, new ChatOptions { AdditionalProperties = new() { ["logprobs"] = 3 } });
        var steps = (IReadOnlyList<StepLogProbabilities>)Properties(response)["logprobs"]!;
        Assert.Equal(5, steps.Count);
        Assert.All(steps, step => Assert.Equal((3, step.Model.Token, 0), (step.TopBefore.Count, step.TopBefore[0].Token, step.Model.Rank)));
    }

    [Fact]
    public async Task TheResponseHasWhatASearchFound()
    {
        using LanguageModel model = ChatClientTests.Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, ChatClientTests.Settings(5));
        ChatResponse response = await client.GetResponseAsync(s_messages, new ChatOptions { AdditionalProperties = new() { ["beams"] = 3, ["results"] = 2, ["length_penalty"] = 1 } });
        var found = (IReadOnlyList<ChatHypothesis>)Properties(response)["hypotheses"]!;
        Assert.Equal(2, found.Count);
        Assert.True(found[0].Found.Score >= found[1].Found.Score);
        Assert.Equal(found[0].Message.Content, response.Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);

        // The session goes on as ever after it.
        Assert.Equal(5, (await client.GetResponseAsync(s_messages)).Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task ARequiredCallIsOne()
    {
        using LanguageModel model = ChatClientTests.Tiny(Hermes).Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, ChatClientTests.Settings(200));
        AIFunction weather = AIFunctionFactory.Create((Sky sky) => $"{sky}", "weather"), other = AIFunctionFactory.Create((bool on) => on, "lamp");
        foreach (ChatOptions options in new ChatOptions[] { new() { Tools = [weather, other], ToolMode = ChatToolMode.RequireAny }, new() { Tools = [other, weather], ToolMode = ChatToolMode.RequireSpecific("weather"), Temperature = 2, Seed = 1 } })
        {
            for (int i = 0; i < 2; i++)
            {
                ChatResponse response = await client.GetResponseAsync(s_messages, options);
                Assert.True(Assert.Single(response.Messages).Contents.All(content => content is FunctionCallContent or UsageContent), response.Text);
                var call = (FunctionCallContent)Assert.Single(response.Messages[0].Contents, content => content is FunctionCallContent);
                Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
                if (options.ToolMode is RequiredChatToolMode { RequiredFunctionName: not null })
                    Assert.Equal("weather", call.Name);
                Assert.Contains($"{call.Arguments!.Single().Value}", new[] { "Clear", "Grey", "0", "1", "true", "false", "True", "False" });
            }
        }

        // A family whose calls are no JSON says so.
        using LanguageModel glm = ChatClientTests.Tiny(Hermes + "{# <arg_key> #}").Open(Device.Reference);
        using var refusing = new KernelFoundryChatClient(glm);
        var error = Assert.Throws<ArgumentException>(() => refusing.GetStreamingResponseAsync(s_messages, new ChatOptions { Tools = [weather], ToolMode = ChatToolMode.RequireAny }));
        Assert.Contains("ChatOptions.ToolMode", error.Message, StringComparison.Ordinal);
        Assert.Contains("'glm'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GuidanceMovesAwayFromAnotherSystemMessage()
    {
        using LanguageModel model = ChatClientTests.Tiny().Open(Device.Reference);
        using var client = new KernelFoundryChatClient(model, ChatClientTests.Settings(20));
        string plain = (await client.GetResponseAsync(s_messages)).Text;
        var options = new ChatOptions { AdditionalProperties = new() { ["guidance"] = 3, ["negative_prompt"] = "he he" } };
        string guided = (await client.GetResponseAsync(s_messages, options)).Text;
        Assert.NotEqual(plain, guided);
        Assert.Equal(guided, (await client.GetResponseAsync(s_messages, options)).Text);
        Assert.Equal(plain, (await client.GetResponseAsync(s_messages)).Text);
    }

    // Where the packages put what the last update carries.
    private static AdditionalPropertiesDictionary Properties(ChatResponse response) => response.AdditionalProperties ?? response.Messages[^1].AdditionalProperties!;
}
