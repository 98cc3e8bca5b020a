using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Templates;
using KernelFoundry.Inference.Tests.Formats;

namespace KernelFoundry.Inference.Tests.Chat;

public class ChatTemplatesTests
{
    private static readonly ChatMessage[] s_messages = [new(ChatRoles.System, "Be kind."), new(ChatRoles.User, "Hi"), new(ChatRoles.Assistant, "Hello"), new(ChatRoles.User, "Bye")];
    private static readonly ChatTokens s_tokens = new() { Bos = "<s>", Eos = "</s>" };

    [Fact]
    public void AGgufFileHasTemplatesByName()
    {
        ChatTemplates templates = Read(new()
        {
            ["tokenizer.chat_template"] = "{{ bos_token }}{{ messages[0].content }}",
            ["tokenizer.chat_template.tool_use"] = "{{ tools|length }} tools",
            ["tokenizer.chat_templates"] = new[] { "tool_use" },
        });
        Assert.Equal(["default", "tool_use"], templates.Names);
        Assert.Equal("<s>Be kind.", templates.Get().Render(s_messages));
        Assert.Equal("<s>Be kind.", templates.Get("default", hasTools: true).Render(s_messages));
        var prompt = new ChatPrompt { Tools = [new ChatTool("f", "does", "{}")] };
        Assert.Equal("1 tools", templates.Get(hasTools: true).Render(s_messages, prompt));
        Assert.Equal("1 tools", templates.Get("tool_use").Render(s_messages, prompt));
    }

    [Fact]
    public void NoTemplateIsMadeUp()
    {
        var error = Assert.Throws<InvalidModelException>(() => Read([]).Get());
        Assert.Contains("chatml", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidModelException>(() => Read(new() { ["tokenizer.chat_template"] = "x" }).Get("rag"));
        Assert.Contains("'rag'", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidModelException>(() => Read(new() { ["tokenizer.chat_template"] = 5u }));
        Assert.Throws<TemplateException>(() => Read(new() { ["tokenizer.chat_template"] = "{% if %}" }).Get());
    }

    [Fact]
    public void ATokenizerConfigurationHasTemplates()
    {
        const string one = """{"bos_token": {"content": "<b>"}, "eos_token": "<e>", "pad_token": null, "chat_template": "{{ bos_token }}{{ eos_token }}{{ pad_token }}"}""";
        Assert.Equal("<b><e>", ChatTemplates.ReadTokenizerConfig(one, "c.json").Get().Render(s_messages));
        Assert.Equal("other", ChatTemplates.ReadTokenizerConfig(one, "c.json", separate: "other").Get().Render(s_messages));
        const string several = """{"chat_template": [{"name": "default", "template": "a"}, {"name": "tool_use", "template": "b"}]}""";
        Assert.Equal(["default", "tool_use"], ChatTemplates.ReadTokenizerConfig(several, "c.json").Names);
        Assert.Equal("b", ChatTemplates.ReadTokenizerConfig(several, "c.json").Get(hasTools: true).Render(s_messages));
        Assert.Empty(ChatTemplates.ReadTokenizerConfig("{}", "c.json").Names);
        foreach (string wrong in new[] { "{", """{"chat_template": 5}""", """{"chat_template": [1]}""", """{"chat_template": [{"name": "x"}]}""" })
            Assert.Throws<InvalidModelException>(() => ChatTemplates.ReadTokenizerConfig(wrong, "c.json"));
    }

    [Theory]
    [InlineData("chatml", "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("llama2", "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] Bye [/INST]")]
    [InlineData("llama3", "<s><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("mistral", "<s>[INST] Be kind.\n\nHi [/INST] Hello</s>[INST] Bye [/INST]")]
    [InlineData("phi3", "<|system|>\nBe kind.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello<|end|>\n<|user|>\nBye<|end|>\n<|assistant|>\n")]
    [InlineData("plain", "Be kind.HiHelloBye")]
    [InlineData("zephyr", "<|system|>\nBe kind.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello</s>\n<|user|>\nBye</s>\n<|assistant|>\n")]
    public void NamedTemplatesWriteTheirFormat(string name, string expected) =>
        Assert.Equal(expected, NamedChatTemplates.Get(name, s_tokens).Render(s_messages));

    [Fact]
    public void GemmaHasNoSystemRole()
    {
        ChatTemplate gemma = NamedChatTemplates.Get("gemma", s_tokens);
        Assert.Equal("<s><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n", gemma.Render(s_messages[1..]));
        Assert.Throws<TemplateException>(() => gemma.Render(s_messages));
        Assert.Throws<ArgumentException>(() => NamedChatTemplates.Get("none"));
    }

    [Fact]
    public void MessagesHaveTheFieldsTemplatesRead()
    {
        ChatMessage[] messages =
        [
            new(ChatRoles.Assistant, "x") { Reasoning = "hm", ToolCalls = [new ChatToolCall("1", "f", """{"a": [1, "é"]}""")] },
            new(ChatRoles.Tool, "ok") { ToolCallId = "1", Name = "f" },
        ];
        ChatTemplate template = ChatTemplate.Parse("{{ messages|tojson }}|{{ tools }}|{{ add_generation_prompt }}|{{ mode }}", "t");
        var prompt = new ChatPrompt { AddGenerationPrompt = false, Variables = new Dictionary<string, TemplateValue> { ["mode"] = TemplateValue.From("m") } };
        Assert.Equal("""[{"role": "assistant", "content": "x", "reasoning_content": "hm", "thinking": "hm", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": {"a": [1, "é"]}}}]}, {"role": "tool", "content": "ok", "tool_call_id": "1", "name": "f"}]|None|False|m""",
            template.Render(messages, prompt));
        Assert.Throws<TemplateException>(() => template.Render([new(ChatRoles.Assistant, "") { ToolCalls = [new("1", "f", "{")] }]));
        Assert.Throws<TemplateException>(() => template.Render([], new ChatPrompt { Tools = [new("f", "", "nonsense")] }));
    }

    private static ChatTemplates Read(Dictionary<string, object> entries)
    {
        var builder = new GgufBuilder();
        foreach ((string key, object value) in entries)
            builder.Add(key, value);
        using var file = new GgufFile(builder.Build(), "model.gguf");
        return ChatTemplates.Read(file, s_tokens);
    }
}
