namespace KernelFoundry.Inference.Chat;

/// <summary>The next piece of an answer; one of the three.</summary>
/// <param name="Text">Text that is certain to be part of the answer.</param>
/// <param name="Reasoning">Text that is certain to be part of the thoughts before it.</param>
/// <param name="ToolCall">A whole call.</param>
public readonly record struct ChatDelta(string? Text = null, string? Reasoning = null, ChatToolCall? ToolCall = null);
