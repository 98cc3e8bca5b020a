namespace KernelFoundry.Inference.Chat;

/// <summary>
/// What the answers of a family of models look like: the markers around its thoughts and around its calls of tools. A family is a record,
/// found by markers its chat template writes.
/// </summary>
public sealed record ChatFormat
{
    /// <summary>Name of the family.</summary>
    public required string Name { get; init; }

    /// <summary>Texts that the templates of this family hold, all of them.</summary>
    public IReadOnlyList<string> TemplateMarkers { get; init; } = [];

    /// <summary>The kinds of sections that calls stand in; none where the family has no calls.</summary>
    public IReadOnlyList<ToolCallSection> ToolCalls { get; init; } = [];

    /// <summary>What begins and ends thoughts; null where there are none.</summary>
    public ReasoningMarkers? Reasoning { get; init; }

    /// <summary>Markers that are left out of the text and mean nothing else.</summary>
    public IReadOnlyList<string> Dropped { get; init; } = [];

    /// <summary>Whether the answer is made of channels, as that of gpt-oss is.</summary>
    public bool HasChannels { get; init; }

    /// <summary>Control tokens that end turns elsewhere, but not here.</summary>
    public IReadOnlyList<string> NeverStopAt { get; init; } = [];

    /// <summary>Whether an answer can be made to be a call: the family writes calls as JSON.</summary>
    public bool CanRequireCall => RequiredCall.SectionOf(this) is not null;

    /// <summary>A parser for one answer.</summary>
    /// <param name="prompt">The prompt, which may have begun thoughts already.</param>
    /// <param name="firstCall">Number of the answer's first call, for ids that the model does not give.</param>
    public ChatOutputParser CreateParser(string prompt = "", int firstCall = 0)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return HasChannels ? new ChannelParser(firstCall) : new MarkerParser(this, prompt, firstCall);
    }
}
