namespace KernelFoundry.Inference.Chat;

/// <summary>The texts around a model's thoughts.</summary>
public sealed record ReasoningMarkers(string Begin, string End)
{
    /// <summary>Whether a prompt ends inside thoughts, which the answer then goes on with.</summary>
    internal bool AreBegunBy(ReadOnlySpan<char> prompt) => prompt.TrimEnd().EndsWith(Begin, StringComparison.Ordinal);

    /// <summary>What an answer may think before something that it must be.</summary>
    /// <param name="template">The template's text: models whose template has neither marker, nor their prompt, are taken for ones that do not think.</param>
    /// <param name="prompt">The prompt: one that ends with thoughts that are over, as templates write where thinking is off, leaves none.</param>
    internal RequiredThoughts Before(string template, string prompt)
    {
        if (AreBegunBy(prompt))
            return RequiredThoughts.Begun;
        bool areKnown = new[] { template, prompt }.Any(text => text.Contains(Begin, StringComparison.Ordinal) || text.Contains(End, StringComparison.Ordinal));
        return areKnown && !prompt.AsSpan().TrimEnd().EndsWith(End, StringComparison.Ordinal) ? RequiredThoughts.Optional : RequiredThoughts.None;
    }
}
