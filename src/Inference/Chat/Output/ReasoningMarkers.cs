namespace KernelFoundry.Inference.Chat;

/// <summary>The texts around a model's thoughts.</summary>
public sealed record ReasoningMarkers(string Begin, string End);
