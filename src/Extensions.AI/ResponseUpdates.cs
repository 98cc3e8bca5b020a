using System.Text.Json;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Generation;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>Pieces of answers as updates.</summary>
internal static class ResponseUpdates
{
    /// <summary>The additional property of the last update, and so of the response, that has a <see cref="Inference.Decoding.StepLogProbabilities"/> a token.</summary>
    public const string LogProbabilities = "logprobs";

    /// <summary>The one that has the <see cref="ChatHypothesis"/>es of a search.</summary>
    public const string Hypotheses = "hypotheses";

    public static ChatResponseUpdate Of(ChatAnswer answer)
    {
        var update = new ChatResponseUpdate { Role = ChatRole.Assistant, CreatedAt = DateTimeOffset.UtcNow };
        ChatDelta delta = answer.Delta;
        if (delta.Text is { } text)
            update.Contents.Add(new TextContent(text));
        if (delta.Reasoning is { } reasoning)
            update.Contents.Add(new TextReasoningContent(reasoning));
        if (delta.ToolCall is { } call)
            update.Contents.Add(new FunctionCallContent(call.Id, call.Name, Arguments(call.Arguments)));
        if (answer is { FinishReason: { } reason, Statistics: { } statistics, Message: { } message })
        {
            update.FinishReason = message.ToolCalls.Count > 0 ? ChatFinishReason.ToolCalls : Of(reason);
            Add(update, LogProbabilities, answer.LogProbabilities);
            Add(update, Hypotheses, answer.Hypotheses);
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = statistics.PromptTokens,
                CachedInputTokenCount = statistics.CachedTokens,
                OutputTokenCount = statistics.GeneratedTokens,
                TotalTokenCount = statistics.PromptTokens + statistics.GeneratedTokens,
            }));
        }

        return update;
    }

    private static void Add(ChatResponseUpdate update, string name, object? value)
    {
        if (value is not null)
            (update.AdditionalProperties ??= [])[name] = value;
    }

    private static ChatFinishReason Of(FinishReason reason) => reason == FinishReason.Stop ? ChatFinishReason.Stop : ChatFinishReason.Length;

    private static Dictionary<string, object?> Arguments(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
            arguments[property.Name] = property.Value.Clone();
        return arguments;
    }
}
