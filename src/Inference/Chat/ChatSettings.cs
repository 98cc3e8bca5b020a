using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Chat;

/// <summary>How a <see cref="ChatSession"/> writes prompts and reads answers.</summary>
public sealed record ChatSettings
{
    /// <summary>The template; null for the model's own.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>What answers look like; null for the family whose markers the template holds.</summary>
    public ChatFormat? Format { get; init; }

    /// <summary>How tokens are chosen. Stop tokens come from the model and its template unless they are named here.</summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>What answers are, from their first token to their last; null for any text. Thoughts and calls are no part of a grammar unless it says so.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>The functions the model may call.</summary>
    public IReadOnlyList<ChatTool> Tools { get; init; } = [];

    /// <summary>
    /// Whether the answer must be a call of one of <see cref="Tools"/>: then it has no text, but may begin with thoughts where the template or the prompt
    /// has their markers, unless the prompt ends with thoughts that are over. Thoughts that are not over after the most tokens leave no room for the call:
    /// the answer then has none, and <see cref="FinishReason.Length"/>. For families that write calls as JSON.
    /// </summary>
    public bool RequiresCall { get; init; }

    /// <summary>A second pass over the same conversation; <see cref="GuidanceOptions.NegativePrompt"/> is its system message.</summary>
    public GuidanceOptions Guidance { get; init; } = new();

    /// <summary>A search for the answer, which then comes in one piece.</summary>
    public TextSearchOptions Search { get; init; } = new();

    /// <summary>Variables of the template that some models have, such as <c>enable_thinking</c>.</summary>
    public IReadOnlyDictionary<string, TemplateValue> Variables { get; init; } = new Dictionary<string, TemplateValue>();
}
