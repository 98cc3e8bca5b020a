using System.Runtime.CompilerServices;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>
/// Continues prompts with a model. Every generation has a KV cache of its own, so one generator serves any number of them at once; they
/// take turns on the device.
/// </summary>
/// <param name="model">The model; it must stay open while texts are generated.</param>
public sealed class TextGenerator(LanguageModel model)
{
    /// <summary>
    /// The tokens of a prompt, with the model's begin-of-sequence token where the model wants one. The empty prompt is that token alone,
    /// wanted or not: a model continues something. Texts of control tokens are read as plain text.
    /// </summary>
    /// <param name="prompt">Any text.</param>
    /// <returns>The token ids; at least one.</returns>
    /// <exception cref="ArgumentException">The prompt is empty and the model has no begin-of-sequence token.</exception>
    public int[] Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        int? bos = model.Tokenizer.BosId;
        bool addBos = bos is not null && (model.Tokenizer.AddBos || prompt.Length == 0);
        if (prompt.Length == 0 && bos is null)
        {
            throw new ArgumentException("The prompt is empty, and the model has no begin-of-sequence token that could stand for it. "
                + "Give it some text to continue.", nameof(prompt));
        }

        return model.Tokenizer.Encode(prompt, addBos);
    }

    /// <summary>Continues a text, token by token, without blocking the caller.</summary>
    /// <param name="prompt">The text; see <see cref="Encode"/>.</param>
    /// <param name="options">How tokens are chosen and when generation ends.</param>
    /// <param name="cancellationToken">
    /// Ends the generation between tokens, or between batches of the prompt: the last chunk then says <see cref="FinishReason.Cancelled"/>,
    /// and nothing is thrown.
    /// </param>
    /// <returns>A chunk for every token and one last chunk. It can be enumerated once or more; every time generates anew.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or the prompt is empty or longer than the model's context.
    /// </exception>
    /// <exception cref="InvalidModelException">While enumerated: the logits are not finite numbers.</exception>
    /// <exception cref="DeviceException">While enumerated: the device has not enough memory, or a kernel failed.</exception>
    public IAsyncEnumerable<GenerationChunk> GenerateAsync(
        string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        GenerateAsync(Encode(prompt), options, cancellationToken);

    /// <summary>Continues a sequence of tokens, token by token, without blocking the caller.</summary>
    /// <inheritdoc cref="GenerateAsync(string, GenerationOptions?, CancellationToken)"/>
    /// <param name="promptTokens">The token ids, at least one. Nothing is added to them.</param>
    /// <param name="options">How tokens are chosen and when generation ends.</param>
    /// <param name="cancellationToken">Ends the generation, as for a text.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token id is not in the vocabulary.</exception>
    public IAsyncEnumerable<GenerationChunk> GenerateAsync(
        ReadOnlySpan<int> promptTokens, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new GenerationOptions();
        return StreamAsync(Check(promptTokens, options), options, cancellationToken);
    }

    /// <summary>Continues a sequence of tokens on the calling thread.</summary>
    /// <inheritdoc cref="GenerateAsync(ReadOnlySpan{int}, GenerationOptions?, CancellationToken)"/>
    public IEnumerable<GenerationChunk> Generate(
        ReadOnlySpan<int> promptTokens, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new GenerationOptions();
        return Stream(Check(promptTokens, options), options, cancellationToken);
    }

    private IEnumerable<GenerationChunk> Stream(int[] prompt, GenerationOptions options, CancellationToken cancellationToken)
    {
        using var run = new GenerationRun(model, prompt, options);
        while (!run.IsFinished)
            yield return run.Next(cancellationToken);
    }

    private async IAsyncEnumerable<GenerationChunk> StreamAsync(
        int[] prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Func<GenerationRun> start = () => new GenerationRun(model, prompt, options);
        using GenerationRun run = await Task.Run(start, CancellationToken.None).ConfigureAwait(false);
        Func<GenerationChunk> next = () => run.Next(cancellationToken);
        while (!run.IsFinished)
            yield return await Task.Run(next, CancellationToken.None).ConfigureAwait(false);
    }

    internal int[] Check(ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        options.Validate();
        ModelConfiguration configuration = model.Configuration;
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt has no tokens; a model continues at least one.", nameof(prompt));
        if (prompt.Length > configuration.ContextLength)
        {
            throw new ArgumentException($"The prompt has {prompt.Length} tokens, but the model's context holds "
                + $"{configuration.ContextLength}. Shorten the prompt.", nameof(prompt));
        }

        options.Speculation?.Drafts.Validate(configuration.VocabularySize);
        CheckIds(prompt, configuration.VocabularySize, "Token", nameof(prompt));
        CheckStops(options, configuration.VocabularySize);
        foreach (LogitsProcessor processor in options.ToPipeline(options.StopTokensOf(model.Tokenizer)).Processors)
            processor.Validate(configuration.VocabularySize);
        return prompt.ToArray();
    }

    internal static void CheckStops(GenerationOptions options, int vocabulary) => CheckIds(options.StopTokens?.ToArray() ?? [], vocabulary, "Stop token", nameof(options));

    private static void CheckIds(ReadOnlySpan<int> tokens, int vocabularySize, string what, string parameter)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)vocabularySize)
            {
                throw new ArgumentOutOfRangeException(parameter, tokens[i],
                    $"{what} number {i} is not in the vocabulary, whose ids run from 0 to {vocabularySize - 1}.");
            }
        }
    }
}
