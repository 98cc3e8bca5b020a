using System.Text;
using System.Text.Json;
using KernelFoundry.Inference.Chat;
using Microsoft.Extensions.AI;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatMessage = KernelFoundry.Inference.Chat.ChatMessage;

namespace KernelFoundry.Extensions.AI;

/// <summary>A request's messages as templates take them.</summary>
internal static class RequestMessages
{
    private static readonly JsonSerializerOptions s_json = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <exception cref="ArgumentException">A message has content that is neither text nor a call or its result.</exception>
    public static IReadOnlyList<ChatMessage> Convert(IEnumerable<AIMessage> messages, string? instructions)
    {
        var converted = new List<ChatMessage>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!string.IsNullOrEmpty(instructions))
            converted.Add(new ChatMessage(ChatRoles.System, instructions));
        foreach (AIMessage message in messages)
            Add(message, names, converted);
        return converted;
    }

    private static void Add(AIMessage message, Dictionary<string, string> names, List<ChatMessage> converted)
    {
        StringBuilder text = new(), reasoning = new();
        var calls = new List<ChatToolCall>();
        var results = new List<ChatMessage>();
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought:
                    reasoning.Append(thought.Text);
                    break;
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    names[call.CallId] = call.Name;
                    calls.Add(new ChatToolCall(call.CallId, call.Name, Json(call.Arguments)));
                    break;
                case FunctionResultContent result:
                    results.Add(new ChatMessage(ChatRoles.Tool, Text(result))
                    {
                        ToolCallId = result.CallId,
                        Name = names.GetValueOrDefault(result.CallId),
                    });
                    break;
                case UsageContent:
                    break;
                default:
                    throw new ArgumentException($"A message of the role '{message.Role}' has {content.GetType().Name}; the model takes text, calls of functions and their results.");
            }
        }

        // Every result is a message of its own.
        converted.AddRange(results);
        if (results.Count > 0 && text.Length == 0 && calls.Count == 0)
            return;
        converted.Add(new ChatMessage(message.Role.Value, text.ToString())
        {
            Reasoning = reasoning.Length > 0 ? reasoning.ToString() : null,
            ToolCalls = calls,
            Name = message.AuthorName,
        });
    }

    private static string Text(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception?.Message ?? "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        JsonElement json => json.GetRawText(),
        object value => JsonSerializer.Serialize(value, s_json.GetTypeInfo(value.GetType())),
    };

    private static string Json(IDictionary<string, object?>? arguments) => arguments is null
        ? "{}"
        : JsonSerializer.Serialize(arguments, s_json.GetTypeInfo(typeof(IDictionary<string, object?>)));
}
