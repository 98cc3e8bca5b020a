namespace KernelFoundry.Inference.Chat;

/// <summary>The families of answers there are. A family is one record.</summary>
public static class ChatFormats
{
    private static readonly ReasoningMarkers s_think = new("<think>", "</think>");

    /// <summary>Text and thoughts between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>; no calls.</summary>
    public static ChatFormat Plain { get; } = new() { Name = "plain", Reasoning = s_think };

    /// <summary>All families, in the order in which templates are compared with them: the more particular first.</summary>
    public static IReadOnlyList<ChatFormat> All { get; } =
    [
        new()
        {
            Name = "harmony", TemplateMarkers = ["<|channel|>", "<|message|>"], HasChannels = true, NeverStopAt = ["<|end|>"],
        },
        new()
        {
            Name = "deepseek", TemplateMarkers = ["<｜tool▁calls▁begin｜>"], Reasoning = s_think,
            ToolCalls = [new("<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>", ToolCallBody.NameThenJson)],
            Dropped = ["<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"],
        },
        new()
        {
            Name = "kimi", TemplateMarkers = ["<|tool_calls_section_begin|>"], Reasoning = s_think,
            ToolCalls = [new("<|tool_call_begin|>", "<|tool_call_end|>", ToolCallBody.NameThenJson)],
            Dropped = ["<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"],
        },
        new()
        {
            Name = "minimax", TemplateMarkers = ["minimax:tool_call"], Reasoning = s_think,
            ToolCalls = [new("<minimax:tool_call>", "</minimax:tool_call>", ToolCallBody.XmlInvoke)],
        },
        new()
        {
            Name = "glm", TemplateMarkers = ["<tool_call>", "<arg_key>"], Reasoning = s_think,
            ToolCalls = [new("<tool_call>", "</tool_call>", ToolCallBody.XmlPairs)],
        },
        new()
        {
            Name = "qwen-coder", TemplateMarkers = ["<tool_call>", "<function="], Reasoning = s_think,
            ToolCalls = [new("<tool_call>", "</tool_call>", ToolCallBody.XmlParameters)],
        },
        new()
        {
            Name = "apertus", TemplateMarkers = ["<|tools_prefix|>"], Reasoning = new("<|inner_prefix|>", "<|inner_suffix|>"),
            ToolCalls = [new("<|tools_prefix|>", "<|tools_suffix|>", ToolCallBody.JsonByName)],
        },
        new()
        {
            Name = "lfm", TemplateMarkers = ["<|tool_list_start|>"], Reasoning = s_think,
            ToolCalls = [new("<|tool_call_start|>", "<|tool_call_end|>", ToolCallBody.Pythonic)],
        },
        new()
        {
            Name = "mistral", TemplateMarkers = ["[TOOL_CALLS]"], Reasoning = new("[THINK]", "[/THINK]"),
            ToolCalls = [new("[TOOL_CALLS]", null, ToolCallBody.NameThenJson)],
        },
        new()
        {
            Name = "command-r7b", TemplateMarkers = ["<|START_ACTION|>"], Reasoning = new("<|START_THINKING|>", "<|END_THINKING|>"),
            ToolCalls = [new("<|START_ACTION|>", "<|END_ACTION|>", ToolCallBody.Json)],
            Dropped = ["<|START_RESPONSE|>", "<|END_RESPONSE|>"],
        },
        new()
        {
            Name = "command-r", TemplateMarkers = ["Action: ```json", "Action:```"],
            ToolCalls = [new("Action: ```json", "```", ToolCallBody.Json), new("Action:```json", "```", ToolCallBody.Json)],
        },
        new()
        {
            Name = "functionary", TemplateMarkers = ["<function=", "</function>"],
            ToolCalls = [new("<function=", "</function>", ToolCallBody.NameThenJson), new("<|python_tag|>", null, ToolCallBody.Pythonic)],
        },
        new()
        {
            Name = "granite", TemplateMarkers = ["<|tool_call|>"], Reasoning = s_think, Dropped = ["<response>", "</response>"],
            ToolCalls = [new("<|tool_call|>", null, ToolCallBody.Json)],
        },
        new()
        {
            Name = "hermes", TemplateMarkers = ["<tool_call>"], Reasoning = s_think,
            ToolCalls = [new("<tool_call>", "</tool_call>", ToolCallBody.Json)],
        },
        new()
        {
            Name = "llama", TemplateMarkers = ["<|start_header_id|>", "\"parameters\""], Reasoning = s_think,
            ToolCalls =
            [
                new("<|python_tag|>", null, ToolCallBody.Pythonic),
                new("{", null, ToolCallBody.Json) { OnlyAtStart = true },
                new("[", null, ToolCallBody.Pythonic) { OnlyAtStart = true },
            ],
        },
        new()
        {
            Name = "gemma", TemplateMarkers = ["<start_of_turn>"],
            ToolCalls = [new("```tool_code", "```", ToolCallBody.Pythonic)],
        },
    ];

    /// <summary>The family whose markers a template holds; <see cref="Plain"/> if it holds none's, and then nothing is taken for a call.</summary>
    /// <param name="templateSource">The template's text.</param>
    public static ChatFormat Detect(string templateSource)
    {
        ArgumentNullException.ThrowIfNull(templateSource);
        return All.FirstOrDefault(f => f.TemplateMarkers.All(m => templateSource.Contains(m, StringComparison.Ordinal))) ?? Plain;
    }

    /// <summary>A family by its name.</summary>
    /// <exception cref="ArgumentException">There is none of the name.</exception>
    public static ChatFormat Get(string name) => name == Plain.Name
        ? Plain
        : All.FirstOrDefault(f => f.Name == name)
            ?? throw new ArgumentException($"There is no family of answers '{name}'. There are {string.Join(", ", All.Append(Plain).Select(f => f.Name))}.", nameof(name));
}
