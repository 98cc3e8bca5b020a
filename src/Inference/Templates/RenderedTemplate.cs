namespace KernelFoundry.Inference.Templates;

/// <summary>What a template became.</summary>
/// <param name="Text">The text.</param>
/// <param name="Generated">Ranges of characters of the text that came from <c>generation</c> blocks, in order.</param>
public sealed record RenderedTemplate(string Text, IReadOnlyList<Range> Generated);
