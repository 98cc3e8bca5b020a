using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <content>Hidden states, which embeddings of texts are made of.</content>
public sealed partial class Transformer
{
    /// <summary>Most tokens of a sequence that an encoder takes, which must go through at once; fewer where its context is shorter.</summary>
    public const int LongestEncoded = 8192;

    /// <summary>
    /// Runs tokens through the model and gives what the layers make of them, behind the last norm where there is one: all that an encoder
    /// (<see cref="AttentionKind.Bidirectional"/>) gives, and what a decoder makes logits of.
    /// </summary>
    /// <param name="tokens">Ids of the tokens; at least one. Those of an encoder are a whole sequence.</param>
    /// <param name="cache">The sequence so far; takes the tokens' keys and values. An encoder's is empty: roll it back to 0 before the next sequence.</param>
    /// <param name="hidden">Receives the states of all tokens, [tokens, embedding].</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <exception cref="ArgumentException">There are no tokens, or more than an encoder takes, or the states have another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token id is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The cache has not room for the tokens, or that of an encoder is not empty.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    public void Encode(ReadOnlySpan<int> tokens, KvCache cache, View2<float> hidden, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        CheckTokens(tokens, cache);
        if (hidden.Extent0 != tokens.Length || hidden.Extent1 != Configuration.EmbeddingLength)
            throw new ArgumentException($"States of {tokens.Length} tokens have the shape [{tokens.Length}, {Configuration.EmbeddingLength}], but the view is {hidden}.", nameof(hidden));
        if (IsEncoder && cache.Length > 0)
            throw new InvalidOperationException($"An encoder's tokens attend to all of their sequence, but the cache holds {cache.Length} positions before them.");
        if (IsEncoder && tokens.Length > _activations.Capacity)
            throw new ArgumentException($"An encoder takes at most {_activations.Capacity} tokens at once, but {tokens.Length} were given.", nameof(tokens));
        lock (_running)
        {
            for (int first = 0; first < tokens.Length; first += _activations.Capacity)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Math.Min(_activations.Capacity, tokens.Length - first);
                ActivationViews batch = _activations.Take(count);
                batch.Tokens.CopyFrom(tokens.Slice(first, count));
                _plan.Set(cache, count);
                ProductOrder.Set(_options.BatchInvariant);
                RunLayers(batch);
                View2<float> states = hidden.Slice(0, first, count);
                if (_weights.OutputNorm is { } norm)
                    Norm(batch.Residual, norm, states);
                else
                    Elementwise.Copy(_device, batch.Residual, states);
            }
        }
    }

    /// <summary>Hidden states of tokens, as <see cref="Encode"/> gives them, and the logits after the last.</summary>
    /// <exception cref="NotSupportedException">The model is an encoder, which gives no logits.</exception>
    internal void Score(ReadOnlySpan<int> tokens, KvCache cache, View2<float> hidden, View2<float> logits)
    {
        CheckArguments(tokens, cache, logits);
        lock (_running)
        {
            Encode(tokens, cache, hidden);
            _weights.Logits!.Project(_device, hidden.Slice(0, tokens.Length - 1, 1), logits);
            FinishLogits(logits);
        }
    }

    private bool IsEncoder => Configuration.Architecture.Attention == AttentionKind.Bidirectional;
}
