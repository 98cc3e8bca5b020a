namespace KernelFoundry.Inference.Chat;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: <see cref="ChatRoles"/>, or another name the model's template knows.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>What the model thought before it answered; null if it did not. Templates decide whether the model sees it again.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Tools the model calls in this message.</summary>
    public IReadOnlyList<ChatToolCall> ToolCalls { get; init; } = [];

    /// <summary>In a message of the role <see cref="ChatRoles.Tool"/>: which call it answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Name of the speaker; in a message of the role <see cref="ChatRoles.Tool"/> that of the tool.</summary>
    public string? Name { get; init; }
}
