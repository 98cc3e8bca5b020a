using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Chat;

/// <summary>What a template is to write besides the messages.</summary>
public sealed record ChatPrompt
{
    /// <summary>The functions the model may call.</summary>
    public IReadOnlyList<ChatTool> Tools { get; init; } = [];

    /// <summary>End with what comes before an answer, so that the model answers.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Variables of the template that some models have, such as <c>enable_thinking</c>.</summary>
    public IReadOnlyDictionary<string, TemplateValue> Variables { get; init; } = new Dictionary<string, TemplateValue>();
}
