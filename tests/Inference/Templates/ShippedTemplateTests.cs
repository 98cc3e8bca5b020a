using System.Text.Json;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Tests.Templates;

/// <summary>Templates as models ship them, against what the reference implementation made of them.</summary>
public class ShippedTemplateTests
{
    private static readonly string[] s_cases = ["user", "system_user", "multi_turn", "no_generation", "tools", "tool_call"];

    public static TheoryData<string> Names =>
    [
        "Apertus-8B-Instruct", "Bielik-11B-v3.0-Instruct", "GLM-4.6", "HuggingFaceTB-SmolLM3-3B", "Kimi-K2-Instruct", "LFM2-8B-A1B",
        "MiniMax-M2", "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use", "Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B", "Qwen3-Coder",
        "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "deepseek-ai-DeepSeek-V3.1", "google-gemma-2-2b-it", "ibm-granite-granite-3.3-2B-Instruct",
        "meta-llama-Llama-3.1-8B-Instruct", "meta-llama-Llama-3.2-3B-Instruct", "microsoft-Phi-3.5-mini-instruct",
        "mistralai-Mistral-Nemo-Instruct-2407", "openai-gpt-oss-120b",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void RendersAsTheReferenceDoes(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(ReferenceFiles.Require("templates", "expected.json")));
        JsonElement root = document.RootElement;
        var clock = new FixedClock(root.GetProperty("now").GetDateTime());
        string source = File.ReadAllText(ReferenceFiles.Require("templates", name + ".jinja"));
        Template template = Template.Parse(source, name, new TemplateOptions { Clock = clock });
        JsonElement rendered = root.GetProperty("rendered").GetProperty(name);
        Assert.Equal(s_cases, rendered.EnumerateObject().Select(c => c.Name));
        foreach (JsonProperty expected in rendered.EnumerateObject())
        {
            Dictionary<string, TemplateValue> variables = Variables(root.GetProperty("cases").GetProperty(expected.Name));
            if (expected.Value.ValueKind == JsonValueKind.String)
                Assert.Equal(expected.Value.GetString(), template.Render(variables));
            else
                Assert.Throws<TemplateException>(() => template.Render(variables));
        }
    }

    [Fact]
    public void TheListHoldsEveryReference()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(ReferenceFiles.Require("templates", "expected.json")));
        Assert.Equal(
            document.RootElement.GetProperty("rendered").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal),
            Names.Select(row => row.Data).Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, TemplateValue> Variables(JsonElement conversation)
    {
        var variables = new Dictionary<string, TemplateValue>
        {
            ["bos_token"] = TemplateValue.From("<s>"),
            ["eos_token"] = TemplateValue.From("</s>"),
            ["unk_token"] = TemplateValue.From("<unk>"),
            ["pad_token"] = TemplateValue.From("<pad>"),
            ["tools"] = TemplateValue.None,
            ["documents"] = TemplateValue.None,
            ["add_generation_prompt"] = TemplateValue.True,
        };
        foreach (JsonProperty property in conversation.EnumerateObject())
            variables[property.Name] = TemplateValue.FromJson(property.Value);
        return variables;
    }
}
