using KernelFoundry.Inference.Models;
using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>What a model thinks of each token of a text, given those before it.</summary>
public static class PromptLogProbabilities
{
    private const int Batch = 32;

    /// <summary>Runs tokens through a model and measures each but the first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">The tokens; at least one, at most the model's context.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>The measures of the second token to the last.</returns>
    /// <exception cref="ArgumentException">There are no tokens or too many.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<TokenMeasures> Compute(
        LanguageModel model, ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (tokens.Length == 0 || tokens.Length > model.Configuration.ContextLength)
            throw new ArgumentException($"There are {tokens.Length} tokens; a text has 1 to {model.Configuration.ContextLength}.", nameof(tokens));
        var results = new List<TokenMeasures>(tokens.Length - 1);
        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        View2<float> logits = model.Device.Allocate<float>(Batch, model.Configuration.VocabularySize);
        View2<float> measures = model.Device.Allocate<float>(Batch, Sampling.Measures);
        View1<int> targets = model.Device.Allocate<int>(Batch);
        try
        {
            for (int start = 0; start + 1 < tokens.Length; start += Batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Math.Min(Batch, tokens.Length - 1 - start);
                model.Transformer.Forward(tokens.Slice(start, count), cache, logits.Slice(0, 0, count), cancellationToken: cancellationToken);
                targets.Slice(0, count).CopyFrom(tokens.Slice(start + 1, count));
                Sampling.Measure(model.Device, logits.Slice(0, 0, count), targets.Slice(0, count), measures.Slice(0, 0, count));
                float[] all = measures.Slice(0, 0, count).ToArray();
                for (int i = 0; i < count; i++)
                {
                    int at = i * Sampling.Measures;
                    results.Add(new TokenMeasures(tokens[start + 1 + i], all[at + 3], (int)all[at + 4], all[at + 2], all[at]));
                }
            }
        }
        finally
        {
            logits.Memory!.Dispose();
            measures.Memory!.Dispose();
            targets.Memory!.Dispose();
        }

        return results;
    }
}
