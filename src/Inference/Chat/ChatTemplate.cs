using System.Text.Json;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Chat;

/// <summary>How a model wants a conversation written: a Jinja template and the tokens it speaks of.</summary>
/// <param name="Template">The template.</param>
/// <param name="Source">Its text.</param>
/// <param name="Tokens">Texts of the model's special tokens.</param>
public sealed record ChatTemplate(Template Template, string Source, ChatTokens Tokens)
{
    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="tokens">Texts of the model's special tokens.</param>
    /// <param name="options">What it may use up.</param>
    /// <exception cref="TemplateException">The text is not a template.</exception>
    public static ChatTemplate Parse(string source, string name, ChatTokens? tokens = null, TemplateOptions? options = null) =>
        new(Template.Parse(source, name, options), source, tokens ?? new ChatTokens());

    /// <summary>The prompt for a conversation.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="prompt">Tools and the like.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TemplateException">
    /// The template cannot write such a conversation, and says why, or a tool's JSON is broken.
    /// </exception>
    public string Render(IReadOnlyList<ChatMessage> messages, ChatPrompt? prompt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        prompt ??= new ChatPrompt();
        var variables = new Dictionary<string, TemplateValue>(StringComparer.Ordinal)
        {
            ["bos_token"] = TemplateValue.From(Tokens.Bos),
            ["eos_token"] = TemplateValue.From(Tokens.Eos),
            ["unk_token"] = TemplateValue.From(Tokens.Unknown),
            ["pad_token"] = TemplateValue.From(Tokens.Padding),
            ["messages"] = TemplateValue.FromItems(messages.Select(ValueOf)),
            ["tools"] = prompt.Tools.Count == 0 ? TemplateValue.None : TemplateValue.FromItems(prompt.Tools.Select(ValueOf)),
            ["documents"] = TemplateValue.None,
            ["add_generation_prompt"] = TemplateValue.From(prompt.AddGenerationPrompt),
        };
        foreach ((string name, TemplateValue value) in prompt.Variables)
            variables[name] = value;
        return Template.Render(variables, cancellationToken);
    }

    private TemplateValue ValueOf(ChatMessage message)
    {
        List<KeyValuePair<string, TemplateValue>> fields =
            [new("role", TemplateValue.From(message.Role)), new("content", TemplateValue.From(message.Content))];
        if (message.Reasoning is not null)
        {
            // Families call it differently; each reads its own.
            fields.Add(new("reasoning_content", TemplateValue.From(message.Reasoning)));
            fields.Add(new("thinking", TemplateValue.From(message.Reasoning)));
        }

        if (message.ToolCalls.Count > 0)
            fields.Add(new("tool_calls", TemplateValue.FromItems(message.ToolCalls.Select(ValueOf))));
        if (message.ToolCallId is not null)
            fields.Add(new("tool_call_id", TemplateValue.From(message.ToolCallId)));
        if (message.Name is not null)
            fields.Add(new("name", TemplateValue.From(message.Name)));
        return TemplateValue.FromEntries(fields);
    }

    private TemplateValue ValueOf(ChatToolCall call) => TemplateValue.FromEntries([
        new("id", TemplateValue.From(call.Id)),
        new("type", TemplateValue.From("function")),
        new("function", TemplateValue.FromEntries([
            new("name", TemplateValue.From(call.Name)),
            new("arguments", Json(call.Arguments, $"the arguments of the call of '{call.Name}'")),
        ])),
    ]);

    private TemplateValue ValueOf(ChatTool tool) => TemplateValue.FromEntries([
        new("type", TemplateValue.From("function")),
        new("function", TemplateValue.FromEntries([
            new("name", TemplateValue.From(tool.Name)),
            new("description", TemplateValue.From(tool.Description)),
            new("parameters", Json(tool.Parameters, $"the parameters of the tool '{tool.Name}'")),
        ])),
    ]);

    private TemplateValue Json(string json, string what)
    {
        try
        {
            return TemplateValue.FromJson(json);
        }
        catch (JsonException error)
        {
            throw new TemplateException(Template.Name, 1, 1, $"{what} are not JSON: {error.Message}", error);
        }
    }
}
