namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Continuations drawn token by token with a pipeline. Where a banned phrase appears, the text is taken back to the first token of the phrase and
/// continued with that token banned at that place; a backspace token takes back the token before it.
/// </summary>
public static class SampledSearch
{
    /// <summary>Draws one continuation.</summary>
    /// <param name="prompt">A sequence that holds the beginning of the prompt, but not its last token; it is left as it is.</param>
    /// <param name="tokens">The whole prompt.</param>
    /// <param name="options">Settings.</param>
    /// <param name="path">Number of the path: paths of one seed differ. Greedy ones do not.</param>
    /// <param name="cancellationToken">Ends the search between tokens.</param>
    /// <returns>
    /// The continuation. Its log-probability is the model's own, before the pipeline; its score is that of the pipeline.
    /// </returns>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static Hypothesis Run(
        IScoredSequence prompt, ReadOnlySpan<int> tokens, SampledSearchOptions options, int path = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(prompt.Vocabulary);
        using var run = new SampledRun(prompt, tokens, options, path);
        while (run.Step())
            cancellationToken.ThrowIfCancellationRequested();
        return run.Result;
    }

    /// <summary>Draws several continuations.</summary>
    /// <inheritdoc cref="Run"/>
    /// <param name="prompt">A sequence that holds the beginning of the prompt, but not its last token; it is left as it is.</param>
    /// <param name="tokens">The whole prompt.</param>
    /// <param name="options">Settings.</param>
    /// <param name="paths">How many.</param>
    /// <param name="cancellationToken">Ends the search between tokens.</param>
    /// <returns>The continuations, in the order they were drawn.</returns>
    public static IReadOnlyList<Hypothesis> RunMany(
        IScoredSequence prompt, ReadOnlySpan<int> tokens, SampledSearchOptions options, int paths, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(paths);
        var results = new List<Hypothesis>();
        for (int path = 0; path < paths; path++)
            results.Add(Run(prompt, tokens, options, path, cancellationToken));
        return results;
    }
}
