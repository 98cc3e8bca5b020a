using KernelFoundry.Inference.Chat;

namespace KernelFoundry.Inference.Tests.Chat;

/// <summary>What a model says, and what it means.</summary>
/// <param name="Format">Name of the family.</param>
/// <param name="Answer">The text the model generates.</param>
/// <param name="Text">The answer in it.</param>
/// <param name="Reasoning">The thoughts in it.</param>
/// <param name="Calls">The calls in it, as name and arguments.</param>
internal sealed record OutputCase(string Format, string Answer, string Text, string Reasoning = "", params string[] Calls)
{
    private const string Oslo = """get_weather {"city":"Oslo","days":2}""";

    public static IReadOnlyList<OutputCase> All { get; } =
    [
        new("plain", "Hello", "Hello"),
        new("plain", "<think>\nlet me see\n</think>\n\nHello", "Hello", "let me see"),
        new("plain", "a < b and <thin> is no marker <tool_call>x", "a < b and <thin> is no marker <tool_call>x"),
        new("plain", "trailing space \n", "trailing space \n"),
        new("hermes", "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 2}}\n</tool_call>", "", "", Oslo),
        new("hermes", "I look.\n<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>\n<tool_call>{\"name\": \"b\"}</tool_call>", "I look.", "", "a {}", "b {}"),
        new("hermes", "<think>hm</think><tool_call>{\"name\": \"a\", \"arguments\": \"{\\\"x\\\": 1}\"}</tool_call> done", "done", "hm", """a {"x":1}"""),
        new("hermes", "<tool_call>{\"name\": \"a\", \"arguments\": {\"t\": \"</tool_call>\"}}</tool_call>", "", "", """a {"t":"</tool_call>"}"""),
        new("hermes", "<tool_call>\n{\"name\": \"a\", \"argum", "<tool_call>\n{\"name\": \"a\", \"argum"),
        new("hermes", "<tool_call>nonsense</tool_call> after", "<tool_call>nonsense</tool_call> after"),
        new("hermes", "the <tool tag <tool_", "the <tool tag <tool_"),
        new("llama", "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\", \"days\": 2}}", "", "", Oslo),
        new("llama", "{\"type\": \"function\", \"name\": \"a\", \"parameters\": {}}; {\"name\": \"b\", \"parameters\": {\"x\": [1]}}", "", "", "a {}", """b {"x":[1]}"""),
        new("llama", "<|python_tag|>brave_search.call(query=\"Oslo\")", "", "", """brave_search {"query":"Oslo"}"""),
        new("llama", "<|python_tag|>{\"name\": \"a\", \"parameters\": {}}", "", "", "a {}"),
        new("llama", "<|python_tag|>import os\nprint(1)", "", "", """python {"code":"import os\nprint(1)"}"""),
        new("llama", "[get_weather(city='Oslo', days=2), b(x=[1, {'y': None}], z=-1.5, t=True)]", "", "", Oslo, """b {"x":[1,{"y":null}],"z":-1.5,"t":true}"""),
        new("llama", "{\"answer\": 42}", "{\"answer\": 42}"),
        new("llama", "[1, 2, 3]", "[1, 2, 3]"),
        new("llama", "Use { and } in text", "Use { and } in text"),
        new("mistral", "[TOOL_CALLS] [{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 2}, \"id\": \"abcdefghi\"}]", "", "", Oslo),
        new("mistral", "[TOOL_CALLS]get_weather[ARGS]{\"city\": \"Oslo\", \"days\": 2}[TOOL_CALLS]b[ARGS]{}", "", "", Oslo, "b {}"),
        new("mistral", "[TOOL_CALLS]get_weather{\"city\": \"Oslo\", \"days\": 2}", "", "", Oslo),
        new("mistral", "[THINK]hm[/THINK]Hello [TOO", "Hello [TOO", "hm"),
        new("deepseek", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{\"city\": \"Oslo\", \"days\": 2}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "", "", Oslo),
        new("deepseek", "Wait.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{\"city\": \"Oslo\", \"days\": 2}<｜tool▁call▁end｜><｜tool▁call▁begin｜>b<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "Wait.", "", Oslo, "b {}"),
        new("functionary", "<function=get_weather>{\"city\": \"Oslo\", \"days\": 2}</function>", "", "", Oslo),
        new("granite", "<|tool_call|>[{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 2}}]", "", "", Oslo),
        new("granite", "<think>hm</think><response>Hello</response>", "Hello", "hm"),
        new("command-r", "Action: ```json\n[{\"tool_name\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\", \"days\": 2}}]```", "", "", Oslo),
        new("command-r7b", "<|START_THINKING|>hm<|END_THINKING|><|START_ACTION|>[{\"tool_call_id\": \"0\", \"tool_name\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\", \"days\": 2}}]<|END_ACTION|>", "", "hm", Oslo),
        new("command-r7b", "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Hello<|END_RESPONSE|>", "Hello", "hm"),
        new("gemma", "```tool_code\nget_weather(city=\"Oslo\", days=2)\n```", "", "", Oslo),
        new("gemma", "```python\nx\n``` and ```tool", "```python\nx\n``` and ```tool"),
        new("lfm", "<|tool_call_start|>[get_weather(city=\"Oslo\", days=2)]<|tool_call_end|>Checking.", "Checking.", "", Oslo),
        new("qwen-coder", "<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>", "", "", Oslo),
        new("glm", "<think></think>\nLook<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Oslo</arg_value>\n<arg_key>days</arg_key>\n<arg_value>2</arg_value>\n</tool_call>", "Look", "", Oslo),
        new("minimax", "<minimax:tool_call>\n<invoke name=\"get_weather\">\n<parameter name=\"city\">Oslo</parameter>\n<parameter name=\"days\">2</parameter>\n</invoke>\n</minimax:tool_call>", "", "", Oslo),
        new("kimi", "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{\"city\": \"Oslo\", \"days\": 2}<|tool_call_end|><|tool_calls_section_end|>", "", "", Oslo),
        new("apertus", "<|inner_prefix|>hm<|inner_suffix|>I look.<|tools_prefix|>[{\"get_weather\": {\"city\": \"Oslo\", \"days\": 2}}]<|tools_suffix|>", "I look.", "hm", Oslo),
        new("harmony", "<|channel|>analysis<|message|>hm, < and <|<|end|><|start|>assistant<|channel|>final<|message|>Hello<|return|>", "Hello", "hm, < and <|"),
        new("harmony", "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\": \"Oslo\", \"days\": 2}<|call|>", "", "hm", Oslo),
        new("harmony", "<|channel|>commentary to=python code<|message|>print(1)", "", "", """python {"code":"print(1)"}"""),
        new("harmony", "no channels at all", "no channels at all"),
    ];
}
