namespace KernelFoundry.Inference.Models;

/// <content>The hidden states before logits, which embeddings are made of.</content>
public sealed partial class Transformer
{
    /// <summary>Runs tokens through the model, after those that are in the cache, and gives the hidden states after the last norm.</summary>
    /// <param name="tokens">Ids of the tokens; at least one.</param>
    /// <param name="cache">The sequence so far; takes the tokens' keys and values.</param>
    /// <param name="hidden">Receives the states, [tokens, embedding].</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <exception cref="ArgumentException">There are no tokens, or the states have another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token id is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The cache has not room for the tokens; it is left as it was.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public void ForwardHidden(ReadOnlySpan<int> tokens, KvCache cache, View2<float> hidden, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        CheckArguments(tokens, cache, default);
        if (hidden.Extent0 != tokens.Length || hidden.Extent1 != Configuration.EmbeddingLength)
            throw new ArgumentException($"Hidden states of {tokens.Length} tokens have the shape [{tokens.Length}, {Configuration.EmbeddingLength}], but the view is {hidden}.", nameof(hidden));
        lock (_running)
        {
            for (int first = 0; first < tokens.Length; first += _activations.Capacity)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Math.Min(_activations.Capacity, tokens.Length - first);
                ActivationViews batch = _activations.Take(count);
                batch.Tokens.CopyFrom(tokens.Slice(first, count));
                Run(batch, cache, 0, default);
                Norm(batch.Residual, _weights.OutputNorm, hidden.Slice(0, first, count));
            }
        }
    }
}
